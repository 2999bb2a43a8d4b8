"""The hooks of integrations: found, read, imported and called.

The hook of an integration that runs is the module that runs, and is called. One of an
integration that does not run is read. It is imported only where its text does not say
what somebody has to know. Whatever goes wrong in one costs its integration alone.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
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
    IntegrationNotFound,
    async_get_custom_components,
    async_get_integration,
)
from homeassistant.util.package import is_installed

from ..const import DOMAIN
from ..errors import InvalidCredential
from . import GET_AUTHORIZATION_SERVER, GET_DESCRIPTION_PLACEHOLDERS, NEEDED
from .reading import (
    Home,
    Unreadable,
    home_of,
    provider_of,
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

    def __init__(self, domain: str, fault: str) -> None:
        """Initialize with what the integration's hook does; it must quote no secret."""
        super().__init__(f"The {DOMAIN} platform of integration {domain} {fault}")


class HookRaisedValueError(HookFailed, ValueError):
    """A hook raised a ValueError, or the original would raise one because of it."""


class HookIncomplete(HookRaisedValueError):
    """A hook has neither an authorization server nor an implementation to offer."""


def hook_raised(domain: str, err: BaseException, doing: str) -> HookFailed:
    """Return what to raise for an error of a hook, without its text: it may quote a secret."""
    error = HookRaisedValueError if isinstance(err, ValueError) else HookFailed
    return error(domain, f"raises {type(err).__name__} {doing}")


def defines(domain: str, hook: ModuleType, name: str) -> bool:
    """Return whether a hook has a name; raise HookFailed if it fails when it is asked."""
    try:
        return hasattr(hook, name)
    except (Exception, SystemExit) as err:  # noqa: BLE001 (a hook may raise anything)
        raise hook_raised(domain, err, f"when asked for {name}") from None


class Hooks:
    """The hooks of all integrations."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize with nothing read."""
        self._hass = hass
        # What each function has read, by domain.
        self._read: dict[Callable[..., Any], dict[str, Any]] = {}
        # The home for which descriptions were read.
        self._home: Home = {}
        self._logged: set[str] = set()

    @callback
    def log(self, err: HookFailed) -> None:
        """Log once whose fault an error is."""
        if (message := str(err)) not in self._logged:
            self._logged.add(message)
            _LOGGER.error("%s", message)

    @callback
    def async_runs(self, domain: str) -> bool:
        """Return whether an integration runs, or its hook at least is imported."""
        return (
            domain in self._hass.config.components
            or f"{PACKAGE_BUILTIN}.{domain}.{DOMAIN}" in sys.modules
            or f"{PACKAGE_CUSTOM_COMPONENTS}.{domain}.{DOMAIN}" in sys.modules
        )

    async def async_load(
        self, domain: str, *, limit: float | None = None
    ) -> ModuleType | None:
        """Return the hook of an integration as Home Assistant imports it.

        None where there is no such integration, or it has no hook. Raise HookIncomplete,
        and HookFailed where the import fails, or takes longer than `limit` seconds.
        """
        hook = await self._async_import(domain, limit)
        if hook and not any(defines(domain, hook, name) for name in NEEDED):
            raise HookIncomplete(domain, "has neither of the functions it needs")
        return hook

    async def async_call(
        self,
        domain: str,
        hook: ModuleType,
        name: str,
        *arguments: Any,
        limit: float | None = None,
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
        except asyncio.CancelledError as err:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            # The hook has waited for something else that was cancelled.
            raise hook_raised(domain, err, f"in {name}") from None
        except (Exception, SystemExit) as err:  # noqa: BLE001 (a hook may raise anything)
            raise hook_raised(domain, err, f"in {name}") from None

    async def async_exists(self, domain: str) -> bool:
        """Return whether an integration takes credentials.

        Its hook is imported only if that does not show in its text. Raise
        InvalidCredential if it has neither of the two functions that it may have.
        """
        if _may_exist(domain) and not self.async_runs(domain):
            names = (await self._async_read(read_names, [domain]))[domain]
            if isinstance(names, set) and names & NEEDED:
                return True
        try:
            return await self.async_load(domain, limit=IMPORT_TIMEOUT) is not None
        except HookIncomplete as err:
            self.log(err)
            raise InvalidCredential(
                # Quoted here: a translation must not have a placeholder in single quotes.
                "hook_incomplete",
                quoted_domain=f"'{domain}'",
            ) from err
        except HookFailed as err:
            self.log(err)
            return False

    async def async_describe(self, domains: Iterable[str]) -> dict[str, Any]:
        """Return what hooks return as placeholders of their instructions, by domain.

        Without those that have no function for it, or fail. Never raise for that.
        """
        domains = list(domains)
        running = {domain for domain in domains if self.async_runs(domain)}
        if (home := home_of(self._hass)) != self._home:
            self._home = home
            self._read.pop(read_description, None)
        others = [domain for domain in domains if domain not in running]
        read = await self._async_read(read_description, others, home)
        unreadable = [each for each in read if isinstance(read[each], Unreadable)]
        answers = await self._async_ask_all([*running, *unreadable])
        described = {
            domain: placeholders
            for domain, placeholders in read.items()
            if placeholders is not None and domain not in unreadable
        } | answers
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
        return server if isinstance(server, AuthorizationServer) else None

    async def async_can_be_called(self, domain: str, *, may_import: bool) -> bool:
        """Return whether an integration runs, or its hook can be imported.

        With `may_import` it is imported, where all that the integration requires is
        installed. What goes wrong is no fault: the integration is not set up.
        """
        if not self.async_runs(domain) and not (
            may_import and await self._async_is_installed(domain)
        ):
            return False
        try:
            return await self.async_load(domain, limit=IMPORT_TIMEOUT) is not None
        except HookFailed:
            return False

    async def async_providers(self, domains: Iterable[str]) -> dict[str, str]:
        """Return the providers that hooks are written for, by domain, where that shows.

        An integration that runs is asked. Where it does not say it, and of all others, the
        text counts; nothing is imported for it.
        """
        providers = await self._async_read(read_provider, domains)
        running = list(filter(self.async_runs, providers))
        said = await asyncio.gather(*map(self._async_provider, running))
        for domain, provider in zip(running, said, strict=True):
            providers[domain] = provider or providers[domain]
        return {
            domain: provider
            for domain, provider in providers.items()
            if isinstance(provider, str)
        }

    async def _async_provider(self, domain: str) -> str | None:
        """Return the provider that an integration that runs names, None if it names none."""
        try:
            hook: Any = await self.async_load(domain, limit=CALL_TIMEOUT)
            server = await self.async_call(
                domain, hook, GET_AUTHORIZATION_SERVER, limit=CALL_TIMEOUT
            )
            return provider_of(server.token_url)
        # This is a task of its own, which an integration may cancel.
        except (Exception, SystemExit, asyncio.CancelledError):  # noqa: BLE001 (it may raise anything)
            return None

    async def _async_ask_all(self, domains: list[str]) -> dict[str, Any]:
        """Return what hooks answer as placeholders, by domain, and log whose fails."""
        # Each in a task of its own: they may wait, and may cancel it.
        answers = await asyncio.gather(
            *map(self._async_ask, domains), return_exceptions=True
        )
        described: dict[str, Any] = {}
        for domain, answer in zip(domains, answers, strict=True):
            if isinstance(answer, HookFailed):
                self.log(answer)
            elif isinstance(answer, BaseException):
                self.log(hook_raised(domain, answer, "when asked"))
            else:
                described |= answer
        return described

    async def _async_ask(self, domain: str) -> dict[str, Any]:
        """Return what a hook returns as placeholders by its domain, empty without any."""
        hook = await self._async_import(domain, IMPORT_TIMEOUT)
        name = GET_DESCRIPTION_PLACEHOLDERS
        if hook is None or not defines(domain, hook, name):
            return {}
        return {domain: await self.async_call(domain, hook, name, limit=CALL_TIMEOUT)}

    async def _async_import(
        self, domain: str, limit: float | None
    ) -> ModuleType | None:
        """Return a hook, whatever it has; raise HookFailed."""
        if (integration := await self._async_integration(domain)) is None:
            return None
        if (hook := integration.get_platform_cached(DOMAIN)) is not None:
            return hook
        if not integration.platforms_exists((DOMAIN,)):
            return None
        importing = self._hass.async_create_background_task(
            _async_get_platform(integration), f"{DOMAIN} import {domain}"
        )
        # It goes on: Home Assistant would import it anew, in the event loop.
        done, _ = await asyncio.wait([importing], timeout=limit)
        found = importing.result() if done else TimeoutError()
        if not isinstance(found, BaseException):
            return found
        error = HookRaisedValueError if isinstance(found, ValueError) else HookFailed
        raise error(
            domain, f"cannot be imported: {type(found).__name__}: {found}"
        ) from found

    async def _async_is_installed(self, domain: str) -> bool:
        """Return whether all is installed that an integration requires."""
        integration = await self._async_integration(domain)
        return integration is not None and await self._hass.async_add_executor_job(
            lambda: all(map(is_installed, integration.requirements))
        )

    async def _async_integration(self, domain: str) -> Integration | None:
        """Return an integration, None where there is none of this name."""
        if not _may_exist(domain):
            return None
        try:
            return await async_get_integration(self._hass, domain)
        except IntegrationNotFound:
            return None

    async def _async_read(
        self, read: Callable[..., Any], domains: Iterable[str], *facts: Any
    ) -> dict[str, Any]:
        """Return what `read` returns for hooks, an `Unreadable` where it fails.

        Each file is read once. The manifests of Home Assistant's own integrations are not
        read for that: it takes as long as reading their hooks.
        """
        domains = list(domains)
        known = self._read.setdefault(read, {})
        custom = await async_get_custom_components(self._hass)
        folders = {
            domain: custom[domain].file_path if domain in custom else _BUILT_IN / domain
            for domain in domains
            if domain not in known
        }
        if folders:
            known |= await self._hass.async_add_executor_job(
                _read_all, read, folders, facts
            )
        return {domain: known[domain] for domain in domains}

    def _can_be_sent(self, domain: str, placeholders: Any) -> bool:
        try:
            json_bytes(placeholders)
        except (Exception, SystemExit):  # noqa: BLE001 (its classes may do anything)
            self.log(HookFailed(domain, "returns placeholders that cannot be sent"))
            return False
        return True


def _may_exist(domain: str) -> bool:
    """Return whether a domain can be the name of a folder, and is no path to another one."""
    # Home Assistant allows more in a domain than `valid_domain` does.
    return "." not in domain and "/" not in domain


async def _async_get_platform(integration: Integration) -> ModuleType | BaseException:
    """Return the hook of an integration, or what its import raises."""
    try:
        return await integration.async_get_platform(DOMAIN)
    except (Exception, SystemExit, asyncio.CancelledError) as err:  # noqa: BLE001 (it may raise anything)
        return err


def _read_all(
    read: Callable[..., Any], folders: Mapping[str, Path], facts: tuple[Any, ...]
) -> dict[str, Any]:
    """Return what `read` returns for hooks, by domain, an `Unreadable` where it fails."""
    found: dict[str, Any] = {}
    for domain, folder in folders.items():
        try:
            found[domain] = read(folder, *facts)
        except Exception:  # noqa: BLE001 (a file may hold anything)
            found[domain] = Unreadable()
    return found
