"""Integrations that need a client ID of your own, each at another console."""

from datetime import date, timedelta
from typing import Final

from .guide import COPY, COPY_ONCE, CREATE, OPEN, REGISTER, Guide, Page, Values, say

GUIDES: Final = {
    "home_connect": Guide(
        provider="Home Connect",
        console=Page(
            "Home Connect Developer Program",
            "https://developer.home-connect.com/applications",
        ),
        steps=(
            say("sign_up"),
            say(
                "enter_email",
                account="Home Connect",
                field="Default Home Connect User Account for Testing",
            ),
            say("select", "Applications", "Register Application"),
            say("set", field="OAuth Flow", value="Authorization Code Grant Flow"),
            REGISTER,
            COPY,
            say("log_out_wait"),
        ),
        values=Values("Client ID", "Client Secret"),
        notes=(
            say("note_test_users"),
            say("note_login", account="Home Connect"),
            say("note_not_this", value="API Web Client"),
        ),
        wait=timedelta(minutes=15),
    ),
    "husqvarna_automower": Guide(
        provider="Husqvarna",
        console=Page(
            "Husqvarna Group Developer Portal",
            "https://developer.husqvarnagroup.cloud/applications",
        ),
        steps=(
            say("open_account", account="Automower Connect"),
            CREATE,
            REGISTER,
            say("select", "CONNECT NEW API", "Authentication API"),
            say("select", "CONNECT NEW API", "Automower Connect API"),
            COPY,
        ),
        values=Values("Application key", "Application secret"),
        redirect_field="Redirect URL",
    ),
    "lyric": Guide(
        provider="Resideo",
        console=Page(
            "Honeywell Home Developer",
            "https://developer.honeywellhome.com/user/me/apps",
        ),
        steps=(
            say("sign_up"),
            say("same_email", account="Resideo"),
            say("select", "My Apps", "CREATE NEW APP"),
            say("create_plain"),
            REGISTER,
            say("open_application"),
            COPY,
        ),
        values=Values("Consumer Key", "Consumer Secret"),
        redirect_field="Callback URL",
        notes=(say("note_login", account="Resideo"),),
    ),
    "mcp": Guide(
        provider="MCP",
        steps=(say("find_login_service"), say("register_anywhere"), COPY),
        before=(say("need_for_login"),),
        notes=(say("note_login_service"),),
    ),
    "microbees": Guide(
        provider="microBees",
        console=Page(
            "microBees Developers", "https://developers.microbees.com/dashboard"
        ),
        steps=(
            say("open_account", account="microBees"),
            CREATE,
            say("select", "WebApplication"),
            say("register_website", address="https://my.home-assistant.io"),
            COPY,
        ),
        values=Values("Client ID", "Client Secret"),
        redirect_field="Website URL",
        notes=(say("note_otherwise"),),
    ),
    "monzo": Guide(
        provider="Monzo",
        console=Page("Monzo Developers", "https://developers.monzo.com/"),
        steps=(
            OPEN,
            say("select", "Clients", "New OAuth Client"),
            REGISTER,
            say("set", field="Confidentiality", value="Confidential"),
            COPY,
            say("approve_in_app", app="Monzo"),
        ),
        redirect_field="Redirect URLs",
        notes=(say("note_one_account"),),
    ),
    "myuplink": Guide(
        provider="myUplink",
        console=Page("myUplink developer site", "https://dev.myuplink.com/apps"),
        steps=(
            say("open_account", account="myUplink"),
            say("select", "Applications", "Create New Application"),
            REGISTER,
            COPY,
        ),
        values=Values("Client ID", "Client Secret"),
        redirect_field="Callback URL",
        notes=(say("note_some_paid", plan="myUplink"), say("note_new_application")),
    ),
    "point": Guide(
        provider="Minut",
        console=Page("Minut web app", "https://web.minut.com/settings/api-clients"),
        steps=(OPEN, say("select", "Create client"), REGISTER, COPY),
        values=Values("ClientID", "ClientSecret"),
        notes=(say("note_by_email", email="hello@minut.com"),),
    ),
    "spotify": Guide(
        provider="Spotify",
        console=Page(
            "Spotify for Developers", "https://developer.spotify.com/dashboard"
        ),
        steps=(
            say("open_account", account="Spotify Premium"),
            say("create_or_use"),
            REGISTER,
            say("select", "Web API"),
            say("select", "Settings", "View client secret"),
            COPY,
            say("accounts", place="User Management", count="5"),
        ),
        redirect_field="Redirect URIs",
        notes=(
            say("note_paid", plan="Spotify Premium"),
            say("note_link_ends", months="6"),
        ),
        link_life=timedelta(days=182),
    ),
    "tesla_fleet": Guide(
        provider="Tesla",
        console=Page("Tesla Developer", "https://developer.tesla.com/en_US/dashboard"),
        steps=(
            say("verify_email", account="Tesla"),
            say("two_factor", account="Tesla"),
            OPEN,
            CREATE,
            say("select", "Just for me"),
            say(
                "set",
                field="OAuth Grant Type",
                value="Authorization Code and Machine-to-Machine",
            ),
            say(
                "enter_domain",
                field="Allowed Origin URL(s)",
                example="`https://example.com/`",
            ),
            REGISTER,
            say("all_permissions"),
            say("select", "Credentials & APIs"),
            COPY,
        ),
        values=Values("Client ID", "Client Secret"),
        redirect_field="Allowed Redirect URI(s)",
        notes=(say("note_public_key"), say("note_credit", price="US$10")),
    ),
    "twitch": Guide(
        provider="Twitch",
        console=Page("Twitch Developers", "https://dev.twitch.tv/console/apps"),
        steps=(
            say("two_factor", account="Twitch"),
            OPEN,
            say("select", "Register Your Application"),
            say("create_unique"),
            REGISTER,
            say("set", field="Client Type", value="Confidential"),
            say("select", "Create"),
            say("select", "Manage", "New Secret"),
            COPY_ONCE,
        ),
        values=Values("Client ID", "Client Secret", is_shown_once=True),
        redirect_field="OAuth Redirect URLs",
        read=date(2026, 12, 1),
    ),
    "vicare": Guide(
        provider="Viessmann",
        console=Page(
            "Viessmann Developer Portal",
            "https://app.developer.viessmann-climatesolutions.com",
        ),
        steps=(
            say("open_account", account="ViCare"),
            say("select", "Clients"),
            CREATE,
            say("set", field="Google reCAPTCHA", value="off"),
            REGISTER,
            say("copy_id"),
        ),
        values=Values("Client ID", None),
        notes=(
            say("note_wait"),
            say("note_some_paid", plan="Advanced"),
            say("note_old_client", uri="`vicare://`"),
        ),
        wait=timedelta(hours=1),
    ),
    "withings": Guide(
        provider="Withings",
        console=Page(
            "Withings Developer Dashboard",
            "https://developer.withings.com/dashboard/welcome",
        ),
        steps=(
            OPEN,
            say("select", "Public Cloud"),
            say("select", "Create an application", "Public API integration"),
            say("set", field="Target environment", value="Development"),
            REGISTER,
            say("do_not_test"),
            COPY,
        ),
        values=Values("ClientID", "Secret"),
        redirect_field="Registered URLs",
    ),
}
