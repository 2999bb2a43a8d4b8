"""The redirect URI that has to be registered with a provider."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    HEADER_FRONTEND_BASE,
    MY_AUTH_CALLBACK_PATH,
)
from homeassistant.helpers.http import current_request
from homeassistant.helpers.network import NoURLAvailableError, get_url

from ..errors import CredentialError

_HEADER_ORIGIN: Final = "Origin"


def async_redirect_uri(hass: HomeAssistant) -> str:
    """Return the redirect URI that a config flow would use for this person, as a URL.

    The one of My Home Assistant where that is loaded. Otherwise it depends on
    the address at which the person has Home Assistant open: a browser says it
    in each request of the frontend, and as the origin of its websocket. Without
    a browser it is the external address, or else the internal one.

    Raises CredentialError where no address is known at all.
    """
    if "my" in hass.config.components:
        return MY_AUTH_CALLBACK_PATH
    if (request := current_request.get()) is not None:
        for header in (HEADER_FRONTEND_BASE, _HEADER_ORIGIN):
            base = request.headers.get(header, "")
            # The origin of a page that has none is "null".
            if base.startswith(("http://", "https://")):
                return f"{base}{AUTH_CALLBACK_PATH}"
    try:
        base = get_url(hass, prefer_external=True)
    except NoURLAvailableError as err:
        raise CredentialError("no_url_available") from err
    return f"{base}{AUTH_CALLBACK_PATH}"
