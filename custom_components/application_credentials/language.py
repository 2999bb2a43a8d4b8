"""The language that a person reads Home Assistant in, as far as it is known on this side."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.generated.languages import LANGUAGES

from .requester import requesting_user

# Under which the frontend keeps what a person has chosen in the profile.
_CHOSEN: Final = "language"


async def async_language(hass: HomeAssistant) -> str:
    """Return the language of the person whose request this is.

    That of Home Assistant where no person asks, and where the profile leaves it to
    the browser.
    """
    if (user := requesting_user()) is None:
        return hass.config.language
    if "frontend" not in hass.config.components:
        return hass.config.language
    from homeassistant.components.frontend.storage import async_user_store  # noqa: PLC0415 (loaded by then)

    chosen: Any = (await async_user_store(hass, user.id)).data.get(_CHOSEN)
    language = chosen.get("language") if isinstance(chosen, dict) else None
    # A name of a file, which scripts can write, too.
    if isinstance(language, str) and language in LANGUAGES:
        return language
    return hass.config.language
