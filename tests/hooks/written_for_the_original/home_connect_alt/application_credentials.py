"""The hook."""

from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant

from .const import CONF_API_HOST, DEFAULT_API_HOST, DOMAIN


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Name the endpoints at the host that was chosen in the flow."""
    host = hass.data.get(DOMAIN, {}).get(CONF_API_HOST, DEFAULT_API_HOST)
    return AuthorizationServer(
        f"{host}/security/oauth/authorize", f"{host}/security/oauth/token"
    )


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Say where to read on."""
    return {"more_info_url": "https://github.com/ekutner/home-connect-hass"}
