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

_HEADER_ORIGIN: Final = "Origin"


def async_redirect_uri(hass: HomeAssistant) -> str | None:
    """Return the redirect URI that a config flow would use for this person, as a URL.

    That of the browser in which the person is. Without a browser it is that of
    the external address, or else of the internal one. None where no address is known.
    """
    if (redirect_uri := async_browser_redirect_uri(hass)) is not None:
        return redirect_uri
    try:
        return f"{get_url(hass, prefer_external=True)}{AUTH_CALLBACK_PATH}"
    except NoURLAvailableError:
        return None


def async_browser_redirect_uri(hass: HomeAssistant) -> str | None:
    """Return the redirect URI that a browser would be sent to, None where there is none.

    The one of My Home Assistant where that is loaded. Otherwise it depends on
    the address at which the person has Home Assistant open: a browser says it
    in each request of the frontend, and as the origin of its websocket.
    """
    if (redirect_uri := async_my_redirect_uri(hass)) is not None:
        return redirect_uri
    if (request := current_request.get()) is not None:
        for header in (HEADER_FRONTEND_BASE, _HEADER_ORIGIN):
            base = request.headers.get(header, "")
            # The origin of a page that has none is "null".
            if base.startswith(("http://", "https://")):
                return f"{base}{AUTH_CALLBACK_PATH}"
    return None


def async_my_redirect_uri(hass: HomeAssistant) -> str | None:
    """Return the redirect URI that holds in every browser, None where it depends."""
    return MY_AUTH_CALLBACK_PATH if "my" in hass.config.components else None
