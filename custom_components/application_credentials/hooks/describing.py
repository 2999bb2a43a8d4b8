"""Ask hooks for the placeholders of their instructions, importing as little as possible."""

import asyncio
from collections.abc import Iterable
import logging
from types import ModuleType
from typing import Final, NamedTuple, cast

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.loader import DATA_COMPONENTS

from ..const import DOMAIN
from .calling import HookCaller
from .faults import Faults, HookFailed, HookHangs
from .files import UntouchableFile
from .loading import IMPORT_TIMEOUT, HookLoader
from .loading_alone import CannotLoadAlone, load_alone
from .placeholders import checked_placeholders
from .protocol import GET_DESCRIPTION_PLACEHOLDERS
from .reading import HookReading, Placeholders
from .readings import HookReadings

_LOGGER = logging.getLogger(__name__)

# Seconds; a hook computes an answer, one that takes longer hangs.
CALL_TIMEOUT: Final = 5


class _Answers(NamedTuple):
    """What one opening of the dialog gets to know, and the hooks that it waits for."""

    described: dict[str, Placeholders]
    asked: dict[str, asyncio.Task[Placeholders | None]]


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
        self._components = hass.data[DATA_COMPONENTS]
        self._loaded_alone: dict[str, ModuleType] = {}
        # Who asks for what is being asked for already shares the load, the call and the
        # answer.
        self._asking: dict[str, asyncio.Task[Placeholders | None]] = {}
        # Those that are not asked again, and those that are not loaded again for it.
        self._hanging: set[str] = set()
        self._not_loadable: set[str] = set()

    async def async_describe(self, domains: Iterable[str]) -> dict[str, Placeholders]:
        """Return the description placeholders of those integrations that have some.

        Never raises for what a hook does. Takes 10 seconds at the most; the
        packages of the integrations are not imported, but for one whose file
        can be read in no other way.
        """
        answers = _Answers({}, {})
        unread: list[str] = []
        known = self._readings.known
        for domain in domains:
            if (platform := self._loaded(domain)) is not None:
                if domain not in self._hanging and self._may_describe(domain, platform):
                    answers.asked[domain] = self._ask(domain)
            elif domain not in known:
                unread.append(domain)
            elif (reading := known[domain]) is not None:
                self._answer_from_file(domain, reading, answers)
        if unread:
            await self._async_read(unread, answers)
        await self._async_collect(answers)
        return answers.described

    async def _async_read(self, domains: list[str], answers: _Answers) -> None:
        folders = await self._loader.async_folders(domains)
        readings = await self._readings.async_read(folders)
        for domain, reading in readings.items():
            if (
                reading.placeholders is not None
                and checked_placeholders(self._faults, domain, reading.placeholders)
                is None
            ):
                self._readings.known[domain] = None
            else:
                self._answer_from_file(domain, reading, answers)

    def _answer_from_file(
        self, domain: str, reading: HookReading, answers: _Answers
    ) -> None:
        """Take the placeholders that a file says, or have its hook asked for them."""
        if reading.placeholders is not None:
            answers.described[domain] = dict(reading.placeholders)
        elif domain not in self._not_loadable:
            answers.asked[domain] = self._ask(domain)

    async def _async_collect(self, answers: _Answers) -> None:
        """Wait for the hooks that have been asked, and take what they answer."""
        # Not gathered: a hook that ignores its cancellation is not waited for.
        if unfinished := [task for task in answers.asked.values() if not task.done()]:
            await asyncio.wait(unfinished, timeout=2 * CALL_TIMEOUT)
        for domain, task in answers.asked.items():
            if not task.done():
                task.cancel()
                self._give_up(domain)
                self._faults.failed(domain, "hangs")
            elif task.cancelled():
                if domain not in self._hanging | self._not_loadable:
                    self._faults.failed(domain, "cancels its task")
            elif placeholders := task.result():
                answers.described[domain] = dict(placeholders)

    def _may_describe(self, domain: str, platform: ModuleType) -> bool:
        """Return whether a hook that is loaded has the function, or would not say."""
        try:
            return self._faults.defines(domain, platform, GET_DESCRIPTION_PLACEHOLDERS)
        except HookFailed:
            return False

    def _loaded(self, domain: str) -> ModuleType | None:
        """Return a hook that is loaded, by its integration or on its own."""
        platform = self._components.get(f"{domain}.{DOMAIN}")
        if platform is None:
            return self._loaded_alone.get(domain)
        # Nobody has components of that name but modules.
        return cast("ModuleType", platform)

    def _ask(self, domain: str) -> asyncio.Task[Placeholders | None]:
        """Return the task in which a hook is asked; most are done by then.

        In a task of its own: a hook may cancel it, and may wait.
        """
        if (task := self._asking.get(domain)) is None or task.done():
            task = self._hass.async_create_background_task(
                self._async_ask(domain), f"{DOMAIN} describe {domain}"
            )
            if not task.done():
                self._asking[domain] = task
        return task

    async def _async_ask(self, domain: str) -> Placeholders | None:
        """Return what the description function of a hook returns, None where it fails."""
        try:
            # It may have been loaded since, for another opening.
            if (platform := self._loaded(domain)) is None:
                platform = await self._async_load(domain)
            if not self._may_describe(domain, platform):
                return None
            placeholders = await self._caller.async_call(
                domain, platform, GET_DESCRIPTION_PLACEHOLDERS, limit=CALL_TIMEOUT
            )
        except HookHangs:
            self._hanging.add(domain)
            return None
        except HookFailed:
            return None
        except HomeAssistantError as err:
            self._faults.failed(domain, f"raises {type(err).__name__} when it is asked")
            return None
        return checked_placeholders(self._faults, domain, placeholders)

    async def _async_load(self, domain: str) -> ModuleType:
        """Return a hook that can be called: on its own, or else imported.

        Raises HookFailed, and then it is not tried again.
        """
        reading = self._readings.known[domain]
        assert reading is not None
        try:
            # Not in the one thread for imports: what hangs there holds up all others.
            platform = await self._hass.async_add_executor_job(
                load_alone, domain, reading.path
            )
        except UntouchableFile as err:
            self._not_loadable.add(domain)
            raise self._faults.failed(domain, str(err)) from None
        except CannotLoadAlone as err:
            _LOGGER.debug("The hook of %s needs its package: %s", domain, err)
            [integration] = (await self._loader.async_integrations([domain])).values()
            try:
                return await self._loader.async_import(
                    integration, limit=IMPORT_TIMEOUT
                )
            except HookFailed:
                self._not_loadable.add(domain)
                raise
        self._loaded_alone[domain] = platform
        return platform

    def _give_up(self, domain: str) -> None:
        """Ask a hook never again; one that cannot be loaded may yet be by its integration."""
        if self._loaded(domain) is not None:
            self._hanging.add(domain)
        else:
            self._not_loadable.add(domain)
