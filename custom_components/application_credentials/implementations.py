"""The OAuth2 implementations that config flows and config entries are handed.

Home Assistant's `config_entry_oauth2_flow` asks here whenever a config flow starts and
whenever a config entry is set up. What a hook returns is handed on as it is. Where a
hook names an authorization server, the implementation is ours.
"""

from http import HTTPStatus
from typing import Any, Final, cast, override

from aiohttp import ClientResponseError

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
)
from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    async_add_implementation_provider,
)
from homeassistant.helpers.http import current_request

from .const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from .data import DATA
from .hooks.hook import HookFailed
from .hooks.implementation import async_implementations
from .models import CredentialRecord, auth_domain_of
from .provider.answers import TokenAnswer, read_token_answer
from .provider.quoting import quote
from .provider.token_endpoint import async_request_token
from .provider.token_requests import TokenRequests
from .records.collection import DATA_COLLECTION, credential_of

# Statuses that say nothing of what was sent (RFC 9110 section 15.5.9, RFC 6585 section 4).
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})

# What is secret in a form, beside the client secret.
_SECRETS: Final = ("code", "code_verifier", "refresh_token")

# The way in which all releases authenticate a client; 2026.11 has another one beside it.
_IN_FORM: Final = "client_secret_post"


class InvalidImplementation(ConfigEntryNotReady, ValueError):
    """A hook that cannot be used, where the original raises a ValueError.

    Integrations catch that; an entry of one that does not is set up again later.
    """


class Implementation(AuthImplementation):
    """The original's implementation, which tells what becomes of its token requests."""

    def __init__(
        self,
        hass: HomeAssistant,
        record: CredentialRecord,
        server: AuthorizationServer,
        requests: TokenRequests,
    ) -> None:
        """Initialize for a credential at an authorization server."""
        super().__init__(hass, auth_domain_of(record), credential_of(record), server)
        self._record = record
        self._requests = requests

    @override
    async def async_generate_authorize_url(self, flow_id: str) -> str:
        """Return the provider's page, unless the client is known to be rejected."""
        await self._requests.async_before_link(self._record)
        return await super().async_generate_authorize_url(flow_id)

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        """Send a token request as the original does, and tell what became of it.

        Raises what the original raises.
        """
        asked: CredentialRecord = {
            **self._record,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }

        def refused(status: int, body: bytes) -> str:
            return self._tell_refusal(asked, data, status, body)

        if getattr(self, "token_auth_method", _IN_FORM) == _IN_FORM:
            form = {**data, "client_id": asked["client_id"]}
            if asked["client_secret"]:
                form["client_secret"] = asked["client_secret"]
            answer: Any = await async_request_token(
                self.hass,
                self.token_url,
                form,
                domain=self.domain,
                on_refusal=refused,
            )
        else:
            try:
                answer = await super()._token_request(data)
            except ClientResponseError as err:
                refused(err.status, b"")
                raise
        match answer:
            case {"access_token": str(token)} if token:
                self._requests.accepted(asked)
        return cast("dict[str, Any]", answer)

    def _tell_refusal(
        self, asked: CredentialRecord, data: dict[str, Any], status: int, body: bytes
    ) -> str:
        """Tell of a refusal, and return its words without secrets."""
        answer = read_token_answer(status, body)
        secrets = [
            asked["client_secret"],
            *(str(data.get(name, "")) for name in _SECRETS),
        ]
        error, description = (
            quote(words, asked["client_id"], *secrets)
            for words in (answer.error, answer.description)
        )
        if 400 <= status < 500 and status not in _LATER:
            self._requests.refused(
                asked,
                TokenAnswer(answer.about, error, description),
                data.get("refresh_token"),
            )
        return ": ".join(filter(None, (error, description))) or "unknown error"


@callback
def async_setup(hass: HomeAssistant) -> None:
    """Provide implementations, in the place of the original if that did before."""
    requests = TokenRequests(hass, hass.data[DATA].findings)

    async def async_provide(
        hass: HomeAssistant, domain: str
    ) -> list[AbstractOAuth2Implementation]:
        return await _async_provide_implementations(hass, domain, requests)

    async_add_implementation_provider(hass, DOMAIN, async_provide)


async def _async_provide_implementations(
    hass: HomeAssistant, domain: str, requests: TokenRequests
) -> list[AbstractOAuth2Implementation]:
    """Return an implementation for each credential of an integration.

    Its hook is called even without credentials: some import their client in it, and
    the next call has it. It is waited for as long as it takes. Raises
    ImplementationUnavailableError where the hook fails, and InvalidImplementation
    where it raises a ValueError, or has neither function.
    """
    # The last of several records that entries call by one name serves it.
    served = {
        auth_domain_of(record): record
        for record in hass.data[DATA_COLLECTION].records_of(domain)
    }

    def make(record: CredentialRecord, server: AuthorizationServer) -> Implementation:
        return Implementation(hass, record, server, requests)

    try:
        return await async_implementations(
            hass,
            domain,
            _asking_first(hass, domain, list(served.values())),
            make=make,
        )
    except HookFailed as err:
        if served:
            hass.data[DATA].hooks.log(err)
        if isinstance(err, ValueError):
            raise InvalidImplementation(str(err)) from None
        raise ImplementationUnavailableError(str(err)) from None


@callback
def _asking_first(
    hass: HomeAssistant, domain: str, records: list[CredentialRecord]
) -> list[CredentialRecord]:
    """Return the records with that of an account that is linked again first.

    Home Assistant's flow preselects the first. Of several flows, the one that the
    current request is about counts.
    """
    flows = [
        flow
        for flow in hass.config_entries.flow.async_progress_by_handler(
            domain, include_uninitialized=True
        )
        if flow["context"]["source"] in (SOURCE_REAUTH, SOURCE_RECONFIGURE)
    ]
    request = current_request.get()
    flow_id = request.match_info.get("flow_id") if request else None
    names = [
        entry.data.get(CONF_AUTH_IMPLEMENTATION)
        for flow in sorted(flows, key=lambda flow: flow["flow_id"] != flow_id)
        if (entry := hass.config_entries.async_get_entry(flow["context"]["entry_id"]))
    ]
    own_names = hass.data[DATA].own_names
    first = names[:1]
    return sorted(
        records,
        key=lambda record: (
            auth_domain_of(record) not in first
            and own_names.get(record["id"]) not in first
        ),
    )
