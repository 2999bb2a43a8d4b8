"""Ask a hook for the OAuth2 implementations of credentials."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
)

from ..data import DATA
from ..models import CredentialRecord, auth_domain_of
from ..records.collection import credential_of
from . import GET_AUTH_IMPLEMENTATION, GET_AUTHORIZATION_SERVER
from .hook import HookFailed, defines, hook_raised

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
    make = partial(implementation_at, hass)
    try:
        async with asyncio.timeout(ASK_TIMEOUT):
            implementations = await async_implementations(
                hass, record["domain"], [record], make=make
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
    authorization server. The name of an implementation that is not called like its
    credential is kept in `own_names`: config entries refer to the credential by it. Raises
    HookFailed, and Home Assistant's own errors.
    """
    hooks, own_names = hass.data[DATA].hooks, hass.data[DATA].own_names
    if (hook := await hooks.async_load(domain)) is None:
        return []
    if not defines(domain, hook, GET_AUTH_IMPLEMENTATION):
        server = await hooks.async_call(domain, hook, GET_AUTHORIZATION_SERVER)
        try:
            return [make(record, server) for record in records]
        except (Exception, SystemExit) as err:  # noqa: BLE001 (it may be computed)
            raise hook_raised(domain, err, "when its endpoints are asked for") from None
    implementations: list[AbstractOAuth2Implementation] = []
    for record in records:
        implementation = await hooks.async_call(
            domain,
            hook,
            GET_AUTH_IMPLEMENTATION,
            auth_domain_of(record),
            credential_of(record),
        )
        try:
            name = implementation.domain
        except (Exception, SystemExit) as err:  # noqa: BLE001 (it may be computed)
            raise hook_raised(domain, err, "when asked for its name") from None
        if name == auth_domain_of(record):
            own_names.pop(record["id"], None)
        else:
            own_names[record["id"]] = name
        implementations.append(implementation)
    return implementations


def implementation_at(
    hass: HomeAssistant, record: CredentialRecord, server: AuthorizationServer
) -> AuthImplementation:
    """Return the original's implementation of a client at an authorization server."""
    return AuthImplementation(
        hass, auth_domain_of(record), credential_of(record), server
    )
