"""The config flow."""

import logging
from typing import Any, override

from homeassistant.helpers import config_entry_oauth2_flow

from .const import DOMAIN


class FlowHandler(
    config_entry_oauth2_flow.AbstractOAuth2FlowHandler,
    domain=DOMAIN,
):
    """Add scopes to what Home Assistant asks for."""

    DOMAIN = DOMAIN

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger."""
        return logging.getLogger(__name__)

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Return the scopes."""
        return {"scope": "openid onecta:basic.integration offline_access"}
