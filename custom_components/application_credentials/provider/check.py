"""Ask the provider about a credential.

There are two questions, and neither changes anything at the provider. *Does it know the
client?* The token endpoint gets a code that cannot exist, and complains about the client
or about the code (RFC 6749 section 5.2). A complaint about the code counts only if the
endpoint complains about the client when the secret cannot be right. *Does it know our
redirect URI?* See authorization.py. answers.py says what an answer means.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..data import DATA
from ..hooks.implementation import async_implementation_of, implementation_at
from ..models import CredentialRecord, Finding, Reason, Verdict
from .answers import TokenAnswer, cause_of
from .authorization import UNREGISTERED, Page, async_knows_redirect_uri
from .redirect_uri import async_redirect_uri
from .request import (
    FORMS,
    IN_BODY,
    Client,
    async_open_session,
    async_send_test_code,
    client_of,
)
from .tables import About

_LOGGER = logging.getLogger(__name__)

# Seconds for the whole check, whatever the provider does.
CHECK_TIMEOUT: Final = 10

# Checks at the same time. In the background it is one less, so that a person need not wait.
_AT_ONCE: Final = 4


class Checks:
    """The limits that all checks share, and what they know of providers."""

    def __init__(self) -> None:
        """Initialize without any check under way."""
        self.places = asyncio.Semaphore(_AT_ONCE)
        self.in_background = asyncio.Semaphore(_AT_ONCE - 1)
        # Whether a provider refuses a client with a wrong secret, by token endpoint, client
        # ID and form. Providers count wrong secrets, so it is sent once.
        self.refuses_wrong_secret: dict[tuple[str, str, str], bool] = {}
        self.controls: defaultdict[tuple[str, str, str], asyncio.Lock]
        self.controls = defaultdict(asyncio.Lock)


async def async_ask_provider(
    hass: HomeAssistant,
    record: CredentialRecord,
    redirect_uri: str | None = None,
    *,
    may_import: bool = True,
) -> Finding:
    """Return what the provider says about a credential, within CHECK_TIMEOUT seconds.

    `redirect_uri` is the redirect URI to ask about. It is None if the browser's is not
    known; then the finding says nothing about it. `may_import` allows an import of the
    hook, for a check that a person asks for. A hook or a provider that fails raises
    nothing: the finding is unknown.
    """
    check = _Check(hass, record)
    try:
        if not await check.async_in_time(check.checks.places.acquire()):
            return Finding(reason=Reason.UNREACHABLE)
        try:
            return await check.async_ask(redirect_uri, may_import=may_import)
        finally:
            check.checks.places.release()
    finally:
        check.session.detach()


class _Check:
    """One check of a credential, which ends in time."""

    def __init__(self, hass: HomeAssistant, record: CredentialRecord) -> None:
        """Initialize the check, and set its deadline."""
        self.checks = hass.data[DATA].checks
        self.session = async_open_session(hass)
        self._hass = hass
        self._record = record
        self._deadline = hass.loop.time() + CHECK_TIMEOUT

    async def async_in_time[ResultT](
        self, asking: Coroutine[Any, Any, ResultT]
    ) -> ResultT | None:
        """Return what `asking` returns, None if it fails or is late."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await asking
        except Exception as err:  # noqa: BLE001 (whatever a network or an endpoint comes to)
            _LOGGER.debug("The provider gave no answer: %s", type(err).__name__)
            return None

    async def async_ask(self, redirect_uri: str | None, *, may_import: bool) -> Finding:
        """Ask both questions at once, and put the answers together."""
        asking = self._async_client(may_import=may_import)
        client = await self.async_in_time(asking) or Reason.UNREACHABLE
        if isinstance(client, Reason):
            return Finding(reason=client)
        redirect_uri = client.redirect_uri or redirect_uri
        found, page = await asyncio.gather(
            self._async_ask_token_endpoint(
                client, redirect_uri or async_redirect_uri(self._hass) or UNREGISTERED
            ),
            self.async_in_time(
                async_knows_redirect_uri(self.session, client, redirect_uri)
            ),
        )
        return found._replace(
            redirect_uri=(
                _judge_redirect_uri(found, page) if redirect_uri else Verdict.UNKNOWN
            ),
            asked_redirect_uri=redirect_uri,
        )

    async def _async_client(self, *, may_import: bool) -> Client | Reason:
        """Return the client to ask about, or the reason why the provider cannot be asked."""
        hooks, record = self._hass.data[DATA].hooks, self._record
        implementation: Any
        if (server := await hooks.async_server(record["domain"])) is not None:
            implementation = implementation_at(self._hass, record, server)
        elif not await hooks.async_can_be_called(
            record["domain"], may_import=may_import
        ):
            return Reason.NOT_SET_UP
        else:
            try:
                implementation = await async_implementation_of(self._hass, record)
            except HomeAssistantError:
                return Reason.NOT_ASKED
        return client_of(implementation, record) or Reason.NOT_ASKED

    async def _async_ask_token_endpoint(
        self, client: Client, redirect_uri: str
    ) -> Finding:
        """Return what the token endpoint says of the client.

        It is rejected if both forms of a request are refused, the integration's for
        the client, and the other one, too, or because it is none that the provider reads.
        """
        forms = sorted(FORMS, key=lambda form: form != (client.form or IN_BODY))
        if not client.client_secret:
            # A public client has no other form.
            forms = forms[:1]
        answers: list[TokenAnswer] = []
        for form in forms:
            answer = await self.async_in_time(
                async_send_test_code(
                    self.session, client, form, redirect_uri=redirect_uri
                )
            )
            if answer is None:
                break
            answers.append(answer)
            if answer.about in (About.GRANT, About.REDIRECT_URI):
                is_known = await self.async_in_time(
                    self._async_refuses_wrong_secret(client, form, redirect_uri)
                )
                return finding_of(
                    answer, Verdict.ACCEPTED if is_known else Verdict.UNKNOWN
                )
            if answer.says_nothing:
                break
        else:
            # Every form was refused.
            if answers[0].about is About.CLIENT and client.form is not None:
                return finding_of(answers[0], Verdict.REJECTED)
        return finding_of(answers[0]) if answers else Finding(reason=Reason.UNREACHABLE)

    async def _async_refuses_wrong_secret(
        self, client: Client, form: str, redirect_uri: str
    ) -> bool:
        """Return whether the client is refused if its secret cannot be right."""
        if not client.client_secret:
            return False
        known = self.checks.refuses_wrong_secret
        key = client.token_url, client.client_id, form
        # Copies of one client are checked at the same time.
        async with self.checks.controls[key]:
            if key not in known:
                answer = await async_send_test_code(
                    self.session,
                    client,
                    form,
                    redirect_uri=redirect_uri,
                    wrong_secret=True,
                )
                if answer.about is None:
                    return False
                known[key] = answer.about is About.CLIENT
            return known[key]


def finding_of(answer: TokenAnswer, verdict: Verdict = Verdict.UNKNOWN) -> Finding:
    """Return what an answer of the token endpoint says, with the verdict about the client."""
    is_rejected = verdict is Verdict.REJECTED
    is_uri = answer.about is About.REDIRECT_URI
    return Finding(
        client=verdict,
        redirect_uri=Verdict.REJECTED if is_uri else Verdict.UNKNOWN,
        error=answer.error,
        error_description=answer.description,
        cause=cause_of(answer.error, answer.description) if is_rejected else None,
        reason=Reason.UNCLEAR if verdict is Verdict.UNKNOWN else None,
        is_about_grant=answer.about is About.GRANT,
    )


def _judge_redirect_uri(finding: Finding, page: About | Page | None) -> Verdict:
    """Return the verdict about the redirect URI, which depends on that about the client.

    A provider that does not know the client knows nothing of its redirect URIs.
    """
    if finding.client is Verdict.REJECTED:
        return Verdict.UNKNOWN
    if page is Page.GOES_THERE:
        return Verdict.ACCEPTED
    if page is About.CLIENT_OR_REDIRECT_URI:
        # The client is not it, where that is accepted.
        is_uri = finding.client is Verdict.ACCEPTED
        return Verdict.REJECTED if is_uri else Verdict.UNKNOWN
    return Verdict.REJECTED if page is About.REDIRECT_URI else finding.redirect_uri
