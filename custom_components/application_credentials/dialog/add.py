"""Add a credential: find the integration, enter its client, and say how to go on."""

import voluptuous as vol

from homeassistant.config_entries import ConfigSubentryFlow
from homeassistant.const import CONF_DOMAIN
from homeassistant.helpers.selector import SelectSelectorMode
from homeassistant.loader import async_get_application_credentials

from ..data import DATA
from ..models import Finding
from .copy import CopySteps
from .forms import CONF_DOMAINS, FormError, one_of
from .new import NewClientSteps
from .steps import Input, Result, handle_errors
from .texts import async_names, async_next_text, async_same_client_text, names_apart


class AddSteps(NewClientSteps, CopySteps, ConfigSubentryFlow):
    """The steps from an integration to a new credential."""

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
        """Offer the client to other integrations of the provider; say how to go on."""
        record, state = self.record, self.state
        finding = self.hass.data[DATA].findings.get(state.item_id) or Finding()
        told = await self.async_told(record, finding)
        domains = (user_input or {}).get(CONF_DOMAINS, [])
        # A client that is used elsewhere, too, was offered already.
        if state.form != "reuse" and (user_input is None or domains):
            form = await self.async_offer_copy("saved", user_input, told)
            if form is not None:
                return form
        if user_input is not None:
            # The form has said what the provider makes of it.
            told["result"] = await async_same_client_text(self.hass, domains)
        next_text = await async_next_text(self.hass, record, finding)
        outcome = "\n\n".join(filter(None, (told["result"], next_text)))
        return self.end("saved", **told, outcome=outcome)


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
