"""The OAuth2 implementations that config flows and config entries are handed.

Home Assistant's `config_entry_oauth2_flow` asks here whenever a config flow starts and
whenever a config entry is set up. What a hook returns is handed on as it is. Where a
hook names an authorization server, the implementation is ours. It sends token requests
as Home Assistant does, and fails as Home Assistant does: releases differ in the errors
that they raise. Only it reads the words of a refusal first.
"""

from functools import partial
from http import HTTPStatus
import logging
from typing import Any, Final, override

from aiohttp import ClientError, ClientResponse, ClientResponseError

from homeassistant import exceptions
from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
)
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    async_add_implementation_provider,
)
from homeassistant.helpers.http import current_request

from .accounts.refusals import Refusals
from .accounts.usage import record_used_by
from .const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from .data import DATA
from .guides.linking import IS_ASKING_OTHERS
from .hooks.hook import HookFailed
from .hooks.implementation import async_implementations
from .models import CredentialRecord, auth_domain_of, link_fingerprint
from .provider.answers import read_token_answer
from .provider.request import IN_BODY, async_read
from .records.collection import DATA_COLLECTION, credential_of

_LOGGER = logging.getLogger(__name__)

# From 2026.3 on.
_ERROR: Final[Any] = getattr(exceptions, "OAuth2TokenRequestError", None)
_REAUTH_ERROR: Final[Any] = getattr(exceptions, "OAuth2TokenRequestReauthError", None)
_TRANSIENT_ERROR: Final[Any] = getattr(
    exceptions, "OAuth2TokenRequestTransientError", None
)
# From 2026.10 on, which also says so of answers that cannot be read.
_CONNECTION_ERROR: Final[Any] = getattr(
    exceptions, "OAuth2TokenRequestConnectionError", None
)

# Home Assistant logs refusals at this level.
_LEVEL: Final = logging.ERROR if _ERROR is None else logging.DEBUG

# Statuses that say nothing of what was sent (RFC 9110 section 15.5.9, RFC 6585 section 4).
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})

# The step of Home Assistant's OAuth2 flow in which a person is at the provider's page.
_AT_PROVIDER: Final = "auth"

# What is secret in a form.
_SECRETS: Final = ("client_secret", "code", "code_verifier", "refresh_token")


class InvalidImplementation(ConfigEntryNotReady, ValueError):
    """A hook that cannot be used, where the original raises a ValueError.

    Integrations catch that; an entry of one that does not is set up again later.
    """


class Implementation(AuthImplementation):
    """The original's implementation, which also reports refused token requests."""

    def __init__(
        self,
        hass: HomeAssistant,
        refusals: Refusals,
        record: CredentialRecord,
        server: AuthorizationServer,
    ) -> None:
        """Initialize for a credential at an authorization server."""
        super().__init__(hass, auth_domain_of(record), credential_of(record), server)
        self._record = record
        self._refusals = refusals

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        """Return the provider's page, unless the client is known to be rejected.

        A flow that has sent its person there can only go on.
        """
        flows = self.hass.config_entries.flow.async_progress_by_handler(
            self._record["domain"]
        )
        is_at_provider = any(
            flow["flow_id"] == flow_id and flow["step_id"] == _AT_PROVIDER
            for flow in flows
        )
        if not is_at_provider:
            await self._refusals.async_before_link(self._record)
        return await super().async_generate_authorize_url(flow_id)

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        """Send a token request as the original does, and report a refusal.

        Raises what the original raises.
        """
        if getattr(self, "token_auth_method", IN_BODY) != IN_BODY:
            # As Home Assistant sends it; a refusal has no words then.
            return await super()._token_request(data)
        form = {**data, "client_id": self.client_id}
        if self.client_secret:
            form["client_secret"] = self.client_secret
        token: dict[str, Any] = await self._async_send(form)
        return token

    async def _async_send(self, form: dict[str, Any]) -> Any:
        """Return the answer of the token endpoint to a form, and report a refusal."""
        session = async_get_clientsession(self.hass)
        try:
            response = await session.post(self.token_url, data=form)
            if response.status >= HTTPStatus.BAD_REQUEST:
                await self._async_report(form, response)
            response.raise_for_status()
            if _CONNECTION_ERROR is not None:
                return await response.json()
        except ClientError as err:
            if (error := _error_of_home_assistant(err, self.domain)) is None:
                raise
            raise error from err
        return await response.json()

    async def _async_report(
        self, form: dict[str, Any], response: ClientResponse
    ) -> None:
        """Report and log a refusal, without secrets in its words."""
        status = response.status
        try:
            body = await async_read(response)
        except ClientError:
            body = b""
        secrets = (str(form[name]) for name in _SECRETS if name in form)
        answer = read_token_answer(status, body).without(str(self.client_id), *secrets)
        words = ": ".join(filter(None, (answer.error, answer.description)))
        _LOGGER.log(_LEVEL, "%s was refused a token: %s", self.domain, words)
        if 400 <= status < 500 and status not in _LATER:
            is_refresh = "refresh_token" in form
            link = link_fingerprint({CONF_TOKEN: form}) if is_refresh else None
            self._refusals.refused(self._record, answer, link)


def _error_of_home_assistant(err: ClientError, domain: str) -> Any:
    """Return what this release of Home Assistant raises for `err`, None for `err` itself."""
    if not isinstance(err, ClientResponseError):
        return _CONNECTION_ERROR and _CONNECTION_ERROR(domain=domain)
    if err.status == HTTPStatus.TOO_MANY_REQUESTS or 500 <= err.status <= 599:
        error = _TRANSIENT_ERROR
    else:
        error = _REAUTH_ERROR if 400 <= err.status <= 499 else _ERROR
    return error and error(
        request_info=err.request_info,
        history=err.history,
        status=err.status,
        message=err.message,
        headers=err.headers,
        domain=domain,
    )


@callback
def async_setup(hass: HomeAssistant) -> None:
    """Provide implementations, in the place of the original if that did before."""
    refusals = Refusals(hass, hass.data[DATA].findings)
    async_add_implementation_provider(
        hass, DOMAIN, partial(_async_provide_implementations, refusals)
    )


async def _async_provide_implementations(
    refusals: Refusals, hass: HomeAssistant, domain: str
) -> list[AbstractOAuth2Implementation]:
    """Return an implementation for each credential of an integration, oldest first.

    That of an account that is linked again comes before them: Home Assistant's flow
    preselects the first. Those of one name keep their order: of them, it takes the last.

    The hook is called even without credentials: some import their client in it, and
    the next call has it. It is waited for as long as it takes. Raises
    ImplementationUnavailableError where the hook fails, and InvalidImplementation
    where it raises a ValueError, or has neither function.
    """
    if IS_ASKING_OTHERS.get():
        return []
    records = hass.data[DATA_COLLECTION].records_of(domain)
    make = partial(Implementation, hass, refusals)
    try:
        implementations = await async_implementations(hass, domain, records, make=make)
    except HookFailed as err:
        if records:
            hass.data[DATA].hooks.log(err)
        if isinstance(err, ValueError):
            raise InvalidImplementation(str(err)) from None
        raise ImplementationUnavailableError(str(err)) from None
    asking = _asking_names(hass, domain)
    return sorted(implementations, key=lambda each: each.domain not in asking)


@callback
def _asking_names(hass: HomeAssistant, domain: str) -> tuple[str, ...]:
    """Return what the implementation of an account that is linked again may be called.

    Of several flows, the one that the current request is about counts, also if it is for
    a new account.
    """
    request = current_request.get()
    flow_id = request.match_info.get("flow_id") if request else None
    flows = hass.config_entries.flow.async_progress_by_handler(
        domain, include_uninitialized=True
    )
    # The request that starts a flow does not name it, and the flow has no step yet.
    own = [
        flow
        for flow in flows
        if (flow["flow_id"] == flow_id if flow_id else "step_id" not in flow)
    ]
    for flow in own or flows:
        entry_id = flow["context"].get("entry_id", "")
        entry = hass.config_entries.async_get_entry(entry_id)
        if entry is not None and (record := record_used_by(hass, entry)) is not None:
            # An entry may name the id of a credential that an import has named otherwise.
            return entry.data[CONF_AUTH_IMPLEMENTATION], auth_domain_of(record)
    return ()
