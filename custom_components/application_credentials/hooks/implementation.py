"""Ask a hook for the OAuth2 implementations of credentials."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
)

from ..data import DATA
from ..models import CredentialRecord, auth_domain_of
from ..records.collection import credential_of
from .hook import HookFailed, defines, hook_raised
from .protocol import GET_AUTH_IMPLEMENTATION, GET_AUTHORIZATION_SERVER

# Seconds for the hook of a credential that a person does something with.
ASK_TIMEOUT: Final = 10

# What makes the implementation of a client whose hook names an authorization server.
type MakeImplementation = Callable[
    [CredentialRecord, AuthorizationServer], AuthImplementation
]


async def async_implementation_of(
    hass: HomeAssistant, record: CredentialRecord
) -> AbstractOAuth2Implementation | None:
    """Return the implementation for one credential, None where its hook is gone.

    Raises ImplementationUnavailableError where the hook fails or takes more than
    ASK_TIMEOUT seconds: quietly, since some work in their own config flow alone.
    """
    try:
        async with asyncio.timeout(ASK_TIMEOUT):
            implementations = await async_implementations(
                hass,
                record["domain"],
                [record],
                make=partial(_implementation_of_the_original, hass),
            )
    except (HookFailed, TimeoutError) as err:
        raise ImplementationUnavailableError(str(err)) from None
    return implementations[0] if implementations else None


async def async_implementations(
    hass: HomeAssistant,
    domain: str,
    records: list[CredentialRecord],
    *,
    make: MakeImplementation,
) -> list[AbstractOAuth2Implementation]:
    """Return an implementation for each of some records of one integration.

    What its hook returns is returned as it is; `make` is called where the hook names an
    authorization server. Raises HookFailed, and Home Assistant's own errors.
    """
    hooks = hass.data[DATA].hooks
    if (hook := await hooks.async_load(domain)) is None:
        return []
    try:
        if not defines(domain, hook, GET_AUTH_IMPLEMENTATION):
            server = await hooks.async_call(domain, hook, GET_AUTHORIZATION_SERVER)
            return [_implementation_at(record, server, make) for record in records]
        implementations = []
        for record in records:
            implementation = await hooks.async_call(
                domain,
                hook,
                GET_AUTH_IMPLEMENTATION,
                auth_domain_of(record),
                credential_of(record),
            )
            name = _name_of(domain, implementation)
            _remember_own_name(hass, record, name)
            implementations.append(implementation)
    except HomeAssistantError as err:
        if any(
            record["client_secret"] and record["client_secret"] in str(err)
            for record in records
        ):
            raise HookFailed(
                domain, f"raises {type(err).__name__} with a secret in it"
            ) from None
        raise
    return implementations


def _implementation_of_the_original(
    hass: HomeAssistant, record: CredentialRecord, server: AuthorizationServer
) -> AuthImplementation:
    return AuthImplementation(
        hass, auth_domain_of(record), credential_of(record), server
    )


def _implementation_at(
    record: CredentialRecord, server: Any, make: MakeImplementation
) -> AbstractOAuth2Implementation:
    """Return the implementation of a client at the endpoints that a hook names."""
    domain = record["domain"]
    try:
        return make(record, server)
    except AttributeError:
        raise HookFailed(domain, "returns no authorization server") from None
    except (Exception, SystemExit) as err:  # noqa: BLE001 (it may be computed)
        raise hook_raised(domain, err, "when its endpoints are asked for") from None


def _name_of(domain: str, implementation: Any) -> str:
    """Return what entries call an implementation, which is whatever behaves like one."""
    try:
        name = implementation.domain
    except AttributeError:
        name = None
    except (Exception, SystemExit) as err:  # noqa: BLE001 (it may be computed)
        raise hook_raised(
            domain, err, "when its implementation is asked for its name"
        ) from None
    if not issubclass(type(name), str):
        raise HookFailed(domain, "returns no implementation")
    # Past the methods of its own class, if it has one.
    return str.__str__(name)


def _remember_own_name(
    hass: HomeAssistant, record: CredentialRecord, name: str
) -> None:
    """Note what entries call an implementation that has a name of its own."""
    own_names = hass.data[DATA].own_names
    if name == auth_domain_of(record):
        own_names.pop(record["id"], None)
    else:
        own_names[record["id"]] = name
