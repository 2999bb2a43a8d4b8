"""Ask the provider about a credential.

Two questions, neither of which changes anything there. *Does it know the
client?* The token endpoint is sent a code that cannot exist; whether it
complains about the client or about the code tells (RFC 6749 section 5.2), if it
complains about the client when the secret cannot be right. *Does it know our
redirect URI?* See authorization.py. What an answer means stands in answers.py.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
import secrets
from typing import Final, NamedTuple

from aiohttp import ClientSession

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..errors import CredentialError
from ..hooks.hooks import DATA_HOOKS
from ..hooks.implementation import async_implementation_of
from ..models import CredentialRecord, Finding, Reason, Verdict
from .answers import About, TokenAnswer, read_token_answer
from .authorization import UNREGISTERED, Page, async_knows_redirect_uri
from .causes import cause_of
from .controls import Client, Controls
from .limits import async_until
from .quoting import quote
from .redirect_uri import async_redirect_uri
from .token_request import (
    TokenRequest,
    async_write_token_request,
    copy_of,
    is_in,
    with_secret,
)
from .turns import Turns
from .web import AS_THEY_ARE, async_open_session, async_read

# Seconds for the whole check, whatever the provider does.
CHECK_TIMEOUT: Final = 10


class Checks:
    """What all checks share: the queue, the connections, and what the controls told."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with no check under way."""
        self.turns = Turns()
        self.controls = Controls(hass)
        self.session = async_open_session(hass)


_DATA_CHECKS: HassKey[Checks] = HassKey(f"{DOMAIN}_checks")


async def async_ask_provider(
    hass: HomeAssistant,
    record: CredentialRecord,
    redirect_uri: str | None = None,
    *,
    in_background: bool = False,
    on_turn: Callable[[], None] | None = None,
) -> Finding:
    """Return what the provider says about a credential, within CHECK_TIMEOUT seconds.

    `redirect_uri` is the one to ask about; None where it is not known which one a
    browser would be sent to, and nothing is said of it then. `in_background`
    lets those go first who wait for an answer, and waits as long as that takes;
    `on_turn` is called when the queue has come to it.
    Never raises for what hook or provider do: what cannot be asked is unknown.
    """
    if (checks := hass.data.get(_DATA_CHECKS)) is None:
        checks = hass.data[_DATA_CHECKS] = Checks(hass)
    deadline = hass.loop.time() + CHECK_TIMEOUT
    try:
        async with (
            asyncio.timeout_at(None if in_background else deadline) as waiting,
            checks.turns.async_take(record["domain"], in_background=in_background),
        ):
            waiting.reschedule(None)
            if in_background:
                deadline = hass.loop.time() + CHECK_TIMEOUT
            if on_turn is not None:
                on_turn()
            return await _async_ask(hass, checks, record, redirect_uri, deadline)
    except TimeoutError:
        # Others were asked all that time.
        return Finding(reason=Reason.UNREACHABLE)


async def _async_ask(
    hass: HomeAssistant,
    checks: Checks,
    record: CredentialRecord,
    redirect_uri: str | None,
    deadline: float,
) -> Finding:
    """Ask both questions at once, and put the answers together."""
    implementation = await async_until(
        hass, deadline, _async_implementation(hass, record)
    )
    if not isinstance(implementation, LocalOAuth2Implementation):
        return Finding(reason=implementation or Reason.NOT_ASKED)
    redirect_uri = _own_redirect_uri(implementation) or redirect_uri
    client, page = await asyncio.gather(
        _async_check_client(hass, checks, implementation, redirect_uri, deadline),
        async_until(
            hass,
            deadline,
            _async_check_redirect_uri(checks.session, implementation, redirect_uri),
        ),
    )
    uri = _judge_redirect_uri(client, page)
    return replace(
        client,
        redirect_uri=uri if redirect_uri else Verdict.UNKNOWN,
        asked_redirect_uri=redirect_uri,
        error=quote(client.error, record["client_id"], record["client_secret"]),
        error_description=quote(
            client.error_description, record["client_id"], record["client_secret"]
        ),
    )


async def _async_implementation(
    hass: HomeAssistant, record: CredentialRecord
) -> LocalOAuth2Implementation | Reason:
    """Return a copy of the implementation to be asked, or why there is none."""
    try:
        hook = await hass.data[DATA_HOOKS].loader.async_load(record["domain"])
    except Exception:  # noqa: BLE001 (whatever an import of other people's code raises)
        return Reason.NOT_IMPORTABLE
    if hook is None:
        return Reason.NOT_IMPORTABLE
    implementation = await async_implementation_of(hass, record)
    if not isinstance(implementation, LocalOAuth2Implementation):
        return Reason.NOT_ASKED
    return copy_of(implementation)


async def _async_check_client(
    hass: HomeAssistant,
    checks: Checks,
    implementation: LocalOAuth2Implementation,
    redirect_uri: str | None,
    deadline: float,
) -> Finding:
    """Return what the token endpoint says of the client, given a code that cannot exist."""
    asked = redirect_uri or _likely_redirect_uri(hass)
    written = await async_until(
        hass, deadline, _async_write(hass, implementation, asked)
    )
    if written is None:
        return Finding(reason=Reason.NOT_ASKED)
    sent = await async_until(
        hass, deadline, _async_send(checks.session, written.request)
    )
    if sent is None:
        return Finding(reason=Reason.UNREACHABLE)
    _status, answer = sent
    finding = Finding(
        redirect_uri=(
            Verdict.REJECTED if answer.about is About.REDIRECT_URI else Verdict.UNKNOWN
        ),
        error=answer.error,
        error_description=answer.description,
        cause=cause_of(answer.error, answer.description),
        reason=Reason.UNCLEAR,
    )
    if answer.about is About.CLIENT:
        return replace(finding, client=Verdict.REJECTED, reason=None)
    if answer.about is None or written.client is None:
        return finding
    control = partial(_async_ask_control, hass, checks, implementation, asked)
    if await async_until(
        hass, deadline, checks.controls.async_looks_at_secret(written.client, control)
    ):
        return replace(finding, client=Verdict.ACCEPTED, reason=None)
    return finding


async def _async_ask_control(
    hass: HomeAssistant,
    checks: Checks,
    implementation: LocalOAuth2Implementation,
    redirect_uri: str,
) -> bool | None:
    """Return whether the client is refused where its secret cannot be right.

    None where there was no answer.
    """
    deadline = hass.loop.time() + CHECK_TIMEOUT
    control = await async_until(
        hass, deadline, _async_write_control(hass, implementation, redirect_uri)
    )
    if control is None:
        return False
    sent = await async_until(hass, deadline, _async_send(checks.session, control))
    if sent is None:
        return None
    status, answer = sent
    return None if status == 429 or status >= 500 else answer.about is About.CLIENT


class _Written(NamedTuple):
    """A request, and whose it is: None where it carries no secret that could be another."""

    request: TokenRequest
    client: Client | None


async def _async_write(
    hass: HomeAssistant, implementation: LocalOAuth2Implementation, redirect_uri: str
) -> _Written | None:
    """Return the request that shows the client to the provider, None where there is none."""
    request = await async_write_token_request(
        hass,
        implementation,
        code=secrets.token_urlsafe(24),
        redirect_uri=redirect_uri,
    )
    if request is None:
        return None
    client_id, secret = implementation.client_id, implementation.client_secret
    has_secret = bool(secret) and is_in(request, client_id, secret)
    return _Written(request, (request.url, client_id, secret) if has_secret else None)


async def _async_write_control(
    hass: HomeAssistant, implementation: LocalOAuth2Implementation, redirect_uri: str
) -> TokenRequest | None:
    """Return the same with a secret that cannot be right, None where it would be."""
    wrong = with_secret(implementation, secrets.token_hex(16))
    written = await _async_write(hass, wrong, redirect_uri)
    if written is None or is_in(
        written.request, implementation.client_id, implementation.client_secret
    ):
        return None
    return written.request


async def _async_send(
    session: ClientSession, request: TokenRequest
) -> tuple[int, TokenAnswer]:
    """Return status and answer of a token endpoint.

    Redirects are not followed: the secret goes to the token endpoint alone.
    """
    async with session.post(
        request.url, **AS_THEY_ARE, **request.arguments
    ) as response:
        return response.status, read_token_answer(
            response.status, await async_read(response)
        )


async def _async_check_redirect_uri(
    session: ClientSession,
    implementation: LocalOAuth2Implementation,
    redirect_uri: str | None,
) -> Page | None:
    """Return what the authorization endpoint makes of `redirect_uri`, if there are both."""
    if redirect_uri is None or not implementation.authorize_url:
        return None
    return await async_knows_redirect_uri(session, implementation, redirect_uri)


def _judge_redirect_uri(client: Finding, page: Page | None) -> Verdict:
    """Return the verdict about the redirect URI, which depends on that about the client.

    A provider that does not know the client knows nothing of its redirect URIs.
    """
    if client.client is Verdict.REJECTED:
        return Verdict.UNKNOWN
    if page is Page.GOES_THERE:
        return Verdict.ACCEPTED
    if page is Page.REFUSES:
        return Verdict.REJECTED
    if page is Page.REFUSES_EITHER:
        # The client is not it, where that is accepted.
        is_uri = client.client is Verdict.ACCEPTED
        return Verdict.REJECTED if is_uri else Verdict.UNKNOWN
    return client.redirect_uri


def _likely_redirect_uri(hass: HomeAssistant) -> str:
    """Return a redirect URI for a request that needs one, and about which nothing is said."""
    try:
        return async_redirect_uri(hass)
    except CredentialError:
        return UNREGISTERED


def _own_redirect_uri(implementation: LocalOAuth2Implementation) -> str | None:
    """Return the redirect URI of an implementation that does not use the usual one."""
    if type(implementation).redirect_uri is LocalOAuth2Implementation.redirect_uri:
        return None
    try:
        return implementation.redirect_uri
    except BaseException:  # noqa: BLE001 (it may need a request that there is not)
        return None
