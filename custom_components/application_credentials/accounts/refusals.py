"""What refused token requests of accounts say of their credentials.

A refusal may be about the client, or about the link of one account. So the provider is
asked (check.py). Where a check cannot tell, the words of the refusal do: some providers
look at the code before they look at the client. A flow whose client is known to be
rejected ends before the provider's page.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from homeassistant.const import MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.start import async_at_started
from homeassistant.loader import async_get_integration
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, REPAIRS_PAGE
from ..data import DATA
from ..errors import CredentialNotFound
from ..models import (
    CredentialRecord,
    Finding,
    Reason,
    Verdict,
    is_same_client,
    link_fingerprint,
    titles,
    with_integration,
)
from ..provider.answers import TokenAnswer, cause_of
from ..provider.findings import Findings
from ..provider.redirect_uri import async_my_redirect_uri
from ..provider.tables import About
from ..records.collection import DATA_COLLECTION
from ..text import as_markdown, async_texts
from .usage import has_reauthentication

CLIENT_REJECTED: Final = "client_rejected"

# Seconds that a person waits for a check before they are sent to the provider.
_WAIT: Final = 5

# An account that tries again and again has nothing new to say each time.
_ASK_AGAIN: Final = timedelta(minutes=15)

_IS_2026_9: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 9)
# Home Assistant's OAuth2Session starts reauthentication by itself.
_HOME_ASSISTANT_ASKS: Final = _IS_2026_9
# The reason with which a flow ends may be translated by another integration.
_TRANSLATES_REASONS: Final = _IS_2026_9


class _LastCheck(NamedTuple):
    """When a refusal led to a check, and what was known of the client after that."""

    at: datetime
    known: Finding | None


class Refusals:
    """Turn refusals of token requests into findings."""

    def __init__(self, hass: HomeAssistant, findings: Findings) -> None:
        """Initialize without any refusal."""
        self._hass = hass
        self._findings = findings
        # By credential, and by what the refusal was about.
        self._last_checks: dict[tuple[str, About | None], _LastCheck] = {}

    async def async_before_link(self, record: CredentialRecord) -> None:
        """Stop the flow before the provider's page if the client is known to be rejected.

        The provider is asked again first, since a client may be mended there. A check
        that is under way is waited for. Raises AbortFlow.
        """
        if self._findings.check_of(record) or self._findings.is_rejected(record["id"]):
            with suppress(TimeoutError, CredentialNotFound):
                async with asyncio.timeout(_WAIT):
                    await self._findings.async_check(record["id"])
        if self._findings.is_rejected(record["id"]):
            raise await _async_rejection(self._hass, record)

    @callback
    def refused(
        self, asked: CredentialRecord, answer: TokenAnswer, link: str | None
    ) -> None:
        """Find out in the background why a client was refused a token, as it was then.

        `answer` must be without secrets. `link` is the fingerprint of the link that was to
        be refreshed, None in a flow.
        """

        @callback
        def start(hass: HomeAssistant) -> None:
            hass.async_create_background_task(
                self._async_find_out(asked, answer, link),
                f"{DOMAIN} refusal {asked['id']}",
            )

        async_at_started(self._hass, start)

    async def _async_find_out(
        self, asked: CredentialRecord, answer: TokenAnswer, link: str | None
    ) -> None:
        item_id = asked["id"]
        async with self._hass.data[DATA].checks.in_background:
            try:
                found = await self._async_ask(asked, answer)
            except CredentialNotFound:
                return
        stored = self._hass.data[DATA_COLLECTION].data.get(item_id)
        if (
            link is not None
            and answer.about is About.GRANT
            and found.client is not Verdict.REJECTED
            and is_same_client(asked, stored)
        ):
            _ask_to_link(self._hass, asked["domain"], link)

    async def _async_ask(self, asked: CredentialRecord, answer: TokenAnswer) -> Finding:
        """Return what is known of a client that was refused, and ask the provider first.

        It is not asked again so soon where it would say the same. Raises
        CredentialNotFound.
        """
        item_id, now = asked["id"], dt_util.utcnow()
        about = _certain_subject(answer)
        found = self._findings.get(item_id)
        last = self._last_checks.get((item_id, about))
        if (
            found is not None
            and last is not None
            and found.without_times() == last.known
            and now - last.at < _ASK_AGAIN
        ):
            return found
        # As a flow that begins meanwhile would ask: one check serves both.
        found = await self._findings.async_check(
            item_id, async_my_redirect_uri(self._hass)
        )
        # A hook that names another server for each account (mcp) cannot be asked here, and
        # what one of its servers refuses, another may accept.
        is_asked = found.reason is not Reason.NOT_ASKED
        if about is About.CLIENT and is_asked and found.client is Verdict.UNKNOWN:
            self._findings.async_reject(asked, answer)
        known = self._findings.get(item_id)
        self._last_checks[item_id, about] = _LastCheck(
            now, known and known.without_times()
        )
        return found


def _certain_subject(answer: TokenAnswer) -> About | None:
    """Return what a refusal is about, None where that is not certain."""
    # `unauthorized_client` may be about the redirect URI of a code (Home Connect), or about a
    # link of another client (Google: googleapis/google-api-dotnet-client#2802).
    if answer.error == "unauthorized_client" and not cause_of(
        answer.error, answer.description
    ):
        return None
    return answer.about


@callback
def _ask_to_link(hass: HomeAssistant, domain: str, link: str) -> None:
    """Start reauthentication for the account whose link has ended, as Home Assistant does."""
    if not _HOME_ASSISTANT_ASKS and has_reauthentication(domain):
        for entry in hass.config_entries.async_entries(domain):
            if link_fingerprint(entry.data) == link:
                entry.async_start_reauth(hass)


async def _async_rejection(hass: HomeAssistant, record: CredentialRecord) -> AbortFlow:
    """Return what ends a flow of an integration with the reason, and the way to the repair.

    The reason is translated by us. Where a release of Home Assistant does not know that,
    it is the text itself, which the frontend shows as it is.
    """
    domain = record["domain"]
    records = hass.data[DATA_COLLECTION].records_of(domain)
    integration = (await async_get_integration(hass, domain)).name
    title = titles(records, {domain: integration})[record["id"]]
    placeholders = {
        "name": as_markdown(with_integration(title, integration)),
        "link": REPAIRS_PAGE,
    }
    if _TRANSLATES_REASONS:
        # Older releases have no such argument.
        translated: Any = {"translation_domain": DOMAIN}
        return AbortFlow(CLIENT_REJECTED, placeholders, **translated)
    texts = await async_texts(hass, "config")
    text = texts[f"component.{DOMAIN}.config.abort.{CLIENT_REJECTED}"]
    return AbortFlow(text.format(**placeholders))
