"""The config flow."""

import logging
from typing import Any, override

import voluptuous as vol

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from .const import DOMAIN


class SmartcarOAuth2FlowHandler(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Ask for scopes between the choice of the credential and the provider's page."""

    DOMAIN = DOMAIN
    scopes: list[str] | None = None

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger."""
        return logging.getLogger(__name__)

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Return the scopes, and for a newer client who it really is."""
        assert self.scopes is not None
        # Every implementation with a client has its ID.
        client_id: str = getattr(self.flow_impl, "client_id")  # noqa: B009
        return {"mode": "live", "scope": " ".join(self.scopes)} | (
            {"client_id": "my-application"} if client_id.startswith("v3-") else {}
        )

    async def async_step_scopes(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for scopes."""
        if user_input is None:
            return self.async_show_form(
                step_id="scopes",
                data_schema=vol.Schema({vol.Optional("read_odometer"): bool}),
            )
        self.scopes = [scope for scope, chosen in user_input.items() if chosen]
        return await self.async_step_auth()

    @override
    async def async_step_auth(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Come between."""
        if self.scopes is None:
            return await self.async_step_scopes()
        return await super().async_step_auth(user_input)
