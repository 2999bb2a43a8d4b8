"""Measure inside a fresh process; prints one JSON object.

A program of its own that imports nothing of this repository, since a repository on
Python's path would bring its custom_components with it, and the original would not be
what is measured.

usage: python -I in_process.py FOLDER original|ours prepare|start|set_up|look_up
"""

import asyncio
from collections.abc import Awaitable, Callable
import gc
import json
import os
from pathlib import Path
import statistics
import sys
import time

from homeassistant import bootstrap, loader
from homeassistant.auth import auth_manager_from_config
from homeassistant.config_entries import ConfigEntries
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations
from homeassistant.setup import async_setup_component

DOMAIN = "application_credentials"
# What every Home Assistant has set up by then, besides what the component depends on.
ALWAYS_THERE = ("binary_sensor", "button", "persistent_notification", "sensor")

# As in records.py.
OWN_DOMAIN = "miele"
OWN_CLIENT_ID = "own-client"

BATCHES = 9
CALLS = 200


async def new_core(folder: Path) -> HomeAssistant:
    """Return the core of a Home Assistant with what our component builds on, and no more."""
    hass = HomeAssistant(str(folder))
    loader.async_setup(hass)
    hass.config.skip_pip = True
    hass.config_entries = ConfigEntries(hass, {})
    await loader.async_get_custom_components(hass)
    if not await bootstrap.async_load_base_functionality(hass):
        raise RuntimeError("The registries could not be loaded")
    hass.auth = await auth_manager_from_config(hass, [{"type": "homeassistant"}], [])
    integration = await loader.async_get_integration(hass, DOMAIN)
    for dependency in (
        *ALWAYS_THERE,
        *integration.dependencies,
        *integration.after_dependencies,
    ):
        if not await async_setup_component(hass, dependency, {}):
            raise RuntimeError(f"{dependency} could not be set up")
    await hass.async_block_till_done()
    return hass


async def prepare(hass: HomeAssistant) -> dict[str, float]:
    """Be the first start of all, which leaves on disk what every later one finds."""
    await set_up(hass)
    await hass.async_stop(force=True)
    return {}


async def start(hass: HomeAssistant) -> dict[str, float]:
    """Do what a start waits for, and what is done when it is over.

    Return the seconds of each, and megabytes added by both.
    """
    integration = await loader.async_get_integration(hass, DOMAIN)
    gc.collect()
    before = resident_megabytes()
    begin = time.perf_counter()
    await integration.async_get_component()
    if not await async_setup_component(hass, DOMAIN, {}):
        raise RuntimeError("The component could not be set up")
    await hass.async_block_till_done()
    set_up = time.perf_counter()
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    return {
        "start": set_up - begin,
        "rest": time.perf_counter() - set_up,
        "megabytes": resident_megabytes() - before,
    }


async def set_up(hass: HomeAssistant) -> dict[str, float]:
    """Load the component and set it up; return the seconds of each, and megabytes added."""
    integration = await loader.async_get_integration(hass, DOMAIN)
    gc.collect()
    before = resident_megabytes()
    start = time.perf_counter()
    component = await integration.async_get_component()
    # Ours imports the rest of itself when it is set up.
    if import_rest := getattr(component, "import_component", None):
        await hass.async_add_import_executor_job(import_rest)
    loaded = time.perf_counter()
    if not await async_setup_component(hass, DOMAIN, {}):
        raise RuntimeError("The component could not be set up")
    await hass.async_block_till_done()
    return {
        "load": loaded - start,
        "set_up": time.perf_counter() - loaded,
        "megabytes": resident_megabytes() - before,
    }


async def look_up(hass: HomeAssistant) -> dict[str, float]:
    """Find the implementations of an integration, and import a credential that is there."""
    await set_up(hass)
    # Not before the set-up, which would find half of the original loaded.
    from homeassistant.components.application_credentials import (  # noqa: PLC0415
        ClientCredential,
        async_import_client_credential,
    )

    async def implementations() -> None:
        found = await async_get_implementations(hass, OWN_DOMAIN)
        assert list(found) == [OWN_DOMAIN]

    async def import_again() -> None:
        credential = ClientCredential(OWN_CLIENT_ID, f"secret-of-{OWN_CLIENT_ID}")
        await async_import_client_credential(hass, OWN_DOMAIN, credential)

    return {
        "implementations": await seconds_per_call(implementations),
        "import": await seconds_per_call(import_again),
    }


async def seconds_per_call(call: Callable[[], Awaitable[None]]) -> float:
    """Return the median of several batches of calls, after a first call that loads what it needs."""
    await call()
    batches = []
    for _ in range(BATCHES):
        gc.collect()
        start = time.perf_counter()
        for _ in range(CALLS):
            await call()
        batches.append((time.perf_counter() - start) / CALLS)
    return statistics.median(batches)


def resident_megabytes() -> float:
    """Return the memory that this process occupies."""
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * os.sysconf("SC_PAGE_SIZE") / 1_000_000


_MEASURES = {
    "prepare": prepare,
    "start": start,
    "set_up": set_up,
    "look_up": look_up,
}


async def main() -> None:
    """Measure what the command line asks for."""
    folder, component, what = sys.argv[1:]
    hass = await new_core(Path(folder))
    integration = await loader.async_get_integration(hass, DOMAIN)
    if integration.is_built_in is not (component == "original"):
        raise RuntimeError(f"This is not the {component} component")
    measured = await _MEASURES[what](hass)
    print(json.dumps(measured), flush=True)
    # Nothing of it is to be kept, so nothing has to be shut down.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main())
