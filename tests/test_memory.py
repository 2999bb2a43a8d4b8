"""What was deleted leaves nothing in memory, however often it comes and goes.

Home Assistant itself remembers deleted devices and entities, so the same ones come again.
"""

from collections import Counter
from collections.abc import Iterator
import gc
import logging

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.core import HomeAssistant

from .common import Wire, settle

CREDENTIALS = 10
ROUNDS = 5


@pytest.fixture(autouse=True)
def no_log() -> Iterator[None]:
    """Log nothing, since pytest keeps it."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


async def test_a_deleted_credential_leaves_nothing_in_memory(
    hass: HomeAssistant,
    wire: Wire,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    """Not one object for each, after rows, devices, entities, checks and findings."""

    async def come_and_go() -> Counter[str]:
        created = [await wire.create(f"abc_{each}") for each in range(CREDENTIALS)]
        await settle(hass)
        for record in created:
            await wire.get("delete", application_credentials_id=record["id"])
        await settle(hass)
        aioclient_mock.mock_calls.clear()
        gc.collect()
        return Counter(type(each).__qualname__ for each in gc.get_objects())

    for _ in range(2):
        before = await come_and_go()
    for _ in range(ROUNDS):
        after = await come_and_go()
    grown = {name: count - before[name] for name, count in after.items()}
    assert not {
        name: grown[name] for name in grown if grown[name] >= ROUNDS * CREDENTIALS
    }
