"""The account at the shop, as the shop's userinfo endpoint describes it."""

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import ClientError, ClientResponseError

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    ConfigEntryNotReady,
    HomeAssistantError,
)
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    OAuth2Session,
    async_get_config_entry_implementation,
)

from .const import USERINFO_URL


class ShopUnreachable(HomeAssistantError):
    """The shop did not answer as it should."""


class AccessDenied(HomeAssistantError):
    """The shop does not accept the access token."""


@dataclass(frozen=True)
class Account:
    """Who is linked."""

    subject: str
    email: str
    name: str


async def async_fetch_account(hass: HomeAssistant, access_token: str) -> Account:
    """Ask the shop whose access token this is."""
    try:
        async with async_get_clientsession(hass).get(
            USERINFO_URL, headers={"Authorization": f"Bearer {access_token}"}
        ) as response:
            response.raise_for_status()
            claims = await response.json()
    except (ClientError, TimeoutError) as error:
        if isinstance(error, ClientError) and ends_the_link(error):
            raise AccessDenied(str(error)) from error
        raise ShopUnreachable(str(error)) from error
    subject = claims["sub"]
    # Whoever is typed into the shop's page has no name but that.
    return Account(subject, claims["email"], claims.get("name", subject))


def ends_the_link(error: ClientError) -> bool:
    """Return whether the shop has refused for good; newer releases have an error of its own for a token request."""
    return (
        isinstance(error, ClientResponseError)
        and HTTPStatus(error.status).is_client_error
        and error.status != HTTPStatus.TOO_MANY_REQUESTS
    )


async def async_open_session(hass: HomeAssistant, entry: ConfigEntry) -> OAuth2Session:
    """Return a session for a config entry, its access token refreshed if need be."""
    implementation = await async_get_config_entry_implementation(hass, entry)
    session = OAuth2Session(hass, entry, implementation)
    try:
        await session.async_ensure_token_valid()
    except ClientError as error:
        if ends_the_link(error):
            raise ConfigEntryAuthFailed(
                "The shop no longer accepts the link"
            ) from error
        raise ConfigEntryNotReady("The shop does not answer") from error
    return session
