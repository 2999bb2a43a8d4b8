"""Integrations that Home Assistant links, and that also take a client ID of your own."""

from datetime import date, timedelta
from typing import Final

from .guide import (
    COPY,
    COPY_ONCE,
    CREATE,
    OPEN,
    REGISTER,
    Guide,
    Kind,
    Page,
    Values,
    say,
)

GUIDES: Final = {
    "dropbox": Guide(
        kind=Kind.CLOUD_OR_OWN,
        provider="Dropbox",
        console=Page("Dropbox App Console", "https://www.dropbox.com/developers/apps"),
        steps=(
            OPEN,
            say("select", "Create app", "Scoped access", "App folder"),
            say("create_unique"),
            REGISTER,
            say("select", "Permissions"),
            say(
                "permissions",
                permissions="`account_info.read`, `files.metadata.read`,"
                " `files.content.read`, `files.content.write`",
            ),
            say("select", "Submit"),
            COPY,
        ),
        values=Values("App key", "App secret"),
        redirect_field="OAuth 2 > Redirect URIs",
        before=(say("need_own_if", message="frozen pending review"),),
    ),
    "lametric": Guide(
        kind=Kind.CLOUD_OR_OWN,
        provider="LaMetric",
        console=Page(
            "LaMetric Developer",
            "https://developer.lametric.com/applications/createsource",
        ),
        steps=(
            say("open_account", account="LaMetric"),
            say("select", "Notification"),
            CREATE,
            REGISTER,
            say("enter_any_address", field="Privacy Policy"),
            say("permissions", permissions="`basic`, `devices_read`"),
            say("open_application"),
            COPY,
        ),
        values=Values("Client ID", "Client Secret"),
        before=(say("need_device"),),
    ),
    "miele": Guide(
        kind=Kind.CLOUD_OR_OWN,
        provider="Miele",
        console=Page("Miele developer", "https://developer.miele.com/get-involved"),
        steps=(
            OPEN,
            say("enter_email", account="Miele", field="Email"),
            say("activate"),
            COPY_ONCE,
        ),
        values=Values("Client ID", "Client Secret", is_shown_once=True),
        before=(say("need_own_on_advice"),),
        notes=(say("note_wait"), say("note_password")),
        wait=timedelta(hours=1),
        read=date(2026, 12, 1),
    ),
    "netatmo": Guide(
        kind=Kind.CLOUD_OR_OWN,
        provider="Netatmo",
        console=Page("Netatmo Connect", "https://dev.netatmo.com/"),
        steps=(
            say("open_account", account="Netatmo"),
            CREATE,
            say("register_optional"),
            say("leave_empty", field="Webhook URI"),
            COPY,
        ),
        values=Values("Client ID", "Client Secret"),
        before=(say("need_own_for_doorbells"),),
    ),
    "tibber": Guide(
        kind=Kind.CLOUD_OR_OWN,
        provider="Tibber",
        console=Page(
            "Tibber Data API clients", "https://data-api.tibber.com/clients/manage"
        ),
        steps=(
            say("open_account", account="Tibber"),
            CREATE,
            say(
                "permissions",
                permissions="`data-api-user-read`, `data-api-chargers-read`,"
                " `data-api-energy-systems-read`, `data-api-homes-read`,"
                " `data-api-thermostats-read`, `data-api-vehicles-read`,"
                " `data-api-inverters-read`",
            ),
            REGISTER,
            COPY_ONCE,
        ),
        values=Values(is_shown_once=True),
        before=(say("need_own_if", message="Too many requests"),),
    ),
    "volvo": Guide(
        kind=Kind.CLOUD_OR_OWN,
        provider="Volvo",
        console=Page(
            "Volvo Developer Portal",
            "https://developer.volvocars.com/account/#your-api-applications",
        ),
        steps=(
            say("sign_up"),
            CREATE,
            say("select", "Publish"),
            say("all_permissions"),
            REGISTER,
            COPY,
        ),
        before=(say("need_api_key"),),
        notes=(
            say("note_review"),
            say("note_link_ends", months="6"),
        ),
        link_life=timedelta(days=182),
    ),
    "yolink": Guide(
        kind=Kind.CLOUD_OR_OWN,
        provider="YoLink",
        steps=(say("by_email", email="service@yosmart.com"),),
        values=Values("client_id", "client_secret"),
        notes=(say("note_not_this", value="UAC"),),
    ),
    "yoto": Guide(
        kind=Kind.CLOUD_OR_OWN,
        provider="Yoto",
        console=Page("Yoto Developer Dashboard", "https://dashboard.yoto.dev/"),
        steps=(
            OPEN,
            CREATE,
            say("set", field="Application type", value="Confidential Client"),
            REGISTER,
            say("all_permissions"),
            COPY,
        ),
        redirect_field="Allowed Callback URLs",
    ),
}
