"""What the token requests of accounts say of their credentials.

An access token says that the provider accepts the client. A refusal may be about the
client, or about the link of one account. So the provider is asked (check.py). Where a
check cannot tell, the words of the refusal do: some providers look at the code before
they look at the client.
"""

import asyncio
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import HANDLERS
from homeassistant.const import CONF_TOKEN, MAJOR_VERSION, MINOR_VERSION
from homeassistant.core import HomeAssistant, callback
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.start import async_at_started
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..errors import CredentialNotFound
from ..models import (
    CredentialRecord,
    Finding,
    Reason,
    Verdict,
    is_same_client,
    title_of,
)
from ..records.collection import DATA_COLLECTION
from ..text import as_markdown, async_language
from .answers import TokenAnswer
from .findings import Findings
from .redirect_uri import async_my_redirect_uri
from .tables import About

CLIENT_REJECTED: Final = "client_rejected"

# Where the repair issue about the credential is.
_REPAIRS: Final = "/config/repairs"

# Seconds that a person waits for a check before they are sent to the provider.
_WAIT: Final = 5

# Seconds; an account that tries again and again has nothing new to say each time.
_ASK_AGAIN: Final = 15 * 60

# The first release whose OAuth2Session starts reauthentication by itself.
_HOME_ASSISTANT_ASKS: Final = (MAJOR_VERSION, MINOR_VERSION) >= (2026, 9)


class _Heard(NamedTuple):
    """The last refusal that the provider was asked about, and what came of it."""

    about: About | None
    at: float
    checked: Finding
    found: Finding | None


class TokenRequests:
    """Turn what becomes of token requests into findings."""

    def __init__(self, hass: HomeAssistant, findings: Findings) -> None:
        """Initialize without any request."""
        self._hass = hass
        self._findings = findings
        self._heard: dict[str, _Heard] = {}
        # When a client was last given a token, by the time of the event loop.
        self._accepted: dict[str, float] = {}
        # Config entries that were asked to link again, and a hash of the link that ended.
        self._asked: dict[str, str] = {}

    async def async_before_link(self, record: CredentialRecord) -> None:
        """Stop the flow before the provider's page if the client is known to be rejected.

        The provider is asked again first, since a client may be mended there. A check
        that is under way is waited for. Raises AbortFlow.
        """
        item_id = record["id"]
        if self._findings.is_asking(record) or self._is(item_id, Verdict.REJECTED):
            with suppress(TimeoutError, CredentialNotFound):
                async with asyncio.timeout(_WAIT):
                    await self._findings.async_check(item_id)
        if self._is(item_id, Verdict.REJECTED):
            raise await _async_rejection(self._hass, record)

    @callback
    def accepted(self, asked: CredentialRecord) -> None:
        """Keep that the provider has given a token to a client, as it was then."""
        self._accepted[asked["id"]] = self._hass.loop.time()
        self._findings.async_accept(asked)

    @callback
    def refused(
        self, asked: CredentialRecord, answer: TokenAnswer, refresh_token: Any
    ) -> None:
        """Find out in the background why a client was refused a token, as it was then.

        `answer` must be without secrets. `refresh_token` is None in a flow.
        """
        link = None if refresh_token is None else _hash(refresh_token)

        @callback
        def start(_hass: HomeAssistant) -> None:
            self._hass.async_create_background_task(
                self._async_find_out(asked, answer, link),
                f"{DOMAIN} refusal {asked['id']}",
            )

        async_at_started(self._hass, start)

    async def _async_find_out(
        self, asked: CredentialRecord, answer: TokenAnswer, link: str | None
    ) -> None:
        item_id = asked["id"]
        if not self._is_stored(asked):
            return
        now = self._hass.loop.time()
        heard = self._heard.get(item_id)
        if (
            heard is None
            or heard.about is not answer.about
            or heard.found is not self._findings.get(item_id)
            or now - heard.at >= _ASK_AGAIN
        ):
            try:
                # As a flow that begins meanwhile would ask: one check serves both.
                checked = await self._findings.async_check(
                    item_id, async_my_redirect_uri(self._hass)
                )
            except CredentialNotFound:
                return
            heard = _Heard(answer.about, now, checked, None)
        if not self._is_stored(asked) or (
            answer.about is About.CLIENT and self._accepted.get(item_id, now) > now
        ):
            # It has been changed, or accepted, while the provider was asked.
            return
        self._conclude(asked, answer, link, heard.checked)
        self._heard[item_id] = heard._replace(found=self._findings.get(item_id))

    @callback
    def _conclude(
        self,
        asked: CredentialRecord,
        answer: TokenAnswer,
        link: str | None,
        checked: Finding,
    ) -> None:
        """Keep what a refusal and the check after it say together."""
        is_unknown = checked.client is Verdict.UNKNOWN
        if is_unknown and _blames_client(answer, link):
            found = self._findings.get(asked["id"])
            if found is None or (found.client, found.error) != (
                Verdict.REJECTED,
                answer.error,
            ):
                self._findings.async_reject(asked, answer)
        elif link is None:
            # A code that was refused may have been too old, or used before.
            return
        elif answer.about is About.GRANT:
            if checked.client is not Verdict.REJECTED:
                self._ask_to_link(asked, link)
        elif is_unknown and checked.reason is not Reason.UNREACHABLE:
            self._findings.async_doubt(asked, checked.reason)

    @callback
    def _ask_to_link(self, asked: CredentialRecord, link: str) -> None:
        """Start reauthentication once for the account whose link has ended."""
        domain = asked["domain"]
        if _HOME_ASSISTANT_ASKS or not hasattr(
            HANDLERS.get(domain), "async_step_reauth"
        ):
            return
        for entry in self._hass.config_entries.async_entries(domain):
            token = entry.data.get(CONF_TOKEN)
            if (
                isinstance(token, dict)
                and _hash(token.get("refresh_token")) == link
                and self._asked.get(entry.entry_id) != link
            ):
                self._asked[entry.entry_id] = link
                entry.async_start_reauth(self._hass)

    def _is(self, item_id: str, verdict: Verdict) -> bool:
        found = self._findings.get(item_id)
        return found is not None and found.client is verdict

    def _is_stored(self, asked: CredentialRecord) -> bool:
        """Return whether a client is still the one that is stored."""
        return is_same_client(
            asked, self._hass.data[DATA_COLLECTION].data.get(asked["id"])
        )


def _blames_client(answer: TokenAnswer, link: str | None) -> bool:
    """Return whether the words of a refusal are about the client for sure.

    Of a code, Home Connect says `unauthorized_client` where the redirect URI is wrong.
    """
    return answer.about is About.CLIENT and (
        link is not None or answer.error == "invalid_client"
    )


def _hash(refresh_token: Any) -> str:
    return sha256(str(refresh_token).encode()).hexdigest()


async def _async_rejection(hass: HomeAssistant, record: CredentialRecord) -> AbortFlow:
    """Return what ends a flow of an integration with the reason, and the way to the repair.

    The reason is translated by us. Where a release of Home Assistant does not let an
    exception say so, it is the text itself, which the frontend shows as it is.
    """
    placeholders = {"name": as_markdown(title_of(record)), "link": _REPAIRS}
    # Not in all releases that we run on.
    of_ours: Any = {"translation_domain": DOMAIN}
    try:
        return AbortFlow(CLIENT_REJECTED, placeholders, **of_ours)
    except TypeError:
        texts = await async_get_translations(
            hass, await async_language(hass), "config", {DOMAIN}
        )
        text = texts[f"component.{DOMAIN}.config.abort.{CLIENT_REJECTED}"]
        return AbortFlow(text.format(**placeholders))
