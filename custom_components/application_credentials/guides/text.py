"""Guides in the language of the person in front of a dialog or a repair.

Each function returns Markdown, empty where there is nothing to say.
"""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.loader import Integration, async_get_integrations

from ..const import DOMAIN
from ..text import async_language
from .sentences import Place, Telling
from .table import guide_of

_PREFIX = f"component.{DOMAIN}.selector.guide.options."
_DOCUMENTATION = "https://www.home-assistant.io/integrations/"


async def async_guide_text(
    hass: HomeAssistant, domain: str, *, redirect_uri: str | None, own_text: str = ""
) -> str:
    """Return what to make at the provider's console, or that there is nothing to make.

    `redirect_uri` is None while Home Assistant does not know its own address. `own_text`
    is what the integration itself says about its credentials, and stands at the end.
    """
    telling = await _async_telling(hass, domain, redirect_uri)
    return telling.whole(own_text) if telling else ""


async def async_need_text(hass: HomeAssistant, domain: str) -> str:
    """Return why no client ID has to be made for an integration, and why one is asked for."""
    telling = await _async_telling(hass, domain)
    return telling.need() if telling else ""


async def async_values_text(hass: HomeAssistant, domain: str) -> str:
    """Return where the client ID and client secret are found again, or why none are needed."""
    telling = await _async_telling(hass, domain)
    return telling.values() if telling else ""


async def async_registration_text(
    hass: HomeAssistant, domain: str, redirect_uri: str | None
) -> str:
    """Return where the redirect URI is registered, with the redirect URI."""
    telling = await _async_telling(hass, domain, redirect_uri)
    return telling.redirect_uri() if telling else ""


async def async_wait_text(hass: HomeAssistant, domain: str) -> str:
    """Return how long it takes until a new client ID works, where it does not at once."""
    telling = await _async_telling(hass, domain)
    return telling.wait() if telling else ""


async def async_publishing_text(hass: HomeAssistant, domain: str) -> str:
    """Return how an app of Google's leaves "Testing", so that its links last."""
    telling = await _async_telling(hass, domain)
    return telling.publishing() if telling else ""


async def async_reuse_text(
    hass: HomeAssistant, domain: str, others: Iterable[str]
) -> str:
    """Return that a client ID of other integrations can be used, and which API to enable.

    `others` are those of `same_console` that have a credential.
    """
    telling = await _async_telling(hass, domain)
    others = list(others)
    if not telling or not others:
        return ""
    found = await async_get_integrations(hass, others)
    return telling.reuse(
        sorted((_name(each, found[each]) for each in others), key=str.casefold)
    )


async def _async_telling(
    hass: HomeAssistant, domain: str, redirect_uri: str | None = None
) -> Telling | None:
    if (guide := guide_of(domain)) is None:
        return None
    texts = await async_get_translations(
        hass, await async_language(hass), "selector", {DOMAIN}
    )
    integration = (await async_get_integrations(hass, [domain]))[domain]
    return Telling(
        guide,
        {
            key.removeprefix(_PREFIX): text
            for key, text in texts.items()
            if key.startswith(_PREFIX)
        },
        Place(
            integration=_name(domain, integration),
            documentation=_documentation(domain, integration),
            redirect_uri=redirect_uri,
            is_linking_loaded="cloud" in hass.config.components,
        ),
    )


def _name(domain: str, integration: Integration | Exception) -> str:
    return integration.name if isinstance(integration, Integration) else domain


def _documentation(domain: str, integration: Integration | Exception) -> str:
    if isinstance(integration, Integration) and integration.documentation:
        return integration.documentation
    return f"{_DOCUMENTATION}{domain}"
