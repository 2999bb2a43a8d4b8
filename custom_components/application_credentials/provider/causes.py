"""What is wrong with a client that a provider rejects, where its words name it for sure.

RFC 6749 section 5.2 has one word for all of it, and some providers have a code for
each. Each line of the table names who was seen to say so, and where that is written
down.
"""

import re
from typing import Final, NamedTuple

from ..models import Cause


class _Line(NamedTuple):
    """What a code means; who says it, and where that was seen."""

    code: str
    cause: Cause
    provider: str
    source: str


_CODES: Final = (
    _Line(
        "AADSTS7000222",
        Cause.EXPIRED,
        "Microsoft",
        "vcheckzen/FODI#23; microsoft/botframework-sdk#6221",
    ),
    _Line(
        "AADSTS7000215",
        Cause.ID_TAKEN,
        "Microsoft",
        "keycloak/keycloak#31294",
    ),
    _Line(
        "AADSTS7000112",
        Cause.DISABLED,
        "Microsoft",
        "Microsoft's documentation of its error codes",
    ),
    _Line("disabled_client", Cause.DISABLED, "Google", "openpubkey/opkssh#617"),
    _Line(
        "deleted_client",
        Cause.DELETED,
        "Google",
        "googleapis/google-api-nodejs-client#1256",
    ),
)

_WORD: Final = re.compile(r"\w+")


def cause_of(error: str | None, description: str | None) -> Cause | None:
    """Return what the words of a rejection name as its cause, None where they do not.

    `error` is all of its code; of `description` the word with which it begins.
    """
    begins = _WORD.match(description or "")
    said = {error, begins and begins[0]}
    return next((line.cause for line in _CODES if line.code in said), None)
