"""Ask hooks for the placeholders of their instructions, importing as little as possible."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
import logging
from types import ModuleType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.loader import DATA_COMPONENTS, Integration

from ..const import DOMAIN
from . import calling
from .calling import HookCaller
from .faults import Faults, HookFailed
from .loading import HookLoader
from .loading_alone import CannotLoadAlone, load_alone
from .placeholders import are_placeholders, checked_placeholders
from .protocol import GET_DESCRIPTION_PLACEHOLDERS
from .reading import HookReading, Placeholders
from .readings import HookReadings

_LOGGER = logging.getLogger(__name__)


class Descriptions:
    """What hooks answer when they are asked for their placeholders."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        faults: Faults,
        readings: HookReadings,
        loader: HookLoader,
        caller: HookCaller,
    ) -> None:
        """Take how hooks are read, found and called."""
        self._hass = hass
        self._faults = faults
        self._readings = readings
        self._loader = loader
        self._caller = caller
        self._loaded_alone: dict[str, ModuleType] = {}
        # Those that are not asked for a description again.
        self._given_up: set[str] = set()

    async def async_describe(self, domains: Iterable[str]) -> dict[str, Placeholders]:
        """Return the description placeholders of those integrations that have some.

        Never raises for what a hook does. Takes 10 seconds at the most; the
        packages of the integrations are not imported, but for one whose file
        can be read in no other way.
        """
        described, others = self._describe_at_once(domains)
        if others:
            described |= await self._async_describe(others)
        return described

    def _describe_at_once(
        self, domains: Iterable[str]
    ) -> tuple[dict[str, Placeholders], list[str]]:
        """Return the placeholders that need no waiting, and the domains of the others.

        What a file says is known for good, unless what it defines was loaded since.
        """
        loaded = self._hass.data[DATA_COMPONENTS]
        described: dict[str, Placeholders] = {}
        others: list[str] = []
        for domain in domains:
            platform = loaded.get(f"{domain}.{DOMAIN}") or self._loaded_alone.get(
                domain
            )
            if platform is not None:
                placeholders = self._answer_at_once(domain, platform)
            elif domain not in self._readings.known:
                placeholders = None
            elif (reading := self._readings.known[domain]) is None:
                placeholders = {}
            elif reading.placeholders is None:
                placeholders = None if reading.describes else {}
            else:
                placeholders = dict(reading.placeholders)
            if placeholders:
                described[domain] = placeholders
            elif placeholders is None and domain not in self._given_up:
                others.append(domain)
        return described, others

    def _answer_at_once(self, domain: str, platform: Any) -> Placeholders | None:
        """Return what a hook answers that has nothing to wait for, which is most of them.

        None where it has, or where something is wrong with it: then it is asked
        again in a task of its own, with all precautions.
        """
        if domain in self._given_up:
            return None
        try:
            function = getattr(platform, GET_DESCRIPTION_PLACEHOLDERS, None)
            if function is None:
                return {}
            answering = function(self._hass)
            answering.send(None)
        except StopIteration as answer:
            return dict(answer.value) if are_placeholders(answer.value) else None
        except BaseException:  # noqa: BLE001 (a hook may raise anything, and is asked again)
            return None
        with suppress(BaseException):
            answering.close()
        return None

    async def _async_describe(self, domains: list[str]) -> dict[str, Placeholders]:
        """Return the placeholders of integrations whose hooks have to be read or waited for."""
        integrations = await self._loader.async_integrations(domains)
        self._readings.known.update(dict.fromkeys(set(domains) - set(integrations)))
        readings = await self._readings.async_read(
            [
                integration
                for integration in integrations.values()
                if integration.get_platform_cached(DOMAIN) is None
            ]
        )
        described: dict[str, Placeholders] = {}
        asked: dict[str, asyncio.Task[Placeholders]] = {}
        for domain, integration in integrations.items():
            reading = readings.get(domain)
            if reading is not None and reading.placeholders is not None:
                described[domain] = dict(reading.placeholders)
            elif (
                reading.describes
                if reading is not None
                else integration.get_platform_cached(DOMAIN) is not None
            ):
                asked[domain] = self._hass.async_create_background_task(
                    self._async_ask(integration, reading), f"{DOMAIN} describe {domain}"
                )
        # Most have answered by now. Not gathered: a hook that ignores its cancellation
        # is not waited for.
        if unfinished := [task for task in asked.values() if not task.done()]:
            await asyncio.wait(unfinished, timeout=2 * calling.CALL_TIMEOUT)
        for domain, task in asked.items():
            if not task.done():
                task.cancel()
                self._given_up.add(domain)
                self._faults.failed(domain, "hangs")
            elif not task.cancelled() and (placeholders := task.result()):
                described[domain] = placeholders
        return described

    async def _async_ask(
        self, integration: Integration, reading: HookReading | None
    ) -> Placeholders:
        """Return what the description function of a hook returns, empty where it fails."""
        domain = integration.domain
        try:
            platform = await self._async_platform_to_ask(integration, reading)
            if not hasattr(platform, GET_DESCRIPTION_PLACEHOLDERS):
                return {}
            placeholders = await self._caller.async_call(
                domain, platform.async_get_description_placeholders
            )
        except HookFailed:
            return {}
        except Exception as err:  # noqa: BLE001 (what a module does with its names is its own)
            self._faults.failed(domain, f"raises {type(err).__name__}: {err}")
            return {}
        return (
            dict(placeholders)
            if checked_placeholders(self._faults, domain, placeholders)
            else {}
        )

    async def _async_platform_to_ask(
        self, integration: Integration, reading: HookReading | None
    ) -> ModuleType:
        """Return a hook that can be called: loaded, on its own, or else imported."""
        domain = integration.domain
        if platform := integration.get_platform_cached(DOMAIN):
            return platform
        if platform := self._loaded_alone.get(domain):
            return platform
        assert reading is not None
        try:
            # Not in the one thread for imports: what hangs there holds up all others.
            platform = await self._hass.async_add_executor_job(
                load_alone, domain, reading.path
            )
        except CannotLoadAlone as err:
            _LOGGER.debug("The hook of %s needs its package: %s", domain, err)
            try:
                return await self._loader.async_import(integration)
            except HookFailed:
                self._given_up.add(domain)
                raise
        self._loaded_alone[domain] = platform
        return platform
