"""What the answers of providers mean. A comment names the provider, and the source.

RFC 6749 section 5.2 has one shape and a few words for what is wrong with a token
request. Providers have more of both. The host does not matter: another provider that
answers in the same words is understood, too.
"""

from enum import Enum, auto
from typing import Final

from ..models import Cause


class About(Enum):
    """What a provider complains about."""

    CLIENT = auto()
    GRANT = auto()
    REDIRECT_URI = auto()
    CLIENT_OR_REDIRECT_URI = auto()


# Codes of errors.
WORDS: Final = {
    # Most: RFC 6749 section 5.2.
    "invalid_client": About.CLIENT,
    "invalid_grant": About.GRANT,
    # Tesla, Home Connect, Keycloak before 24: RFC 6749 section 5.2.
    "unauthorized_client": About.CLIENT,
    # Google: googleapis/google-api-nodejs-client#1256, openpubkey/opkssh#617.
    "deleted_client": About.CLIENT,
    "disabled_client": About.CLIENT,
    # Google, Azure AD B2C: Google's documentation, error AADB2C90006.
    "redirect_uri_mismatch": About.REDIRECT_URI,
    # Twitch: twitchdev/issues#762.
    "redirect_mismatch": About.REDIRECT_URI,
    # Tesla: developer.tesla.com, conventions.
    "invalid_auth_code": About.GRANT,
    # Several: version 1.0.0 of this component.
    "invalid_code": About.GRANT,
    "invalid_authorization_code": About.GRANT,
    # Monzo: clients of its API that tell the code apart.
    "unauthorized.bad_client": About.CLIENT,
    "unauthorized.bad_authorization_code": About.GRANT,
}

# What is about the client with status 401 alone.
# Auth0: trufflesecurity/trufflehog, detector auth0oauth.
CLIENT_WITH_401: Final = "access_denied"

# The end of a sentence, of providers that have no code for it.
SENTENCES: Final = {
    # Twitch: Teekeks/pyTwitchAPI#338, Radioh/ha_twitch_helix#3.
    "invalid client": About.CLIENT,
    "invalid client secret": About.CLIENT,
    # Twitch, Honeywell Home: nicklaw5/helix, tests of access_token; Apigee's OAuthV2 policy.
    "invalid authorization code": About.GRANT,
    # Twitch: nicklaw5/helix, tests of access_token.
    "parameter redirect_uri does not match registered uri": About.REDIRECT_URI,
}

# With `unauthorized_client`: the client is known, and must not use this type of grant (RFC 6749
# section 5.2; miaucl/cookidoo-api#211, thoukydides/homebridge-homeconnect#60, monzo/docs#31).
GRANT_TYPE: Final = r"(?i)\bgrant"

# The provider is busy or out of order (RFC 6749 section 4.1.2.1, RFC 8628 section 3.5).
BUSY: Final = frozenset({"server_error", "slow_down", "temporarily_unavailable"})

# Words of pages for people, in lower case, that are about the redirect URI with any status.
PAGES: Final = (
    # Fitbit: teramonagi/fitbitr#17.
    "invalid_request - invalid redirect_uri",
    # Google's error page.
    "error 400: redirect_uri_mismatch",
    # Spring, TickTick: Hantick/ticktick-home-assistant#29, #34.
    "does not match one of the registered values",
)

# What a code names as wrong with a client.
CODES: Final = {
    # Microsoft: vcheckzen/FODI#23, microsoft/botframework-sdk#6221.
    "AADSTS7000222": Cause.EXPIRED,
    # Microsoft: keycloak/keycloak#31294.
    "AADSTS7000215": Cause.ID_TAKEN,
    # Microsoft's documentation of its error codes.
    "AADSTS7000112": Cause.DISABLED,
    # Google: see above.
    "disabled_client": Cause.DISABLED,
    "deleted_client": Cause.DELETED,
}
