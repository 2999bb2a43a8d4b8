"""Credentials turned into the OAuth2 implementations of dependent integrations.

Home Assistant's `config_entry_oauth2_flow` asks the provider here whenever a
config flow starts and whenever a config entry is set up.
"""

from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    LocalOAuth2Implementation,
)
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..models import (
    AuthorizationServer,
    ClientCredential,
    CredentialRecord,
    auth_domain_of,
)
from ..records.collection import DATA_COLLECTION, credential_of
from .faults import HookFailed
from .hooks import DATA_HOOKS
from .protocol import GET_AUTH_IMPLEMENTATION

# By record id, what entries call its implementation where a hook calls it by a
# name of its own instead of the one it was given (smartthings, withings).
DATA_OWN_NAMES: HassKey[dict[str, str]] = HassKey(f"{DOMAIN}_own_names")


class AuthImplementation(LocalOAuth2Implementation):
    """The default implementation: a client at the endpoints that a hook names."""

    def __init__(
        self,
        hass: HomeAssistant,
        auth_domain: str,
        credential: ClientCredential,
        authorization_server: AuthorizationServer,
    ) -> None:
        """Take what entries call it, the client, and the provider's endpoints."""
        super().__init__(
            hass,
            auth_domain,
            credential.client_id,
            credential.client_secret,
            authorization_server.authorize_url,
            authorization_server.token_url,
        )
        self._name = credential.name

    @property
    @override
    def name(self) -> str:
        """What a person picks it by."""
        return self._name or self.client_id


async def async_provide_implementations(
    hass: HomeAssistant, domain: str
) -> list[AbstractOAuth2Implementation]:
    """Return an implementation for each credential of an integration.

    An integration without credentials is not touched. Raises
    ImplementationUnavailableError where its hook fails.
    """
    # The last of several records that entries call by one name serves it.
    served = {
        auth_domain_of(record): record
        for record in hass.data[DATA_COLLECTION].records_of(domain)
    }
    return await _async_implementations(hass, domain, list(served.values()))


async def async_implementation_of(
    hass: HomeAssistant, record: CredentialRecord
) -> AbstractOAuth2Implementation | None:
    """Return the implementation for one credential, None where its hook is gone.

    Raises ImplementationUnavailableError where the hook fails: quietly, since
    some work in their own config flow alone.
    """
    implementations = await _async_implementations(
        hass, record["domain"], [record], quiet=True
    )
    return implementations[0] if implementations else None


async def async_implementation_for(
    hass: HomeAssistant, domain: str, record: CredentialRecord
) -> AbstractOAuth2Implementation | None:
    """Return the implementation that another integration would make of a client.

    None where that integration has no hook. Raises as `async_implementation_of`.
    """
    implementations = await _async_implementations(
        hass, domain, [{**record, "domain": domain}], quiet=True, remember=False
    )
    return implementations[0] if implementations else None


async def _async_implementations(
    hass: HomeAssistant,
    domain: str,
    records: list[CredentialRecord],
    *,
    quiet: bool = False,
    remember: bool = True,
) -> list[AbstractOAuth2Implementation]:
    """Return an implementation for each of some records of one integration."""
    if not records:
        return []
    hooks = hass.data[DATA_HOOKS]
    try:
        if (hook := await hooks.loader.async_load(domain)) is None:
            return []
        if not hasattr(hook, GET_AUTH_IMPLEMENTATION):
            server = await hooks.caller.async_call(
                domain, hook.async_get_authorization_server, quiet=quiet
            )
            if not hasattr(server, "authorize_url") or not hasattr(server, "token_url"):
                raise hooks.faults.failed(domain, "returns no authorization server")
            return [
                AuthImplementation(
                    hass, auth_domain_of(record), credential_of(record), server
                )
                for record in records
            ]
        implementations = []
        for record in records:
            implementation: AbstractOAuth2Implementation = (
                await hooks.caller.async_call(
                    domain,
                    hook.async_get_auth_implementation,
                    auth_domain_of(record),
                    credential_of(record),
                    quiet=quiet,
                )
            )
            if not isinstance(implementation, AbstractOAuth2Implementation):
                raise hooks.faults.failed(domain, "returns no implementation")
            implementations.append(implementation)
            if remember:
                _remember_own_name(hass, record, implementation)
    except HookFailed as err:
        raise ImplementationUnavailableError(str(err)) from None
    return implementations


def _remember_own_name(
    hass: HomeAssistant,
    record: CredentialRecord,
    implementation: AbstractOAuth2Implementation,
) -> None:
    """Note what entries call an implementation that has a name of its own."""
    own_names = hass.data[DATA_OWN_NAMES]
    if implementation.domain == auth_domain_of(record):
        own_names.pop(record["id"], None)
    else:
        own_names[record["id"]] = implementation.domain
