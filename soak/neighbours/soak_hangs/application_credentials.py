"""A hook that never comes back."""

import asyncio

from homeassistant.core import HomeAssistant


async def async_get_authorization_server(hass: HomeAssistant) -> None:
    """Hang."""
    await asyncio.Event().wait()


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Hang."""
    await asyncio.Event().wait()
    return {}
