"""The config flow."""

import logging
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers import config_entry_oauth2_flow

from .const import CONF_API_HOST, DEFAULT_API_HOST, DOMAIN, OTHER_API_HOST


class OAuth2FlowHandler(
    config_entry_oauth2_flow.AbstractOAuth2FlowHandler, domain=DOMAIN
):
    """Ask for the host, where there is no implementation yet."""

    DOMAIN = DOMAIN

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger."""
        return logging.getLogger(__name__)

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Look for implementations before Home Assistant does."""
        implementations = await config_entry_oauth2_flow.async_get_implementations(
            self.hass, self.DOMAIN
        )
        if user_input is None and not implementations:
            hosts = [DEFAULT_API_HOST, OTHER_API_HOST]
            return self.async_show_form(
                step_id="user",
                data_schema=vol.Schema({vol.Required(CONF_API_HOST): vol.In(hosts)}),
            )
        if user_input is not None:
            self.hass.data.setdefault(DOMAIN, {}).update(user_input)
        return await self.async_step_pick_implementation()
