"""The hooks of integrations: found, read, imported and called.

The hook of an integration that runs is the module that runs, and is called. One of an
integration that does not run is read. It is imported only where its text does not say
what somebody has to know. Whatever goes wrong in one costs its integration alone.
"""

import asyncio
from collections.abc import Callable, Iterable
import logging
from pathlib import Path
import sys
from types import ModuleType
from typing import Any, Final

from homeassistant import components
from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.json import json_bytes
from homeassistant.loader import (
    PACKAGE_BUILTIN,
    PACKAGE_CUSTOM_COMPONENTS,
    Integration,
    async_get_custom_components,
    async_get_integrations,
)
from homeassistant.util.package import is_installed

from ..const import DOMAIN
from ..errors import InvalidCredential
from .expressions import Unreadable
from .protocol import GET_DESCRIPTION_PLACEHOLDERS, NEEDED
from .reading import (
    Description,
    read_description,
    read_names,
    read_provider,
    read_server,
)

_LOGGER = logging.getLogger(__name__)

# Seconds; a description is computed, and takes no time.
CALL_TIMEOUT: Final = 5
# Seconds; the libraries of an integration take this long to import on a slow machine.
IMPORT_TIMEOUT: Final = 60

_BUILT_IN: Final = Path(components.__path__[0])


class HookFailed(Exception):
    """A hook could not be imported, raised, or took too long."""


class HookRaisedValueError(HookFailed, ValueError):
    """A hook raised a ValueError, or the original would raise one because of it."""


class HookIncomplete(HookRaisedValueError):
    """A hook has neither of the functions of which it needs one."""


class Hooks:
    """The hooks of all integrations."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize with nothing read."""
        self._hass = hass
        # Who asks while files are read finds them read.
        self._reading = asyncio.Lock()
        self._read: dict[Callable[[Path], Any], dict[str, Any]] = {}
        self._importing: dict[str, asyncio.Task[ModuleType | BaseException]] = {}
        self._not_importable: set[str] = set()
        self._logged: set[str] = set()

    @callback
    def async_runs(self, domain: str) -> bool:
        """Return whether an integration runs, or its hook at least is imported."""
        return (
            domain in self._hass.config.components
            or f"{PACKAGE_BUILTIN}.{domain}.{DOMAIN}" in sys.modules
            or f"{PACKAGE_CUSTOM_COMPONENTS}.{domain}.{DOMAIN}" in sys.modules
        )

    async def async_load(
        self, domain: str, *, limit: float | None = None, quiet: bool = False
    ) -> ModuleType | None:
        """Return the hook of an integration as Home Assistant imports it.

        None where there is no such integration, or it has no hook. Raise HookIncomplete,
        and HookFailed where the import fails, or takes longer than `limit` seconds.
        `quiet` keeps what goes wrong out of the log.
        """
        hook = await self._async_import(domain, limit=limit, quiet=quiet)
        if hook is not None and not any(
            self.defines(domain, hook, name, quiet=quiet) for name in NEEDED
        ):
            raise self.failed(
                domain,
                "has neither of the functions it needs",
                HookIncomplete,
                quiet=quiet,
            )
        return hook

    def defines(
        self, domain: str, hook: ModuleType, name: str, *, quiet: bool = False
    ) -> bool:
        """Return whether a hook has a name; raise HookFailed if it fails when it is asked."""
        try:
            return hasattr(hook, name)
        except (Exception, SystemExit) as err:  # noqa: BLE001 (a hook may raise anything)
            raise self.raised(
                domain, err, f"when asked for {name}", quiet=quiet
            ) from None

    async def async_call(
        self,
        domain: str,
        hook: ModuleType,
        name: str,
        *arguments: Any,
        limit: float | None = None,
        quiet: bool = False,
    ) -> Any:
        """Return what the function `name` of a hook returns.

        Raise what it says in Home Assistant's own errors, and HookFailed for any other,
        without its text: `arguments` may hold a secret. So also after `limit` seconds.
        """
        try:
            async with asyncio.timeout(limit):
                return await getattr(hook, name)(self._hass, *arguments)
        except HomeAssistantError:
            raise
        except (Exception, SystemExit) as err:  # noqa: BLE001 (a hook may raise anything)
            raise self.raised(domain, err, f"in {name}", quiet=quiet) from None

    async def async_exists(self, domain: str) -> bool:
        """Return whether an integration takes credentials.

        Its hook is imported only if that does not show in its text. Raise
        InvalidCredential where it has neither of the functions of which it needs one.
        """
        if domain not in await self._async_integrations([domain]):
            return False
        if not self.async_runs(domain):
            names = (await self._async_read(read_names, [domain]))[domain]
            if isinstance(names, OSError):
                return False
            if not isinstance(names, Exception) and names & NEEDED:
                return True
        try:
            return await self.async_load(domain, limit=IMPORT_TIMEOUT) is not None
        except HookIncomplete as err:
            raise InvalidCredential(
                # Quoted here: a translation must not have a placeholder in single quotes.
                "hook_incomplete",
                quoted_domain=f"'{domain}'",
            ) from err
        except HookFailed:
            return False

    async def async_describe(self, domains: Iterable[str]) -> dict[str, Any]:
        """Return what hooks return as placeholders of their instructions, by domain.

        Without those that have no function for it, or fail. Never raise for that.
        """
        asked: list[str] = []
        unread: list[str] = []
        described: dict[str, Any] = {}
        for domain in domains:
            (asked if self.async_runs(domain) else unread).append(domain)
        descriptions = await self._async_read(read_description, unread)
        for domain, description in descriptions.items():
            try:
                described |= self._described(domain, description)
            except Unreadable:
                asked.append(domain)
        # Each in a task of its own: they may wait, and may cancel it.
        answers = await asyncio.gather(
            *map(self._async_ask, asked), return_exceptions=True
        )
        for domain, answer in zip(asked, answers, strict=True):
            if isinstance(answer, BaseException):
                self.failed(domain, f"raises {type(answer).__name__} when asked")
            else:
                described |= answer
        return {
            domain: placeholders
            for domain, placeholders in described.items()
            if self._can_be_sent(domain, placeholders)
        }

    async def async_server(self, domain: str) -> AuthorizationServer | None:
        """Return the endpoints that stand in the hook of an integration that does not run.

        None where it runs, or brings an implementation of its own, or cannot be read.
        """
        if self.async_runs(domain):
            return None
        server = (await self._async_read(read_server, [domain]))[domain]
        return None if isinstance(server, Exception) else server

    async def async_can_be_called(self, domain: str, *, may_import: bool) -> bool:
        """Return whether an integration runs, or its hook can be imported.

        With `may_import` it is imported, where all that the integration requires is
        installed. What goes wrong is no fault: the integration is not set up.
        """
        if not self.async_runs(domain):
            if not may_import or not await self._async_is_installed(domain):
                return False
            names = (await self._async_read(read_names, [domain]))[domain]
            if isinstance(names, OSError):
                return False
        try:
            hook = await self.async_load(domain, limit=IMPORT_TIMEOUT, quiet=True)
        except HookFailed:
            return False
        return hook is not None

    async def async_providers(self, domains: Iterable[str]) -> dict[str, str]:
        """Return the providers that hooks are written for, by domain, where that shows.

        Nothing is imported or called for it.
        """
        providers = await self._async_read(read_provider, domains)
        return {
            domain: provider
            for domain, provider in providers.items()
            if isinstance(provider, str)
        }

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

    def raised(
        self, domain: str, err: BaseException, doing: str, *, quiet: bool = False
    ) -> HookFailed:
        """Return the error to raise for one of a hook, without its text.

        That may quote a secret.
        """
        return self.failed(
            domain,
            f"raises {type(err).__name__} {doing}",
            HookRaisedValueError if isinstance(err, ValueError) else HookFailed,
            quiet=quiet,
        )

    def _described(
        self, domain: str, description: Description | Exception | None
    ) -> dict[str, Any]:
        """Return the placeholders that were read by their domain, empty without any.

        Raise Unreadable where only the hook itself can tell.
        """
        if description is None or isinstance(description, OSError):
            return {}
        if isinstance(description, Exception):
            raise Unreadable
        return {domain: description(self._hass)}

    async def _async_ask(self, domain: str) -> dict[str, Any]:
        """Return what a hook returns as placeholders by its domain, empty without any."""
        try:
            if domain in self._not_importable and not self.async_runs(domain):
                return {}
            hook = await self._async_import(domain, limit=IMPORT_TIMEOUT)
            name = GET_DESCRIPTION_PLACEHOLDERS
            if hook is None or not self.defines(domain, hook, name):
                return {}
            return {
                domain: await self.async_call(domain, hook, name, limit=CALL_TIMEOUT)
            }
        except HookFailed:
            return {}

    async def _async_import(
        self, domain: str, *, limit: float | None, quiet: bool = False
    ) -> ModuleType | None:
        """Return a hook, whatever it has; raise HookFailed."""
        integration = (await self._async_integrations([domain])).get(domain)
        if integration is None:
            return None
        if (hook := integration.get_platform_cached(DOMAIN)) is not None:
            return hook
        if not integration.platforms_exists((DOMAIN,)):
            return None
        importing = self._importing.get(domain)
        if importing is None or importing.done():
            importing = self._hass.async_create_background_task(
                self._async_get_platform(integration), f"{DOMAIN} import {domain}"
            )
            self._importing[domain] = importing
        try:
            # It goes on: Home Assistant would import it anew, in the event loop.
            async with asyncio.timeout(limit):
                found = await asyncio.shield(importing)
        except TimeoutError as err:
            found = err
        if not isinstance(found, BaseException):
            return found
        raise self.failed(
            domain,
            f"cannot be imported: {type(found).__name__}: {found}",
            HookRaisedValueError if isinstance(found, ValueError) else HookFailed,
            quiet=quiet,
        ) from found

    async def _async_get_platform(
        self, integration: Integration
    ) -> ModuleType | BaseException:
        """Return the hook of an integration, or what its import raises."""
        try:
            return await integration.async_get_platform(DOMAIN)
        except (Exception, SystemExit) as err:  # noqa: BLE001 (it may raise anything)
            self._not_importable.add(integration.domain)
            return err

    async def _async_is_installed(self, domain: str) -> bool:
        """Return whether all is installed that an integration and its dependencies require."""
        integration = (await self._async_integrations([domain])).get(domain)
        if integration is None:
            return False
        needed = await integration.resolve_dependencies() or set()
        integrations = (await self._async_integrations(needed)).values()
        requirements = {
            requirement
            for each in (integration, *integrations)
            for requirement in each.requirements
        }
        return await self._hass.async_add_executor_job(
            lambda: all(map(is_installed, requirements))
        )

    async def _async_integrations(
        self, domains: Iterable[str]
    ) -> dict[str, Integration]:
        found = await async_get_integrations(self._hass, domains)
        return {
            domain: integration
            for domain, integration in found.items()
            if isinstance(integration, Integration)
        }

    async def _async_read(
        self, read: Callable[[Path], Any], domains: Iterable[str]
    ) -> dict[str, Any]:
        """Return what `read` returns or raises for the hooks; each file is read once."""
        domains = list(domains)
        known = self._read.setdefault(read, {})
        if not known.keys() >= set(domains):
            async with self._reading:
                folders = await self._async_folders(
                    domain for domain in domains if domain not in known
                )
                known |= await self._hass.async_add_executor_job(
                    _read_all, read, folders
                )
                for domain, found in known.items():
                    if isinstance(found, OSError):
                        self.failed(domain, f"cannot be read: {found}")
        return {domain: known[domain] for domain in domains}

    async def _async_folders(self, domains: Iterable[str]) -> dict[str, Path]:
        """Return the folders of integrations.

        The manifests of Home Assistant's own are not read for that: it takes as long
        as reading their hooks.
        """
        custom = await async_get_custom_components(self._hass)
        return {
            domain: custom[domain].file_path if domain in custom else _BUILT_IN / domain
            for domain in domains
        }

    def _can_be_sent(self, domain: str, placeholders: Any) -> bool:
        try:
            json_bytes(placeholders)
        except (Exception, SystemExit):  # noqa: BLE001 (its classes may do anything)
            self.failed(domain, "returns placeholders that cannot be sent")
            return False
        return True


def _read_all(read: Callable[[Path], Any], folders: dict[str, Path]) -> dict[str, Any]:
    """Return what is read in each folder, or why it cannot be."""
    found: dict[str, Any] = {}
    for domain, folder in folders.items():
        try:
            found[domain] = read(folder)
        except Exception as err:  # noqa: BLE001 (it may hold anything)
            found[domain] = err.with_traceback(None)
    return found
