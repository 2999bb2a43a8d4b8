"""What is known of each credential, kept in the state for as long as it is true.

A check runs when a person asks for it, and by itself after a credential was
created or changed, or when an account that uses it asks to be linked again:
in the background, never at start-up, never on a timer.
"""

import asyncio
from dataclasses import replace

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, SIGNAL_CREDENTIAL
from ..models import (
    By,
    CredentialRecord,
    Finding,
    Reason,
    Verdict,
    client_fingerprint,
    is_same_client,
)
from ..records.collection import CredentialCollection
from ..state import KnownFinding, State
from .answers import TokenAnswer, cause_of
from .check import async_ask_provider
from .quoting import quote


class _Check:
    """A check that is under way, or waits for its turn."""

    task: asyncio.Task[Finding]

    def __init__(
        self, asked: CredentialRecord, redirect_uri: str | None, *, in_background: bool
    ) -> None:
        """Initialize with what is asked; nobody waits for one `in_background`."""
        self.asked = asked
        self.redirect_uri = redirect_uri
        self.in_background = in_background
        # Once its turn has come, it is no use to ask for it once more.
        self.is_next = not in_background

    def turn_has_come(self) -> None:
        """Take note that the provider is being asked."""
        self.is_next = True


class Findings:
    """The last finding for each credential, by its id."""

    def __init__(
        self, hass: HomeAssistant, credentials: CredentialCollection, state: State
    ) -> None:
        """Initialize with what the state has of credentials that are still the same."""
        self._hass = hass
        self._credentials = credentials
        self._state = state
        self._under_way: dict[str, list[_Check]] = {}
        for item_id in [each for each in state.findings if self.get(each) is None]:
            del state.findings[item_id]

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Forget what was about a client that is another one now; return what ends that."""
        return async_dispatcher_connect(
            self._hass, SIGNAL_CREDENTIAL, self._credential_changed
        )

    @callback
    def get(self, item_id: str) -> Finding | None:
        """Return the last finding for a credential as it is stored, None if there is none."""
        record = self._credentials.data.get(item_id)
        known = self._state.findings.get(item_id)
        if record is None or known is None or known.about != client_fingerprint(record):
            return None
        return known.finding

    async def async_check(
        self, item_id: str, redirect_uri: str | None = None
    ) -> Finding:
        """Ask the provider about a credential now; raises CredentialNotFound.

        `redirect_uri` is that of the browser that asks, None without a browser.
        Who asks while a check is under way gets that one's finding. Who asks
        about a client that is changed meanwhile gets what is found of the new one.
        """
        while True:
            check = self._start(item_id, redirect_uri, in_background=False)
            await asyncio.wait({check.task})
            if not check.task.cancelled():
                finding = check.task.result()
                if check.in_background and finding.reason is Reason.NOT_SET_UP:
                    # One that nobody waits for imports nothing.
                    continue
                return finding
            if is_same_client(check.asked, self._credentials.record(item_id)):
                # Home Assistant stops.
                return Finding(reason=Reason.NOT_ASKED)

    @callback
    def async_adopt(
        self, item_id: str, asked: CredentialRecord, finding: Finding
    ) -> None:
        """Take over what was found out about a client before it was saved.

        Where a token request was refused for a client that is saved as it was, a check
        may never tell that it was mended: the person has decided that it was.
        """
        record = self._credentials.record(item_id)
        if is_same_client(asked, record):
            found = self.get(item_id)
            if found and (found.client, found.by) == (Verdict.REJECTED, By.REQUEST):
                del self._state.findings[item_id]
            self._keep(record, finding)

    @callback
    def async_accept(self, asked: CredentialRecord) -> None:
        """Take note that the provider has given a token to a client, as it was then."""
        if is_same_client(asked, self._credentials.data.get(asked["id"])):
            self._keep(asked, Finding(client=Verdict.ACCEPTED, by=By.REQUEST))

    @callback
    def async_reject(self, record: CredentialRecord, answer: TokenAnswer) -> None:
        """Take note that a stored client was refused a token for its own fault.

        Its secret is not kept of what was said.
        """
        hidden = record["client_id"], record["client_secret"]
        self._keep(
            record,
            Finding(
                client=Verdict.REJECTED,
                error=quote(answer.error, *hidden),
                error_description=quote(answer.description, *hidden),
                cause=cause_of(answer.error, answer.description),
                by=By.REQUEST,
            ),
        )

    @callback
    def async_doubt(self, asked: CredentialRecord, reason: Reason | None) -> None:
        """Take note that a client was refused a token, and that a check cannot tell why.

        What was accepted before may be so no longer.
        """
        found = self.get(asked["id"])
        is_known = is_same_client(asked, self._credentials.data.get(asked["id"]))
        if is_known and found and found.client is Verdict.ACCEPTED:
            self._set(
                asked,
                replace(
                    found,
                    client=Verdict.UNKNOWN,
                    reason=reason,
                    at=dt_util.utcnow(),
                    by=By.REQUEST,
                ),
            )

    @callback
    def is_asking(self, item_id: str) -> bool:
        """Return whether a check of a credential is under way."""
        return bool(self._under_way.get(item_id))

    @callback
    def async_accept_redirect_uri(self, item_id: str) -> None:
        """Take note that an account was linked, which no provider does with a wrong URI."""
        found = self.get(item_id)
        if found and found.redirect_uri is Verdict.REJECTED:
            record = self._credentials.record(item_id)
            self._set(record, replace(found, redirect_uri=Verdict.ACCEPTED))

    @callback
    def async_schedule(self, item_id: str, redirect_uri: str | None = None) -> None:
        """Check a credential in the background, once Home Assistant has started.

        `redirect_uri` is that of the browser in which a person has done what
        makes it worth a check, None where no browser is behind it.
        """

        @callback
        def start(_hass: HomeAssistant) -> None:
            if item_id in self._credentials.data:
                self._start(item_id, redirect_uri, in_background=True)

        async_at_started(self._hass, start)

    @callback
    def _start(
        self, item_id: str, redirect_uri: str | None, *, in_background: bool
    ) -> _Check:
        """Return the check that is under way where it will do, or else start one."""
        record = self._credentials.record(item_id)
        under_way = self._under_way.setdefault(item_id, [])
        for check in list(under_way):
            if (
                not is_same_client(check.asked, record)
                or redirect_uri not in (None, check.redirect_uri)
                or check.task.cancelling()
            ):
                continue
            if in_background or check.is_next:
                return check
            # It waits in the background, where nobody waits for it.
            redirect_uri = check.redirect_uri
            check.task.cancel()
        check = _Check(record, redirect_uri, in_background=in_background)
        check.task = self._hass.async_create_background_task(
            self._async_check(check, in_background=in_background),
            f"{DOMAIN} check {item_id}",
            eager_start=False,
        )
        under_way.append(check)
        check.task.add_done_callback(lambda _: under_way.remove(check))
        return check

    async def _async_check(self, check: _Check, *, in_background: bool) -> Finding:
        finding = await async_ask_provider(
            self._hass,
            check.asked,
            check.redirect_uri,
            in_background=in_background,
            on_turn=check.turn_has_come,
        )
        now = self._credentials.data.get(check.asked["id"])
        if is_same_client(check.asked, now):
            self._keep(check.asked, finding)
        return finding

    @callback
    def _credential_changed(self, item_id: str) -> None:
        """Forget what was about a client that is another one now, or gone."""
        now = self._credentials.data.get(item_id)
        for check in self._under_way.get(item_id, ()):
            if not is_same_client(check.asked, now):
                check.task.cancel()
        if now is None:
            self._under_way.pop(item_id, None)
        if item_id in self._state.findings and self.get(item_id) is None:
            del self._state.findings[item_id]
            self._state.async_changed()

    @callback
    def _keep(self, record: CredentialRecord, finding: Finding) -> None:
        """Keep what was found, beside what an earlier check of the same client told."""
        now = dt_util.utcnow()
        earlier = self.get(record["id"])
        last_at = earlier.last_at if earlier else None
        if finding.by is None and finding.is_answer:
            last_at = now
        finding = replace(finding, at=now, by=finding.by or By.CHECK).after(earlier)
        self._set(record, replace(finding, last_at=last_at))

    @callback
    def _set(self, record: CredentialRecord, finding: Finding) -> None:
        item_id = record["id"]
        known = KnownFinding(client_fingerprint(record), finding)
        self._state.findings[item_id] = known
        self._state.async_changed()
        async_dispatcher_send(self._hass, SIGNAL_CREDENTIAL, item_id)
