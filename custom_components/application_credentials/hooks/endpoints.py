"""Where integrations redeem the codes of a client."""

from urllib.parse import urlsplit

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..models import CredentialRecord
from .implementation import async_implementation_for


async def async_token_url(
    hass: HomeAssistant, record: CredentialRecord, domain: str
) -> str | None:
    """Return the token endpoint at which an integration would redeem a code of a client.

    None where that cannot be told, whatever its hook does.
    """
    try:
        implementation = await async_implementation_for(hass, domain, record)
    except HomeAssistantError:
        return None
    if not isinstance(implementation, LocalOAuth2Implementation):
        return None
    try:
        url = implementation.token_url
    except BaseException:  # noqa: BLE001 (an integration may compute it)
        return None
    # Past the methods of its own class, if it has one.
    return str.__str__(url) if issubclass(type(url), str) else None


def host_of(url: str | None) -> str | None:
    """Return the host of a URL, None where there is none."""
    if url is None:
        return None
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
