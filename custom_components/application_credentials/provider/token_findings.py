"""What the token requests of accounts say of their credentials.

One that works says that the provider accepts the client. One that is refused may be so
for the client, or else for the link of that one account. So the provider is asked
(check.py). Where a check cannot tell, as with a provider that looks at the code first,
the words of the refusal do: that request had everything right but what they name.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.start import async_at_started

from ..const import DOMAIN
from ..errors import CredentialNotFound
from ..models import CredentialRecord, Reason, Verdict, link_of
from .answers import About, TokenAnswer
from .findings import Findings
from .rejection import async_rejection
from .token_watch import TokenListener

# Seconds that a person waits for a check before they are sent to the provider.
_WAIT: Final = 5

# Characters; what is longer in a token is no word, such as its type.
_WORD: Final = 12

# Seconds; an account that tries again and again has not more to tell each time.
_ASK_AGAIN: Final = 15 * 60

type LinkEnded = Callable[[CredentialRecord, Any], None]


class TokenFindings(TokenListener):
    """Turns what is seen of token requests into findings.

    `link_ended` is called with a credential, and with the token of an account of it
    that the provider refuses to refresh, for no fault of the client.
    """

    def __init__(
        self, hass: HomeAssistant, findings: Findings, link_ended: LinkEnded
    ) -> None:
        """Start with nothing seen."""
        self._hass = hass
        self._findings = findings
        self._link_ended = link_ended
        self._refused: dict[tuple[str, int], float] = {}

    @override
    async def async_before_link(self, record: CredentialRecord) -> None:
        """End the flow where the provider is known to reject the client.

        Not before it was asked again, for a client may be mended at the provider. A check
        that is under way, as after a credential was added, is waited for.
        """
        item_id = record["id"]
        if self._findings.is_asking(item_id) or self._is_rejected(item_id):
            with suppress(TimeoutError, CredentialNotFound):
                async with asyncio.timeout(_WAIT):
                    await self._findings.async_check(item_id)
        if self._is_rejected(item_id):
            raise await async_rejection(self._hass, record)

    @callback
    @override
    def accepted(self, record: CredentialRecord) -> None:
        """Keep that the provider accepts the client."""
        self._findings.async_accept(record)

    @callback
    @override
    def refused(
        self, record: CredentialRecord, token: Any, answer: TokenAnswer
    ) -> None:
        """Have the provider asked why, in the background, once Home Assistant has started."""
        now = self._hass.loop.time()
        self._refused = {
            key: at for key, at in self._refused.items() if now - at < _ASK_AGAIN
        }
        key = record["id"], hash(str(link_of(token)))
        if key in self._refused:
            return
        self._refused[key] = now

        @callback
        def start(_hass: HomeAssistant) -> None:
            self._hass.async_create_background_task(
                self._async_ask_why(record, token, answer),
                f"{DOMAIN} why {record['id']}",
            )

        async_at_started(self._hass, start)

    async def _async_ask_why(
        self, record: CredentialRecord, token: Any, answer: TokenAnswer
    ) -> None:
        try:
            finding = await self._findings.async_check(record["id"])
        except CredentialNotFound:
            return
        is_unknown = finding.client is Verdict.UNKNOWN
        if is_unknown and _blames_client(token, answer):
            self._findings.async_reject(record, answer, _secrets_of(token))
        elif token is None:
            # A code that was refused may have been too old, or used before.
            return
        elif finding.client is Verdict.ACCEPTED or (
            is_unknown and answer.about is About.GRANT
        ):
            self._link_ended(record, token)
        elif is_unknown and finding.reason is not Reason.UNREACHABLE:
            self._findings.async_doubt(record, finding.reason)

    def _is_rejected(self, item_id: str) -> bool:
        found = self._findings.get(item_id)
        return found is not None and found.client is Verdict.REJECTED


def _blames_client(token: Any, answer: TokenAnswer) -> bool:
    """Return whether the words of a refusal are about the client for sure.

    Of a code, Home Connect says `unauthorized_client` where the redirect URI is wrong.
    """
    return answer.about is About.CLIENT and (
        token is not None or answer.error == "invalid_client"
    )


def _secrets_of(token: Any) -> list[str]:
    """Return what a provider may quote of a token, and nobody is to read."""
    values = token.values() if isinstance(token, dict) else ()
    return [value for value in values if isinstance(value, str) and len(value) > _WORD]
