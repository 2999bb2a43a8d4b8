"""The findings about credentials, kept in the state as long as they hold.

A check runs when a person asks for it, and by itself after a credential was
created or changed, when an account that uses it asks to be linked again, and when
the wait for a new client is over: in the background, and never at a start.
"""

import asyncio
from datetime import timedelta
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..data import DATA
from ..models import (
    By,
    CredentialRecord,
    Finding,
    Reason,
    Verdict,
    client_fingerprint,
    is_same_client,
)
from ..records.collection import DATA_COLLECTION
from ..signals import async_tell
from ..state import KnownFinding, State
from .answers import TokenAnswer
from .check import async_ask_provider, finding_of

_JUST_NOW: Final = timedelta(minutes=1)


class Findings:
    """The last finding for each credential, by its id."""

    def __init__(self, hass: HomeAssistant, state: State) -> None:
        """Initialize with what the state has of credentials that are still the same."""
        self._hass = hass
        self._credentials = hass.data[DATA_COLLECTION]
        self._state = state
        # The fingerprint of the client, and the redirect URI that is asked about.
        self._under_way: dict[asyncio.Task[Finding], tuple[str, str | None]] = {}
        if self._credentials.store.readable:
            for item_id in [each for each in state.findings if self.get(each) is None]:
                del state.findings[item_id]

    @callback
    def get(self, item_id: str) -> Finding | None:
        """Return the last finding for a credential as it is stored, None if there is none."""
        record = self._credentials.data.get(item_id)
        known = self._state.findings.get(item_id)
        if record is None or known is None or known.about != client_fingerprint(record):
            return None
        return known.finding

    @callback
    def is_rejected(self, item_id: str) -> bool:
        """Return whether the provider is known to reject the client of a credential."""
        found = self.rejection(item_id)
        return found is not None and found.client is Verdict.REJECTED

    @callback
    def rejection(self, item_id: str) -> Finding | None:
        """Return the last finding if it rejects the client or the redirect URI."""
        known = self._state.findings.get(item_id)
        # Most findings reject nothing. `get` is slower: it computes the client's fingerprint.
        if known is None or not known.finding.is_rejection:
            return None
        return self.get(item_id)

    async def async_check(
        self, item_id: str, redirect_uri: str | None = None
    ) -> Finding:
        """Ask the provider about a credential now; raises CredentialNotFound.

        `redirect_uri` is the redirect URI of the requesting browser, None without one.
        If a check of the client is running, this returns its finding. If the client
        changes meanwhile, this checks the new one.
        """
        while True:
            record = self._credentials.record(item_id)
            joined = self.check_of(record, redirect_uri)
            check = joined or self._start(record, redirect_uri, may_import=True)
            # Others may wait for the same check: cancelling one of them must not end it.
            finding = await asyncio.shield(check)
            if joined and finding.reason is Reason.NOT_SET_UP:
                # A check in the background imports no hook. Ask once more.
                continue
            if is_same_client(record, self._credentials.record(item_id)):
                return finding

    @callback
    def async_schedule(self, item_id: str, redirect_uri: str | None = None) -> None:
        """Check a credential in the background, once Home Assistant has started.

        `redirect_uri` is that of the browser in which a person has changed something,
        None without one.
        """
        # A refused token request starts a check, and a reauthentication flow. That flow
        # schedules a check, too, which needs no second request.
        just_now = dt_util.utcnow() - _JUST_NOW

        async def check() -> None:
            async with self._hass.data[DATA].checks.in_background:
                record = self._credentials.data.get(item_id)
                if record is None or self.check_of(record, redirect_uri):
                    return
                found = self.get(item_id)
                if (
                    found is None
                    or found.last_at is None
                    or found.last_at < just_now
                    or redirect_uri not in (None, found.asked_redirect_uri)
                ):
                    await self._start(record, redirect_uri, may_import=False)

        @callback
        def start(hass: HomeAssistant) -> None:
            hass.async_create_background_task(check(), f"{DOMAIN} check {item_id}")

        async_at_started(self._hass, start)

    @callback
    def async_adopt(
        self, item_id: str, asked: CredentialRecord, finding: Finding
    ) -> None:
        """Keep what was found out about a client before it was saved.

        An earlier rejection of the same client is dropped. The person says that it was
        corrected at the provider, which not every check can tell.
        """
        record = self._credentials.record(item_id)
        if is_same_client(asked, record):
            if self.is_rejected(item_id):
                del self._state.findings[item_id]
            self._keep(record, finding)

    @callback
    def async_accept(self, asked: CredentialRecord) -> None:
        """Record that the provider has given a client a token.

        `asked` is the credential at the time of the request. Do nothing if the client is
        known to be accepted.
        """
        found = self.get(asked["id"])
        if found is None or found.client is not Verdict.ACCEPTED:
            self._keep(asked, Finding(client=Verdict.ACCEPTED, by=By.REQUEST))

    @callback
    def async_reject(self, asked: CredentialRecord, answer: TokenAnswer) -> None:
        """Record that the provider has refused a client a token.

        `asked` is the credential at the time of the request.
        """
        finding = finding_of(answer, Verdict.REJECTED)
        self._keep(asked, finding._replace(by=By.REQUEST))

    @callback
    def async_accept_redirect_uri(self, item_id: str) -> None:
        """Record that an account was linked, which needs a redirect URI that is known."""
        found = self.get(item_id)
        if found and found.redirect_uri is Verdict.REJECTED:
            record = self._credentials.record(item_id)
            self._set(record, found._replace(redirect_uri=Verdict.ACCEPTED))

    @callback
    def check_of(
        self, record: CredentialRecord, redirect_uri: str | None = None
    ) -> asyncio.Task[Finding] | None:
        """Return a running check of the client, None if there is none.

        With a `redirect_uri`, it has to be about that, too.
        """
        client = client_fingerprint(record)
        for check, (asked, asked_redirect_uri) in self._under_way.items():
            is_asked = asked == client and redirect_uri in (None, asked_redirect_uri)
            if is_asked and not check.done():
                return check
        return None

    @callback
    def _start(
        self, record: CredentialRecord, redirect_uri: str | None, *, may_import: bool
    ) -> asyncio.Task[Finding]:
        async def check() -> Finding:
            finding = await async_ask_provider(
                self._hass, record, redirect_uri, may_import=may_import
            )
            self._keep(record, finding)
            return finding

        task = self._hass.async_create_background_task(
            check(), f"{DOMAIN} ask {record['id']}", eager_start=False
        )
        self._under_way[task] = client_fingerprint(record), redirect_uri
        task.add_done_callback(self._under_way.pop)
        return task

    @callback
    def _keep(self, asked: CredentialRecord, finding: Finding) -> None:
        """Keep a finding, with what an earlier one says beyond it.

        `asked` is the credential at the time of the request. A finding about a client that
        was changed or deleted since then is dropped.
        """
        if not is_same_client(asked, self._credentials.data.get(asked["id"])):
            return
        now = dt_util.utcnow()
        earlier = self.get(asked["id"])
        last_at = earlier.last_at if earlier else None
        if finding.by is None and finding.is_answer:
            last_at = now
        finding = finding._replace(at=now, by=finding.by or By.CHECK).after(earlier)
        self._set(asked, finding._replace(last_at=last_at))

    @callback
    def _set(self, record: CredentialRecord, finding: Finding) -> None:
        item_id = record["id"]
        known = KnownFinding(client_fingerprint(record), finding)
        self._state.findings[item_id] = known
        self._state.async_changed()
        async_tell(self._hass, item_id)
