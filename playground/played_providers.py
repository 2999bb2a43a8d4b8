"""The providers that the playground plays: each as real ones were seen to answer, with the sources.

Add one in ten lines: its answers to a code that does not exist with the right and with a wrong secret, whether it looks
at the code first, what its authorization endpoint does, and where you have that from. Then run scripts/providers.
"""

import base64
from dataclasses import replace
from typing import Final

from playground.played_provider import (
    Answer,
    Authorize,
    Links,
    Other,
    Provider,
    error,
    page,
    sends_to,
)


def authentication_error(code: str) -> str:
    """Return Google's `authError`: an encoded message, of which the first field is the error."""
    message = b"\n" + bytes([len(code)]) + code.encode() + b"\x12\x05more."
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def aadsts(status: int, code: str, number: int, said: str) -> Answer:
    """Return an error of Microsoft's, whose description begins with a code and ends with what tells requests apart."""
    return Answer(
        status,
        {
            "error": code,
            "error_description": f"AADSTS{number}: {said} Trace ID: x Correlation ID: y Timestamp: 2026-11-24 12:00:00Z",
            "error_codes": [number],
            "error_uri": f"https://login.microsoftonline.com/error?code={number}",
        },
    )


GOOGLE_SCOPE: Final = "https://www.googleapis.com/auth/calendar"
AADSTS_MALFORMED: Final = Answer(
    400,
    {
        "error": "invalid_grant",
        "error_description": "AADSTS9002313: Invalid request. Request is malformed or invalid.\r\nTrace ID: x",
        "error_codes": [9002313],
        "error_uri": "https://login.microsoftonline.com/error?code=9002313",
    },
)
B2C_MALFORMED: Final = error(
    400,
    "invalid_grant",
    "AADB2C90090: The provided JWE is not a valid 5 segment token.\r\nCorrelation ID: x\r\n",
)
NOT_AUTHORIZED: Final = error(
    400, "unauthorized_client", "client or redirection URI not authorized"
)
IDENTITY_SERVER_ERROR: Final = sends_to("/identity-server/oauth/error?errorId=x")
IDENTITY_SERVER: Final = Authorize(
    wrong_uri=IDENTITY_SERVER_ERROR,
    unknown_client=IDENTITY_SERVER_ERROR,
    known=IDENTITY_SERVER_ERROR,
    elsewhere=page("Sorry, there was an error : invalid_request"),
    stays_unknown="It shows the same page where there is no scope, and a check has none",
)
NOT_THIS_WAY: Final = (
    "It knows the client, and does not let it link accounts in this way"
)
SERVER_ERROR: Final = page("Out of order", 503)

GOOGLE: Final = Provider(
    "google",
    "Google",
    (
        "google_assistant_sdk",
        "google_drive",
        "google_health",
        "google_mail",
        "google_photos",
        "google_sheets",
        "google_tasks",
        "youtube",
    ),
    no_such_code=error(400, "invalid_grant", "Malformed auth code."),
    wrong_secret=error(401, "invalid_client", "The provided client secret is invalid."),
    unknown_client=error(401, "invalid_client", "The OAuth client was not found."),
    others=(
        Other(
            "wrong secret, older wording",
            error(401, "invalid_client", "Unauthorized"),
            "rejected",
            "SocialiteProviders/Providers#564",
        ),
        Other(
            "redirect URI unknown at the token endpoint",
            error(400, "redirect_uri_mismatch", "Bad Request"),
            "accepted",
            "Google's documentation of its errors",
        ),
    ),
    authorize=Authorize(
        wrong_uri=sends_to(
            f"/google/error?authError={authentication_error('redirect_uri_mismatch')}"
        ),
        unknown_client=sends_to(
            f"/google/error?authError={authentication_error('invalid_client')}"
        ),
        elsewhere=page("Access blocked: this app’s request is invalid"),
    ),
    links=Links(
        ended=error(400, "invalid_grant", "Token has been expired or revoked."),
        refused=error(401, "deleted_client", "The OAuth client was deleted."),
        # Of an app whose publishing status is "Testing".
        linked={"scope": GOOGLE_SCOPE, "refresh_token_expires_in": 604799},
        refreshed={"scope": GOOGLE_SCOPE},
        lasting={"scope": GOOGLE_SCOPE},
        renews_refresh_token=False,
        source="developers.google.com/identity/protocols/oauth2; googleapis/google-api-nodejs-client#1256",
    ),
    sources=(
        "trufflesecurity/trufflehog, detector googleoauth2clientcredentials, with its tests",
        "live error pages, kept as fixtures of public code",
    ),
)

PROVIDERS: Final = (
    GOOGLE,
    replace(
        GOOGLE,
        slug="google-calendar",
        name="Google, as its Calendar asks",
        integrations=("google",),
        own_way=True,
        others=(),
        links=None,
        sources=(
            "as Google; google/api.py of Home Assistant has a way of its own to ask for a token",
        ),
    ),
    replace(
        GOOGLE,
        slug="google-nest",
        name="Google, as its Nest asks",
        integrations=("nest",),
        # It names no authorization endpoint before the project is entered.
        authorize=Authorize(),
        others=(),
        links=None,
        sources=(
            "as Google; nest/application_credentials.py of Home Assistant names no authorization endpoint",
        ),
    ),
    Provider(
        "microsoft",
        "Microsoft identity platform v2",
        ("onedrive_for_business",),
        no_such_code=AADSTS_MALFORMED,
        wrong_secret=error(
            401,
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided. ...",
        ),
        code_first=True,
        others=(
            Other(
                "wrong secret, with a real code",
                error(401, "invalid_client", "AADSTS7000215: Invalid client secret."),
                "rejected",
                "keycloak/keycloak#31294",
            ),
            Other(
                "unknown client, with a real code",
                error(
                    400,
                    "unauthorized_client",
                    "AADSTS700016: Application with identifier 'x' was not found in the directory",
                ),
                "rejected",
                "Microsoft's documentation of its error codes",
            ),
            Other(
                "public client that is sent a secret",
                error(
                    400,
                    "invalid_request",
                    "AADSTS90023: Public clients can't send a client secret.",
                ),
                "unknown",
                "incognito1234/onedrive-client#4",
            ),
        ),
        authorize=Authorize(),
        links=Links(
            ended=aadsts(
                400,
                "invalid_grant",
                700082,
                "The refresh token has expired due to inactivity. The token was issued on 2026-07-19T17:26:59.8511467Z"
                " and was inactive for 90.00:00:00.",
            ),
            refused=aadsts(
                401,
                "invalid_client",
                7000222,
                "The provided client secret keys for app 'x' are expired. Visit the Azure portal to create new keys for"
                " your app: https://aka.ms/NewClientSecret",
            ),
            linked={"ext_expires_in": 10},
            refreshed={"ext_expires_in": 10},
            source="learn.microsoft.com/answers/a/710568; spencerwooo/onedrive-vercel-index#1051",
        ),
        sources=(
            "Azure-Samples/ms-identity-dotnet-webapi-azurefunctions#3",
            "measured by others: the code is looked at before the client",
        ),
    ),
    Provider(
        "microsoft-consumers",
        "Microsoft identity platform v2, personal accounts",
        ("onedrive",),
        no_such_code=AADSTS_MALFORMED,
        wrong_secret=error(401, "invalid_client"),
        code_first=True,
        others=(
            Other(
                "code of the right form",
                error(
                    400,
                    "invalid_grant",
                    "AADSTS70000: The provided value for the 'code' parameter is not valid.",
                ),
                "unknown",
                "abraunegg/onedrive#1370, #2195",
                control=error(400, "invalid_grant", "AADSTS70000"),
            ),
        ),
        authorize=Authorize(),
        sources=("as the identity platform; the order is taken to be the same",),
    ),
    Provider(
        "live",
        "Microsoft login.live.com",
        ("xbox",),
        no_such_code=error(
            400,
            "invalid_grant",
            "The provided value for the 'code' parameter is not valid. The code has expired.",
        ),
        wrong_secret=error(400, "invalid_client"),
        code_first=True,
        others=(
            Other(
                "wrong secret, with a real code",
                error(
                    400,
                    "invalid_client",
                    "The provided value for the 'client_secret' parameter is not valid.",
                ),
                "rejected",
                "lelylan/simple-oauth2#185",
            ),
            Other(
                "unknown client, with a real code",
                error(
                    400,
                    "unauthorized_client",
                    "The client does not exist or is not enabled for consumers.",
                ),
                "rejected",
                "rclone/rclone#8895, nextcloud/integration_onedrive#35",
            ),
        ),
        sources=("quoted in public code; the order was not found, so nothing is told",),
    ),
    Provider(
        "azure-b2c",
        "Azure AD B2C",
        ("ekeybionyx", "overkiz", "watts"),
        no_such_code=B2C_MALFORMED,
        wrong_secret=error(400, "invalid_client"),
        code_first=True,
        others=(
            Other(
                "wrong secret, with a real code",
                error(
                    400,
                    "invalid_client",
                    "AADB2C90081: The specified client_secret does not match the expected value for this client.",
                ),
                "rejected",
                "Azure-Samples/active-directory-b2c-dotnetcore-webapp#25",
            ),
            Other(
                "redirect URI unknown at the token endpoint",
                error(
                    400,
                    "redirect_uri_mismatch",
                    "AADB2C90006: The redirect URI '' provided in the request is not registered for the client id 'x'.",
                ),
                "unknown",
                "quoted in public code",
                control=error(400, "redirect_uri_mismatch"),
            ),
        ),
        authorize=Authorize(
            wrong_uri=sends_to(
                "{registered}?error=redirect_uri_mismatch"
                "&error_description=AADB2C90006%3a+The+redirect+URI+is+not+registered"
            ),
            unknown_client=page("The service is unavailable.", 400),
            asks_about_slash=True,
        ),
        links=Links(
            ended=error(
                400,
                "invalid_grant",
                "AADB2C90080: The provided grant has expired. Please re-authenticate and try again.",
            ),
            refused=error(
                400,
                "invalid_client",
                "AADB2C90081: The specified client_secret does not match the expected value for this client.",
            ),
            linked={"refresh_token_expires_in": 1209600},
            refreshed={"refresh_token_expires_in": 1209600},
            source="Microsoft's documentation of B2C's error codes",
        ),
        sources=(
            "Microsoft's documentation of B2C's error codes",
            "AzureAD/microsoft-authentication-library-for-js#180, #3153",
            "Azure-Samples/ms-identity-python-webapp#104",
        ),
    ),
    Provider(
        "line",
        "LINE",
        (),
        no_such_code=error(400, "invalid_grant", "invalid authorization code"),
        wrong_secret=error(400, "invalid_client"),
        code_first=True,
        sources=(
            "no integration of Home Assistant's; known to look at the code first",
        ),
    ),
    Provider(
        "spotify",
        "Spotify",
        ("spotify",),
        no_such_code=error(400, "invalid_grant", "Invalid authorization code"),
        wrong_secret=error(400, "invalid_client", "Invalid client secret"),
        unknown_client=error(400, "invalid_client", "Failed to get client"),
        others=(
            Other(
                "unknown client, older wording",
                error(400, "invalid_client", "Invalid client"),
                "rejected",
                "kalbhor/MusicRepair#41",
            ),
        ),
        authorize=Authorize(
            wrong_uri=sends_to("/spotify/en/login?continue=x", 303),
            unknown_client=sends_to("/spotify/en/login?continue=x", 303),
            known=sends_to("/spotify/en/login?continue=x", 303),
        ),
        sources=(
            "novatorem/novatorem#42",
            "measured by others in 2026, with a client without a secret",
        ),
    ),
    Provider(
        "netatmo",
        "Netatmo",
        ("netatmo",),
        no_such_code=error(400, "invalid_grant"),
        wrong_secret=error(400, "invalid_client"),
        links=Links(
            ended=error(400, "invalid_grant"),
            refused=error(400, "invalid_client"),
            linked={"expire_in": 10},
            refreshed={"expire_in": 10},
            source="florianbeer/grafana-netatmo#20; philippelt/netatmo-api-python#82",
        ),
        sources=(
            "philippelt/netatmo-api-python#85, #92, #93",
            "CFenner/MMM-Netatmo#100",
        ),
    ),
    Provider(
        "fitbit",
        "Fitbit",
        ("fitbit",),
        no_such_code=Answer(
            400,
            {
                "errors": [
                    {
                        "errorType": "invalid_grant",
                        "message": "Authorization code invalid: xxx. Visit https://dev.fitbit.com/docs/oauth2",
                    }
                ],
                "success": False,
            },
        ),
        wrong_secret=Answer(
            401,
            {
                "errors": [
                    {
                        "errorType": "invalid_client",
                        "message": "Invalid authorization header. Client secret invalid.",
                    }
                ],
                "success": False,
            },
        ),
        own_way=True,
        basic_only=True,
        authorize=Authorize(
            wrong_uri=page(
                "Developer information: invalid_request - Invalid redirect_uri parameter value"
            ),
            unknown_client=page(
                "Developer information: unauthorized_client - Invalid client_id"
            ),
        ),
        sources=(
            "djchen/oauth2-fitbit#12, #19",
            "teramonagi/fitbitr#17",
            "nxtbgthng/OAuth2Client#200",
        ),
    ),
    Provider(
        "withings",
        "Withings",
        ("withings",),
        no_such_code=Answer(
            200, {"status": 503, "body": {}, "error": "Invalid Params: invalid code"}
        ),
        wrong_secret=Answer(
            200, {"status": 401, "error": "Invalid Params: invalid client id/secret"}
        ),
        own_way=True,
        stays_unknown='It wants an "action" in a request, which a check does not send',
        sources=(
            "developer.withings.com, questions and answers",
            "sugimomoto/withings4j, tests",
            "Home Assistant's own tests",
        ),
    ),
    Provider(
        "twitch",
        "Twitch",
        ("twitch",),
        no_such_code=Answer(
            400, {"status": 400, "message": "Invalid authorization code"}
        ),
        wrong_secret=Answer(403, {"status": 403, "message": "invalid client secret"}),
        unknown_client=Answer(400, {"status": 400, "message": "invalid client"}),
        others=(
            Other(
                "redirect URI unknown at the token endpoint",
                Answer(
                    400,
                    {
                        "status": 400,
                        "message": "Parameter redirect_uri does not match registered URI",
                    },
                ),
                "accepted",
                "nicklaw5/helix, tests of access_token",
            ),
        ),
        authorize=Authorize(
            wrong_uri=sends_to(
                "{registered}?error=redirect_mismatch"
                "&error_description=Parameter+redirect_uri+does+not+match+registered+URI"
            ),
            unknown_client=page('{"status":400,"message":"invalid client"}', 400),
            asks_about_slash=True,
        ),
        sources=(
            "nicklaw5/helix, tests of access_token",
            "twitchdev/issues#762",
            "Radioh/ha_twitch_helix#3",
        ),
    ),
    Provider(
        "tesla",
        "Tesla",
        ("tesla_fleet",),
        no_such_code=error(
            400,
            "invalid_auth_code",
            "The 'code' in request body is invalid, generate a new one and try again.",
        ),
        wrong_secret=error(
            400,
            "unauthorized_client",
            "We don't recognize this client_id and client_secret combination",
        ),
        others=(
            Other(
                "redirect URI is another one than before",
                error(
                    400,
                    "invalid_redirect_url",
                    "The authorize redirect URI and token redirect URI must match.",
                ),
                "unknown",
                "developer.tesla.com, conventions",
            ),
        ),
        sources=("developer.tesla.com, conventions",),
    ),
    Provider(
        "home-connect",
        "Home Connect",
        ("home_connect",),
        no_such_code=error(400, "invalid_grant", "invalid refresh_token"),
        wrong_secret=error(
            400,
            "unauthorized_client",
            "request rejected by client authorization authority (developer portal)",
        ),
        others=(
            Other(
                "known client, set to the other way of linking",
                error(400, "unauthorized_client", "grant_type is invalid"),
                "rejected",
                "thoukydides/homebridge-homeconnect#60",
                stays_unknown=NOT_THIS_WAY,
            ),
        ),
        authorize=Authorize(wrong_uri=NOT_AUTHORIZED, unknown_client=NOT_AUTHORIZED),
        sources=(
            "home-assistant/core#140121, #170143",
            "api-docs.home-connect.com, authorization errors",
        ),
    ),
    Provider(
        "home-connect-outage",
        "Home Connect, out of order",
        (),
        no_such_code=SERVER_ERROR,
        wrong_secret=SERVER_ERROR,
        code_first=True,
        authorize=Authorize(
            wrong_uri=NOT_AUTHORIZED,
            unknown_client=NOT_AUTHORIZED,
            known=NOT_AUTHORIZED,
        ),
        sources=("home-assistant/core#82095",),
    ),
    Provider(
        "husqvarna",
        "Husqvarna",
        ("husqvarna_automower",),
        no_such_code=error(400, "invalid_grant", "Failed to find token"),
        wrong_secret=error(401, "invalid_client", "Client or client secret is invalid"),
        sources=(
            "home-assistant/core#119997",
            "Thomas55555/husqvarna_automower#568",
        ),
    ),
    Provider(
        "keycloak",
        "Keycloak",
        ("bosch_smart_camera", "miele", "weheat"),
        no_such_code=error(400, "invalid_grant", "Code not valid"),
        wrong_secret=error(
            401, "invalid_client", "Invalid client or Invalid client credentials"
        ),
        others=(
            Other(
                "wrong secret, before version 24",
                error(
                    401,
                    "unauthorized_client",
                    "Invalid client or Invalid client credentials",
                ),
                "rejected",
                "quoted in public code",
            ),
            Other(
                "public client, which takes any secret",
                error(400, "invalid_grant", "Code not valid"),
                "accepted",
                "Keycloak's ClientIdAndSecretAuthenticator",
                control=error(400, "invalid_grant", "Code not valid"),
                stays_unknown="It looks at no secret",
            ),
        ),
        authorize=Authorize(
            wrong_uri=page(
                "<h1>We are sorry...</h1><p>Invalid parameter: redirect_uri</p>", 400
            ),
            unknown_client=page(
                "<h1>We are sorry...</h1><p>Client not found.</p>", 400
            ),
        ),
        links=Links(
            ended=error(400, "invalid_grant", "Session not active"),
            refused=error(
                401, "invalid_client", "Invalid client or Invalid client credentials"
            ),
            linked={"refresh_expires_in": 1800},
            refreshed={"refresh_expires_in": 1800},
            source="keycloak/keycloak#48063",
        ),
        sources=("Keycloak's source", "home-assistant/core#144841"),
    ),
    Provider(
        "identity-server",
        "IdentityServer",
        ("senz", "tibber"),
        no_such_code=error(400, "invalid_grant"),
        wrong_secret=error(400, "invalid_client"),
        authorize=IDENTITY_SERVER,
        sources=(
            "IdentityServer4's source",
            "jaroschek/home-assistant-myuplink#12, #49, #52",
            "home-assistant/core#172742",
        ),
    ),
    Provider(
        "myuplink",
        "myUplink",
        ("myuplink",),
        no_such_code=Answer(
            400,
            {
                "error": "invalid_grant",
                "error_description": "check authorization server configuration",
                "code": "invalid_grant",
            },
        ),
        wrong_secret=error(400, "invalid_client"),
        authorize=IDENTITY_SERVER,
        sources=("jaroschek/home-assistant-myuplink#12, #49, #52, #123, #190",),
    ),
    Provider(
        "auth0",
        "Auth0",
        ("yoto",),
        no_such_code=error(403, "invalid_grant", "Invalid authorization code"),
        wrong_secret=error(401, "access_denied", "Unauthorized"),
        others=(
            Other(
                "known client, which may not link accounts",
                error(
                    403,
                    "unauthorized_client",
                    "Grant type 'authorization_code' not allowed for the client.",
                ),
                "rejected",
                "trufflesecurity/trufflehog, detector auth0oauth",
                stays_unknown=NOT_THIS_WAY,
            ),
        ),
        authorize=Authorize(
            wrong_uri=page(
                "Callback URL mismatch. The provided redirect_uri is not in the list of allowed callback URLs.",
                403,
            ),
            unknown_client=page("Unknown client: x", 403),
        ),
        sources=("trufflesecurity/trufflehog, detector auth0oauth",),
    ),
    Provider(
        "dropbox",
        "Dropbox",
        ("dropbox",),
        no_such_code=error(400, "invalid_grant", "code doesn't exist or has expired"),
        wrong_secret=error(400, "invalid_client: Invalid client_id or client_secret"),
        sources=("elastic/connectors",),
    ),
    Provider(
        "apigee",
        "Honeywell Home (Apigee)",
        ("lyric",),
        no_such_code=Answer(
            400,
            {"ErrorCode": "invalid_request", "Error": "Invalid Authorization Code"},
        ),
        wrong_secret=Answer(
            401, {"ErrorCode": "invalid_client", "Error": "ClientId is Invalid"}
        ),
        own_way=True,
        authorize=Authorize(
            wrong_uri=sends_to("/apigee/oauth2/app/login"),
            unknown_client=sends_to("/apigee/oauth2/app/login"),
            known=sends_to("/apigee/oauth2/app/login"),
        ),
        sources=(
            "Apigee's OAuthV2 policy",
            "bramkragten/lyric#10",
            "home-assistant/core#133977",
        ),
    ),
    Provider(
        "monzo",
        "Monzo",
        ("monzo",),
        no_such_code=Answer(
            401,
            {
                "code": "unauthorized.bad_authorization_code.used",
                "message": "Authorization code has been used",
            },
        ),
        wrong_secret=Answer(401),
        usual=False,
        others=(
            Other(
                "right client",
                Answer(
                    401,
                    {
                        "code": "unauthorized.bad_authorization_code.used",
                        "message": "Authorization code has been used",
                    },
                ),
                "accepted",
                "quoted in public code",
                stays_unknown="What it says of a wrong secret is not known",
            ),
            Other(
                "redirect URI unknown at the token endpoint",
                Answer(
                    400,
                    {
                        "code": "bad_request.bad_param.redirect_uri",
                        "message": "Mismatched redirect_uri",
                    },
                ),
                "unknown",
                "monzo/docs#68",
            ),
        ),
        authorize=Authorize(
            wrong_uri=page("<script src=app.js></script>"),
            unknown_client=page("<script src=app.js></script>"),
            known=page("<script src=app.js></script>"),
        ),
        sources=("monzo/docs#68", "pawelad/pymonzo#40"),
    ),
    Provider(
        "pingfederate",
        "Volvo (PingFederate)",
        ("volvo",),
        no_such_code=error(
            400, "invalid_grant", "Authorization code is invalid or expired."
        ),
        wrong_secret=error(
            401, "invalid_client", "Invalid client or client credentials."
        ),
        sources=("PingFederate's own answers",),
    ),
    Provider(
        "cidaas",
        "cidaas, as Vorwerk runs it",
        (),
        no_such_code=error(400, "invalid_grant"),
        wrong_secret=error(401, "invalid_client"),
        usual=False,
        others=(
            Other(
                "known client, which must not use this type of grant",
                error(
                    400,
                    "unauthorized_client",
                    "the authenticated client is not authorized to use this authorization grant type",
                ),
                "rejected",
                "miaucl/cookidoo-api#210, #211",
                stays_unknown=NOT_THIS_WAY,
            ),
        ),
        sources=("miaucl/cookidoo-api#210, #211",),
    ),
    Provider(
        "spring",
        "TickTick (Spring)",
        (),
        no_such_code=error(400, "invalid_grant"),
        wrong_secret=error(401, "invalid_client"),
        usual=False,
        authorize=Authorize(
            wrong_uri=page(
                "<h1>OAuth Error</h1><p>error=&quot;invalid_grant&quot;, error_description=&quot;Invalid redirect:"
                " https://my.home-assistant.io/redirect/oauth does not match one of the registered values:"
                " [http://home.local:8123]&quot;"
            ),
        ),
        sources=("Hantick/ticktick-home-assistant#29, #34",),
    ),
    Provider(
        "hydra",
        "WHOOP (Ory Hydra)",
        (),
        no_such_code=error(400, "invalid_grant"),
        wrong_secret=error(401, "invalid_client"),
        usual=False,
        authorize=Authorize(
            wrong_uri=sends_to(
                "/hydra/fallbacks/error?error=invalid_request&error_description=The+request+is+missing+a+required"
                "+parameter&error_hint=The+%22redirect_uri%22+parameter+does+not+match+any+of+the+OAuth+2.0+Client%27s"
                "+pre-registered+redirect+urls."
            ),
            elsewhere=page("Error"),
        ),
        sources=("prankstr/hassio-whoop#4", "GoogleCloudPlatform/fda-mystudies#2269"),
    ),
    Provider(
        "doorkeeper",
        "Doorkeeper, League",
        ("electric_kiwi", "microbees", "neato", "ondilo_ico"),
        no_such_code=error(
            400,
            "invalid_grant",
            "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in"
            " the authorization request, or was issued to another client.",
        ),
        wrong_secret=error(401, "invalid_client", "Client authentication failed"),
        sources=(
            "teslamate-org/teslamate#181",
            "league/oauth2-server's source; that these use it is taken from their URLs",
        ),
    ),
)

# The rest of Home Assistant's: their providers' answers were not found.
NOT_SEEN: Final = (
    "abrp",
    "aladdin_connect",
    "august",
    "gentex_homelink",
    "geocaching",
    "iotty",
    "lametric",
    "mcp",
    "point",
    "smartthings",
    "teslemetry",
    "vicare",
    "willow",
    "yale",
    "yolink",
)
