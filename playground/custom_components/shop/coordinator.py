"""The account, asked for every few minutes."""

from datetime import timedelta
import logging
from typing import override

from aiohttp import ClientError

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers.config_entry_oauth2_flow import OAuth2Session
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .account import (
    AccessDenied,
    Account,
    ShopUnreachable,
    async_fetch_account,
    ends_the_link,
)
from .const import DOMAIN

_LOGGER = logging.getLogger(__name__)

type ShopConfigEntry = ConfigEntry[ShopCoordinator]


class ShopCoordinator(DataUpdateCoordinator[Account]):
    """Keeps what is known about the account up to date."""

    config_entry: ShopConfigEntry

    def __init__(
        self, hass: HomeAssistant, entry: ShopConfigEntry, session: OAuth2Session
    ) -> None:
        """Set how often the shop is asked."""
        super().__init__(
            hass,
            _LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=timedelta(minutes=5),
        )
        self._session = session

    @override
    async def _async_update_data(self) -> Account:
        try:
            await self._session.async_ensure_token_valid()
            return await async_fetch_account(
                self.hass, self._session.token["access_token"]
            )
        except (ClientError, AccessDenied, ShopUnreachable) as error:
            if isinstance(error, AccessDenied) or (
                isinstance(error, ClientError) and ends_the_link(error)
            ):
                raise ConfigEntryAuthFailed(
                    "The shop no longer accepts the link"
                ) from error
            raise UpdateFailed("The shop does not answer") from error
