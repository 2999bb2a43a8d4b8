"""Find, check, call and describe an integration's `application_credentials.py`.

An integration that takes credentials has a module of that name with one or more
of the functions of `HookProtocol`, the platform hook
(https://developers.home-assistant.io/docs/core/platform/application_credentials).
Whatever goes wrong in one costs that integration alone, and is logged once.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
import importlib.util
import logging
from pathlib import Path
import sys
from types import ModuleType
from typing import Any, Final, Protocol

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2Implementation
from homeassistant.helpers.json import json_bytes
from homeassistant.loader import DATA_COMPONENTS, Integration, async_get_integrations
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .errors import InvalidCredential
from .hook_reading import (
    GET_DESCRIPTION_PLACEHOLDERS,
    HookReading,
    Placeholders,
    read_hook,
    read_urls,
)
from .models import AuthorizationServer, ClientCredential

_LOGGER = logging.getLogger(__name__)

DATA_HOOKS: HassKey[Hooks] = HassKey(f"{DOMAIN}_hooks")

GET_AUTHORIZATION_SERVER: Final = "async_get_authorization_server"
GET_AUTH_IMPLEMENTATION: Final = "async_get_auth_implementation"
_NEEDED: Final = frozenset({GET_AUTHORIZATION_SERVER, GET_AUTH_IMPLEMENTATION})

# Seconds; a hook computes an answer, one that takes longer hangs.
CALL_TIMEOUT: Final = 5
# Seconds; on a slow machine the libraries of an integration take this long to import.
IMPORT_TIMEOUT: Final = 60


class HookProtocol(Protocol):
    """What an integration's `application_credentials` module may define.

    One of the first two is needed: an authorization server, for the default
    implementation, or an implementation of its own.
    """

    async def async_get_authorization_server(
        self, hass: HomeAssistant
    ) -> AuthorizationServer:
        """Return the endpoints of the provider."""

    async def async_get_auth_implementation(
        self, hass: HomeAssistant, auth_domain: str, credential: ClientCredential
    ) -> AbstractOAuth2Implementation:
        """Return an implementation that entries call by `auth_domain`."""

    async def async_get_description_placeholders(
        self, hass: HomeAssistant
    ) -> dict[str, str]:
        """Return what the placeholders in the integration's instructions stand for."""


class HookFailed(Exception):
    """A hook raised, hung, or returned what it must not. It is in the log by now."""


class HookIncomplete(HookFailed):
    """A hook has neither of the functions of which it needs one."""


class Hooks:
    """The platform hooks of all integrations."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing read."""
        self._hass = hass
        self._readings: dict[str, HookReading | None] = {}
        self._loaded_alone: dict[str, ModuleType] = {}
        # Those that are not asked for a description again.
        self._given_up: set[str] = set()
        self._logged: set[str] = set()

    async def async_load(self, domain: str) -> ModuleType | None:
        """Return the hook of an integration as Home Assistant imports it.

        None where there is no such integration, or it has no hook. Raises
        HookIncomplete, and HookFailed where the import does.
        """
        integration = (await self._async_integrations([domain])).get(domain)
        if integration is None:
            return None
        if (platform := integration.get_platform_cached(DOMAIN)) is None:
            if not integration.platforms_exists((DOMAIN,)):
                return None
            platform = await self._async_import(integration)
        if not any(hasattr(platform, name) for name in _NEEDED):
            raise self.failed(
                domain, "has neither of the functions it needs", HookIncomplete
            )
        return platform

    async def async_exists(self, domain: str) -> bool:
        """Return whether an integration takes credentials, without importing it if possible.

        Raises InvalidCredential where its hook has neither of the functions it needs.
        """
        integration = (await self._async_integrations([domain])).get(domain)
        if integration is None:
            return False
        if integration.get_platform_cached(DOMAIN) is None:
            reading = (await self._async_read([integration])).get(domain)
            if reading is not None and reading.names & _NEEDED:
                return True
        try:
            return await self.async_load(domain) is not None
        except HookIncomplete as err:
            raise InvalidCredential("hook_incomplete", domain=domain) from err
        except HookFailed:
            return False

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
            elif domain not in self._readings:
                placeholders = None
            elif (reading := self._readings[domain]) is None:
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
            return dict(answer.value) if _are_placeholders(answer.value) else None
        except BaseException:  # noqa: BLE001 (a hook may raise anything, and is asked again)
            return None
        with suppress(BaseException):
            answering.close()
        return None

    async def _async_describe(self, domains: list[str]) -> dict[str, Placeholders]:
        """Return the placeholders of integrations whose hooks have to be read or waited for."""
        integrations = await self._async_integrations(domains)
        self._readings.update(dict.fromkeys(set(domains) - set(integrations)))
        readings = await self._async_read(
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
            await asyncio.wait(unfinished, timeout=2 * CALL_TIMEOUT)
        for domain, task in asked.items():
            if not task.done():
                task.cancel()
                self._given_up.add(domain)
                self.failed(domain, "hangs")
            elif not task.cancelled() and (placeholders := task.result()):
                described[domain] = placeholders
        return described

    async def async_urls(self, domains: Iterable[str]) -> dict[str, frozenset[str]]:
        """Return the URLs that the hooks of integrations are written with."""
        integrations = await self._async_integrations(domains)
        return await self._hass.async_add_executor_job(
            lambda: {
                domain: read_urls(integration.file_path)
                for domain, integration in integrations.items()
            }
        )

    async def async_call[ResultT](
        self,
        domain: str,
        function: Callable[..., Awaitable[ResultT]],
        *arguments: Any,
        quiet: bool = False,
    ) -> ResultT:
        """Return what a function of a hook returns, in the context of the caller.

        What Home Assistant's own errors say passes through. Raises HookFailed
        for anything else, without its text, since `arguments` may hold a secret.
        `quiet` keeps it out of the log: some hooks work in their own flow alone.
        """
        name = getattr(function, "__name__", "a function")
        try:
            async with asyncio.timeout(CALL_TIMEOUT) as limit:
                return await function(self._hass, *arguments)
        except HomeAssistantError:
            raise
        except BaseException as err:
            if is_for_us(err):
                raise
            fault = "hangs" if limit.expired() else f"raises {type(err).__name__}"
            raise self.failed(domain, f"{fault} in {name}", quiet=quiet) from None

    async def _async_integrations(
        self, domains: Iterable[str]
    ) -> dict[str, Integration]:
        """Return the integrations that there are."""
        found = await async_get_integrations(self._hass, domains)
        return {
            domain: integration
            for domain, integration in found.items()
            if isinstance(integration, Integration)
        }

    async def _async_import(self, integration: Integration) -> ModuleType:
        """Import a hook, and with it the package of its integration."""
        try:
            async with asyncio.timeout(IMPORT_TIMEOUT):
                return await integration.async_get_platform(DOMAIN)
        except BaseException as err:
            if is_for_us(err):
                raise
            raise self.failed(
                integration.domain,
                f"cannot be imported: {type(err).__name__}: {err}",
            ) from err

    async def _async_read(
        self, integrations: Iterable[Integration]
    ) -> dict[str, HookReading | None]:
        """Return what the files of the hooks say; each is read once."""
        unread = [each for each in integrations if each.domain not in self._readings]
        if unread:
            readings = await self._hass.async_add_executor_job(_read_all, unread)
            for domain, reading in readings.items():
                self._readings[domain] = None
                if isinstance(reading, Exception):
                    self.failed(domain, f"cannot be read: {reading!r}")
                elif (
                    reading is None
                    or reading.placeholders is None
                    or self._checked(domain, reading.placeholders)
                ):
                    self._readings[domain] = reading
        return {each.domain: self._readings[each.domain] for each in integrations}

    async def _async_ask(
        self, integration: Integration, reading: HookReading | None
    ) -> Placeholders:
        """Return what the description function of a hook returns, empty where it fails."""
        domain = integration.domain
        try:
            platform = await self._async_platform_to_ask(integration, reading)
            if not hasattr(platform, GET_DESCRIPTION_PLACEHOLDERS):
                return {}
            placeholders = await self.async_call(
                domain, platform.async_get_description_placeholders
            )
        except HookFailed:
            return {}
        except Exception as err:  # noqa: BLE001 (what a module does with its names is its own)
            self.failed(domain, f"raises {type(err).__name__}: {err}")
            return {}
        return dict(placeholders) if self._checked(domain, placeholders) else {}

    def _checked(self, domain: str, placeholders: Any) -> bool:
        """Return whether what a hook returned can be sent; if not, say so in the log."""
        if _are_placeholders(placeholders):
            return True
        self.failed(domain, "returns no placeholders but something else")
        return False

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
                _load_alone, domain, reading.path
            )
        except _CannotLoadAlone as err:
            _LOGGER.debug("The hook of %s needs its package: %s", domain, err)
            try:
                return await self._async_import(integration)
            except HookFailed:
                self._given_up.add(domain)
                raise
        self._loaded_alone[domain] = platform
        return platform

    def failed(
        self,
        domain: str,
        fault: str,
        error: type[HookFailed] = HookFailed,
        *,
        quiet: bool = False,
    ) -> HookFailed:
        """Return the error to raise; say once in the log whose fault it is."""
        message = f"The {DOMAIN} platform of integration {domain} {fault}"
        if not quiet and message not in self._logged:
            self._logged.add(message)
            _LOGGER.error("%s", message)
        return error(message)


class _CannotLoadAlone(Exception):
    """The file of a hook needs more than its own folder gives it."""


def _load_alone(domain: str, path: Path) -> ModuleType:
    """Run the file of a hook without the `__init__` of its integration.

    Its package is an empty one whose path is the integration's folder, so that
    `.const` resolves. Raises _CannotLoadAlone.
    """
    package = f"{__package__}.hook_of_{domain}"
    name = f"{package}.{DOMAIN}"
    stand_in = ModuleType(package)
    folder = path.parent if path.stem == DOMAIN else path.parent.parent
    stand_in.__path__ = [str(folder)]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[package] = stand_in
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as err:
        for loaded in [each for each in sys.modules if each.startswith(f"{package}.")]:
            del sys.modules[loaded]
        del sys.modules[package]
        raise _CannotLoadAlone(f"{type(err).__name__}: {err}") from err
    return module


def _read_all(
    integrations: list[Integration],
) -> dict[str, HookReading | Exception | None]:
    """Return what each hook says, or why it cannot be read."""
    readings: dict[str, HookReading | Exception | None] = {}
    for integration in integrations:
        try:
            readings[integration.domain] = read_hook(integration.file_path)
        except Exception as err:  # noqa: BLE001 (a file may hold anything)
            readings[integration.domain] = err
    return readings


def _are_placeholders(value: Any) -> bool:
    """Return whether a value can be sent as description placeholders."""
    if not isinstance(value, dict) or not all(
        isinstance(key, str) and isinstance(text, str | int | float | bool | None)
        for key, text in value.items()
    ):
        return False
    try:
        json_bytes(value)
    except TypeError, ValueError:
        # A number beyond 64 bits, half a surrogate pair.
        return False
    return True


def is_for_us(err: BaseException) -> bool:
    """Return whether an exception is the cancellation of the task that runs."""
    task = asyncio.current_task()
    return (
        isinstance(err, asyncio.CancelledError)
        and task is not None
        and task.cancelling() > 0
    )
