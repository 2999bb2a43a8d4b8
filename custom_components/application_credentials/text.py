"""How words are shown: as Markdown, and in the language of the person."""

import string
from typing import Any, Final

from homeassistant.auth.models import User
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant
from homeassistant.generated.languages import LANGUAGES
from homeassistant.helpers.http import current_request
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN

_LITERAL: Final = str.maketrans({mark: rf"\{mark}" for mark in string.punctuation})


def as_markdown(text: str) -> str:
    """Return Markdown that shows `text` as it is.

    Markdown takes every ASCII punctuation mark literally after a backslash
    (CommonMark, "Backslash escapes").
    """
    return text.translate(_LITERAL)


def as_address(text: str) -> str:
    """Return Markdown that shows an address as it is; a long one wraps."""
    return f"`{text}`"


def as_paragraph(*sentences: str) -> str:
    """Return sentences one after the other, without empty ones."""
    paragraph = ""
    for sentence in filter(None, sentences):
        # Chinese has no space between them.
        between = "" if not paragraph or paragraph.endswith("。") else " "
        paragraph += between + sentence
    return paragraph


async def async_language(hass: HomeAssistant) -> str:
    """Return the language in the profile of the requesting user.

    That of Home Assistant where there is no user, and where the profile leaves the
    language to the browser.
    """
    request = current_request.get()
    # The request that opens a websocket has no signed-in user.
    user: User | None = request.get(KEY_HASS_USER) if request is not None else None
    if user is None or "frontend" not in hass.config.components:
        return hass.config.language
    try:
        from homeassistant.components.frontend.storage import async_user_store  # noqa: PLC0415 (loaded by then)

        # As the frontend stores the language of a profile.
        chosen: Any = (await async_user_store(hass, user.id)).data.get("language")
    except Exception:  # noqa: BLE001 (another release may keep it elsewhere)
        return hass.config.language
    language = chosen.get("language") if isinstance(chosen, dict) else None
    # Scripts can write it, too, and it becomes the name of a file.
    if isinstance(language, str) and language in LANGUAGES:
        return language
    return hass.config.language


async def async_texts(
    hass: HomeAssistant,
    category: str,
    domain: str = DOMAIN,
    language: str | None = None,
) -> dict[str, str]:
    """Return texts of an integration by their keys, by default in the language of the person."""
    language = language or await async_language(hass)
    return await async_get_translations(hass, language, category, {domain})
