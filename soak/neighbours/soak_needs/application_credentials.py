"""A hook that needs what is not there."""

from homeassistant.core import HomeAssistant

from . import something  # type: ignore[attr-defined]


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what cannot be imported."""
    return {"url": something}
