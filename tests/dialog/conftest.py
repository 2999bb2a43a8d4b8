"""Fixtures: the dialog of a home, and what is beside it."""

from collections.abc import Callable
from typing import Any

from aiohttp import FormData
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.common import (
    SHOP,
    Neighbours,
    Wire,
    add_account,
    add_integration,
    link_flow,
    server,
)

from .common import Dialog


@pytest.fixture
async def dialog(hass: HomeAssistant, wire: Wire) -> Dialog:
    """Return the dialog of a home whose own address is not the one of the browser."""
    await hass.config.async_update(external_url="https://outside.test")
    await hass.async_block_till_done()
    return Dialog(hass)


@pytest.fixture
def bakery(neighbours: Neighbours) -> str:
    """Make another integration of the shop's provider; unlike the shop it is listed."""
    neighbours.add("bakery", server())
    return "bakery"


@pytest.fixture
async def movable(hass: HomeAssistant, wire: Wire) -> Any:
    """Make two credentials, one of them with two accounts, that can be linked again."""
    add_integration(hass)
    await wire.create()
    await wire.create("other", name="Other")
    accounts = [
        add_account(hass, "shop_abc", title=title, entry_id=title)
        for title in ("anna", "ben")
    ]
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        await hass.async_block_till_done()
        yield accounts


@pytest.fixture
def upload(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> Callable[[bytes], Any]:
    """Return a function that uploads a file, as the field of a form does, and returns its id."""

    async def upload(content: bytes) -> str:
        # With the frontend, it is always there.
        assert await async_setup_component(hass, "file_upload", {})
        http = await hass_client()
        form = FormData()
        form.add_field("file", content, filename="client_secret_1.json")
        answer = await http.post("/api/file_upload", data=form)
        return str((await answer.json())["file_id"])

    return upload
