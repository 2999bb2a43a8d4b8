"""Fixtures: a home with repairs, and a flow that is to be opened."""

from collections.abc import Awaitable, Callable

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.common import SHOP, Wire

from .common import Fix


@pytest.fixture
async def repairs(hass: HomeAssistant) -> None:
    """Have Home Assistant offer repairs, before anything is connected to it."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def begin(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    repairs: None,
    start: Callable[[], Awaitable[Wire]],
) -> Callable[[], Awaitable[tuple[Wire, Fix]]]:
    """Return a function that starts a home whose own address is not the one of the browser.

    It returns wire and flow.
    """

    async def begin() -> tuple[Wire, Fix]:
        wire = await start()
        await hass.config.async_update(external_url="https://outside.test")
        return wire, Fix(await hass_client())

    return begin


@pytest.fixture
async def home(
    begin: Callable[[], Awaitable[tuple[Wire, Fix]]],
) -> tuple[Wire, Fix]:
    """Start a home; return its wire, and a flow that is opened yet."""
    return await begin()


@pytest.fixture
def wire(home: tuple[Wire, Fix]) -> Wire:
    """Return the websocket API."""
    return home[0]


@pytest.fixture
def fix(home: tuple[Wire, Fix]) -> Fix:
    """Return a flow that is to be opened."""
    return home[1]


@pytest.fixture(autouse=True)
def running(hass: HomeAssistant) -> None:
    """Have the shop be set up: what it may register itself would be there."""
    hass.config.components.add(SHOP)
