"""What providers answer, and what it means: tables, whose lines name their sources.

RFC 6749 section 5.2 has one shape and a few words for what is wrong with a token
request; providers have more of both. Nothing is told by the host: whoever answers in
the same words is understood, too.
"""

from enum import Enum, auto
import re
from typing import Final, NamedTuple

from ..models import Cause


class About(Enum):
    """What a provider complains about."""

    CLIENT = auto()
    GRANT = auto()
    REDIRECT_URI = auto()
    CLIENT_OR_REDIRECT_URI = auto()


class Word(NamedTuple):
    """What a word is about; who says it, and where that was seen."""

    word: str
    about: About
    provider: str
    source: str
    # Where the word means this with one status alone.
    status: int | None = None


class PageWords(NamedTuple):
    """Words of a page for people, in lower case; who shows it, and where that was seen."""

    words: str
    provider: str
    source: str


class Code(NamedTuple):
    """What a code names as wrong with a client; who says it, and where that was seen."""

    code: str
    cause: Cause
    provider: str
    source: str


WORDS: Final = (
    Word("invalid_client", About.CLIENT, "most", "RFC 6749 section 5.2"),
    Word(
        "unauthorized_client",
        About.CLIENT,
        "Tesla, Home Connect, Keycloak before 24",
        "RFC 6749 section 5.2",
    ),
    Word(
        "deleted_client",
        About.CLIENT,
        "Google",
        "googleapis/google-api-nodejs-client#1256; r-lib/httr#687",
    ),
    Word("disabled_client", About.CLIENT, "Google", "openpubkey/opkssh#617"),
    Word(
        "access_denied",
        About.CLIENT,
        "Auth0",
        "trufflesecurity/trufflehog, detector auth0oauth",
        status=401,
    ),
    Word("unauthorized.bad_client", About.CLIENT, "Monzo", "of the same form as below"),
    Word("invalid_grant", About.GRANT, "most", "RFC 6749 section 5.2"),
    Word("invalid_auth_code", About.GRANT, "Tesla", "developer.tesla.com, conventions"),
    Word("invalid_code", About.GRANT, "several", "version 1.0.0 of this component"),
    Word(
        "invalid_authorization_code",
        About.GRANT,
        "several",
        "version 1.0.0 of this component",
    ),
    Word(
        "unauthorized.bad_authorization_code",
        About.GRANT,
        "Monzo",
        "clients of its API that tell the code apart",
    ),
    Word(
        "redirect_uri_mismatch",
        About.REDIRECT_URI,
        "Google, Azure AD B2C",
        "Google's documentation; error AADB2C90006",
    ),
    Word("redirect_mismatch", About.REDIRECT_URI, "Twitch", "twitchdev/issues#762"),
)

# What comes last in a sentence, of those who have no word for it.
SENTENCES: Final = (
    Word("invalid client", About.CLIENT, "Twitch", "Teekeks/pyTwitchAPI#338"),
    Word("invalid client secret", About.CLIENT, "Twitch", "Radioh/ha_twitch_helix#3"),
    Word(
        "invalid authorization code",
        About.GRANT,
        "Twitch, Honeywell Home",
        "nicklaw5/helix, tests of access_token; Apigee's OAuthV2 policy",
    ),
    Word(
        "parameter redirect_uri does not match registered uri",
        About.REDIRECT_URI,
        "Twitch",
        "nicklaw5/helix, tests of access_token",
    ),
)

# With `unauthorized_client`: the client is known, and must not use this type of grant (RFC 6749
# section 5.2; miaucl/cookidoo-api#211, thoukydides/homebridge-homeconnect#60, monzo/docs#31).
GRANT_TYPE: Final = re.compile(r"\bgrant", re.IGNORECASE)

# The provider is busy or out of order (RFC 6749 section 4.1.2.1, RFC 8628 section 3.5).
BUSY: Final = frozenset({"server_error", "slow_down", "temporarily_unavailable"})

PAGES: Final = (
    PageWords(
        "invalid_request - invalid redirect_uri", "Fitbit", "teramonagi/fitbitr#17"
    ),
    PageWords(
        "error 400: redirect_uri_mismatch",
        "Google",
        "its error page, which is shown with status 200",
    ),
    PageWords(
        "does not match one of the registered values",
        "Spring, TickTick",
        "Hantick/ticktick-home-assistant#29, #34",
    ),
)

CODES: Final = (
    Code(
        "AADSTS7000222",
        Cause.EXPIRED,
        "Microsoft",
        "vcheckzen/FODI#23; microsoft/botframework-sdk#6221",
    ),
    Code("AADSTS7000215", Cause.ID_TAKEN, "Microsoft", "keycloak/keycloak#31294"),
    Code(
        "AADSTS7000112",
        Cause.DISABLED,
        "Microsoft",
        "Microsoft's documentation of its error codes",
    ),
    Code("disabled_client", Cause.DISABLED, "Google", "openpubkey/opkssh#617"),
    Code(
        "deleted_client",
        Cause.DELETED,
        "Google",
        "googleapis/google-api-nodejs-client#1256",
    ),
)
