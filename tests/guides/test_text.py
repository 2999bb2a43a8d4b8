"""Guides in the language of the person, with what this Home Assistant knows."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from custom_components.application_credentials.guides.text import (
    async_guide_text,
    async_need_text,
    async_publishing_text,
    async_registration_text,
    async_reuse_text,
    async_values_text,
    async_wait_text,
)
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

URI = "https://my.home-assistant.io/redirect/oauth"
ASKED = "only because account linking is not loaded"


async def test_a_guide_has_the_name_and_the_documentation_of_the_integration(
    hass: HomeAssistant,
) -> None:
    """Those that its manifest has."""
    text = await async_guide_text(hass, "spotify", redirect_uri=URI)
    assert text.startswith("1. Open [Spotify for Developers]")
    assert f"`{URI}`" in text
    documentation = (await async_get_integration(hass, "spotify")).documentation
    assert f"]({documentation})." in text
    assert "for Xbox." in await async_need_text(hass, "xbox")


async def test_an_integration_that_this_release_does_not_have_has_a_guide(
    hass: HomeAssistant,
) -> None:
    """It is not there yet, or no more; or its manifest names no documentation."""
    mock_integration(hass, MockModule("xbox"))
    hass.data["integrations"].pop("willow", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homeassistant.loader.Integration.resolve_from_root", _nothing)
        text = await async_guide_text(hass, "willow", redirect_uri=None)
    assert text.startswith("You do not need a client ID for willow.")
    for domain in ("willow", "xbox"):
        text = await async_guide_text(hass, domain, redirect_uri=None)
        assert f"](https://www.home-assistant.io/integrations/{domain})." in text


def _nothing(*_: object) -> None:
    """Find no integration."""


async def test_why_one_is_asked_for_is_what_this_home_assistant_has_loaded(
    hass: HomeAssistant,
) -> None:
    """It is looked up each time."""
    assert ASKED in await async_need_text(hass, "xbox")
    hass.config.components.add("cloud")
    assert ASKED not in await async_need_text(hass, "xbox")


async def test_a_guide_is_in_the_language_of_the_person(hass: HomeAssistant) -> None:
    """The names of buttons stay as the console has them."""
    hass.config.language = "de"
    text = await async_guide_text(hass, "twitch", redirect_uri=URI)
    assert "Stelle *Client Type* auf *Confidential*." in text


async def test_the_parts_that_repairs_show(hass: HomeAssistant) -> None:
    """Where values are found, where the redirect URI goes, where an app is published."""
    assert "Copy *Client ID*" in await async_values_text(hass, "spotify")
    assert f"`{URI}`" in await async_registration_text(hass, "spotify", URI)
    assert "15 minutes" in await async_wait_text(hass, "home_connect")
    assert "*Publish app*" in await async_publishing_text(hass, "google")


async def test_a_client_id_is_reused_by_the_names_of_the_others(
    hass: HomeAssistant,
) -> None:
    """Nothing is said where there is no other."""
    text = await async_reuse_text(hass, "youtube", {"google_tasks", "google_mail"})
    assert "that you have for Google Mail, Google Tasks works here" in text
    assert await async_reuse_text(hass, "youtube", []) == ""


@pytest.mark.parametrize(
    "get_text",
    [async_need_text, async_values_text, async_wait_text, async_publishing_text],
)
async def test_there_is_nothing_to_say_without_a_guide(
    hass: HomeAssistant, get_text: Callable[[HomeAssistant, str], Awaitable[str]]
) -> None:
    """As for integrations from elsewhere."""
    assert await get_text(hass, "shop") == ""
    assert await async_guide_text(hass, "shop", redirect_uri=URI) == ""
    assert await async_registration_text(hass, "shop", URI) == ""
    assert await async_reuse_text(hass, "shop", ["google"]) == ""
