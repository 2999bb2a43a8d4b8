"""See all credentials, and one of them with what can be done with it."""

from typing import Any

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult

from ..accounts.usage import entries_using
from ..provider.findings import DATA_FINDINGS
from ..records.collection import DATA_COLLECTION
from .add import AddSteps
from .forms import ADD, CONF_CREDENTIAL, one_of
from .steps import ending_when_gone
from .texts import (
    account_list,
    async_get_texts,
    async_overview,
    async_redirect_uri_text,
)


class OverviewSteps(AddSteps):
    """The steps from all credentials to one of them."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show all credentials to pick from."""
        self._redirect_uri.of_browser(self.hass)
        credentials = self.hass.data[DATA_COLLECTION]
        if user_input is not None:
            if (picked := user_input[CONF_CREDENTIAL]) == ADD:
                return await self.async_step_add()
            self._item_id = picked
            self._typed = {}
            return await self.async_step_credential()
        texts = await async_get_texts(self.hass)
        lines = await async_overview(self.hass, credentials.data.values())
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_CREDENTIAL, default=ADD): one_of(
                        {**lines, ADD: texts.text("add")}
                    )
                }
            ),
            last_step=False,
        )

    @ending_when_gone
    async def async_step_credential(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Show one credential, and what can be done with it."""
        if user_input is not None:
            return await self._async_go_on(user_input)
        record = self._record
        entries = entries_using(self.hass, record)
        options = ["edit", "check"]
        if entries:
            options.append("move")
        options += ["copy", "delete", "init"]
        texts = await async_get_texts(self.hass)
        finding = self.hass.data[DATA_FINDINGS].get(self._item_id)
        return self._choose_next(
            "credential",
            options,
            {
                **await self._async_about(record),
                "client_id": record["client_id"],
                "accounts": account_list(entries, texts),
                "finding": texts.finding(finding),
                "redirect_uri": await async_redirect_uri_text(
                    self.hass, self._redirect_uri
                ),
            },
        )
