"""Whether Home Assistant links the accounts of an integration today.

Guides say it as of the day on which they were read. Home Assistant Cloud may no
longer offer an integration; only a home that runs can tell.
"""

import asyncio
from contextvars import ContextVar
from enum import Enum, auto
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations

from .guide import Kind
from .table import GUIDES

# The integration that links accounts, and what its implementation is called.
_CLOUD: Final = "cloud"

# Seconds; it asks a server on the internet, once in an hour.
_ASK_TIMEOUT: Final = 2

# Set while others are asked for implementations. Ours would import the integration, and an
# offer of ours would hide that the server is away.
IS_ASKING_OTHERS: ContextVar[bool] = ContextVar("is_asking_others", default=False)


class Linking(Enum):
    """What account linking does for an integration."""

    # Also where that cannot be told now.
    OFFERED = auto()
    NOT_OFFERED = auto()
    NOT_LOADED = auto()


async def async_linking(hass: HomeAssistant, domain: str) -> Linking | None:
    """Return what account linking does for an integration now.

    None where the guide does not say that it links the accounts.
    """
    guide = GUIDES.get(domain)
    if guide is None or guide.kind not in (Kind.CLOUD, Kind.CLOUD_OR_OWN):
        return None
    if _CLOUD not in hass.config.components:
        return Linking.NOT_LOADED
    token = IS_ASKING_OTHERS.set(True)
    try:
        async with asyncio.timeout(_ASK_TIMEOUT):
            implementations = await async_get_implementations(hass, domain)
    except (Exception, SystemExit):  # noqa: BLE001 (the server is away, or a provider fails)
        return Linking.OFFERED
    finally:
        IS_ASKING_OTHERS.reset(token)
    return Linking.OFFERED if _CLOUD in implementations else Linking.NOT_OFFERED
