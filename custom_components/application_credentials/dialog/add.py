"""Add a credential: find the integration, enter its client, and end with its row."""

from typing import Final, override

import voluptuous as vol

from homeassistant.config_entries import ConfigSubentryFlow
from homeassistant.const import CONF_DOMAIN
from homeassistant.core import callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.selector import SelectSelectorMode
from homeassistant.loader import async_get_application_credentials

from ..const import DOMAIN
from ..data import DATA
from ..models import Finding
from .copy import CopySteps
from .forms import CONF_DOMAINS, FormError, Placeholders, one_of
from .new import NewClientSteps
from .steps import Input, Result, handle_errors
from .texts import (
    async_get_texts,
    async_names,
    async_next_text,
    async_row_titles,
    async_same_client_text,
    link_account_at,
    names_apart,
)

# Sent when a dialog has ended that was about to add a row; until then nobody else adds it.
SIGNAL_NEW_ROWS: Final = f"{DOMAIN}_new_rows"


class AddSteps(NewClientSteps, CopySteps, ConfigSubentryFlow):
    """The steps from an integration to a new credential, and its row."""

    # The row that this dialog adds.
    _new_row: tuple[str, str] | None = None

    @handle_errors
    async def async_step_user(self, user_input: Input = None) -> Result:
        """Ask for the integration that the credential is for."""
        self.state.redirect_uri.of_browser(self.hass)
        names = names_apart(
            await async_names(
                self.hass, await async_get_application_credentials(self.hass)
            )
        )
        if user_input is not None:
            self.state.domain = _find(user_input.get(CONF_DOMAIN, "").strip(), names)
            return await self.async_begin_new()
        return self.show_fields(
            "user",
            {
                # Optional, or else the first would be picked from the start.
                # By their names, since a list that can be typed into shows the value.
                vol.Optional(CONF_DOMAIN): one_of(
                    {name: name for name in sorted(names.values(), key=str.casefold)},
                    SelectSelectorMode.DROPDOWN,
                    typed=True,
                )
            },
            {},
            last_step=False,
        )

    @handle_errors
    async def async_step_saved(self, user_input: Input = None) -> Result:
        """Offer the client to other integrations of the provider, and end with the row."""
        record, state = self.record, self.state
        finding = self.hass.data[DATA].findings.get(state.item_id) or Finding()
        told = await self.async_told(record, finding)
        # A client that is used elsewhere, too, was offered already.
        is_reused = state.form == "reuse"
        if not is_reused and (user_input is None or user_input.get(CONF_DOMAINS)):
            form = await self.async_offer_copy("saved", user_input, told)
            if form is not None:
                return form
        told["next"] = await async_next_text(self.hass, record, finding)
        if self.hass.config_entries.async_get_entry(self.handler[0]) is None:
            return await self._async_end_without_row(told)
        if user_input is not None:
            told["outcome"] = await async_same_client_text(
                self.hass, user_input.get(CONF_DOMAINS, ())
            )
        return self.async_create_entry(
            title=(await async_row_titles(self.hass, self.collection.data.values()))[
                state.item_id
            ],
            data={},
            unique_id=state.item_id,
            # The rest was in the form before this.
            description="default" if user_input is None else "after_offer",
            description_placeholders=told,
        )

    async def _async_end_without_row(self, told: Placeholders) -> Result:
        """End where our config entry was deleted meanwhile."""
        texts = await async_get_texts(self.hass)
        no_row = texts.text("no_row", link=link_account_at(DOMAIN))
        told["outcome"] = "\n\n".join(filter(None, (told["next"], no_row)))
        return self.end("saved", **told)

    @override
    async def async_store(self) -> None:
        if self.state.candidate is not None and not self.state.item_id:
            client = self.state.domain, self.state.candidate["client_id"]
            if client not in self.hass.data[DATA].new_rows:
                self._new_row = client
                self.hass.data[DATA].new_rows.add(client)
        try:
            await super().async_store()
        except Exception:
            self._leave_row()
            raise

    @callback
    @override
    def async_remove(self) -> None:
        """Leave the row to others, where the dialog did not get to it."""
        self._leave_row()

    @callback
    def _leave_row(self) -> None:
        if self._new_row is not None:
            self.hass.data[DATA].new_rows.discard(self._new_row)
            self._new_row = None
            async_dispatcher_send(self.hass, SIGNAL_NEW_ROWS)


def _find(typed: str, names: dict[str, str]) -> str:
    """Return the integration that a person has picked, or has typed the name of."""
    if not typed:
        raise FormError(CONF_DOMAIN, "none_picked")
    if typed in names:
        return typed
    for domain, name in names.items():
        if name.casefold() == typed.casefold():
            return domain
    raise FormError(CONF_DOMAIN, "no_such_integration")
