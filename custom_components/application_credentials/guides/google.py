"""Google: one client ID serves all of its integrations; each has an API of its own to enable."""

from datetime import timedelta
from typing import Final

from .guide import COPY_ONCE, REGISTER, Guide, Page, Sentence, Values, say

_CONSOLE: Final = "https://console.cloud.google.com"
_LIBRARY: Final = f"{_CONSOLE}/apis/library"
_DEVICE_ACCESS: Final = "https://console.nest.google.com/device-access/"

# The only type that works.
CLIENT_TYPE: Final = "Web application"

AUDIENCE: Final = f"{_CONSOLE}/auth/audience"

_BRANDING: Final = say(
    "google_branding",
    page="Branding",
    url=f"{_CONSOLE}/auth/branding",
    field="Authorized domains",
)
_PUBLISH: Final = say("under", "Publish app", page="Audience", url=AUDIENCE)

_PROJECT: Final = say("open_project")
_CLIENT: Final = (
    say(
        "google_start",
        page="Google Auth Platform",
        url=f"{_CONSOLE}/auth/overview",
        button="Get started",
        audience="External",
    ),
    _BRANDING,
    _PUBLISH,
    say(
        "under",
        *("Create client", CLIENT_TYPE),
        page="Clients",
        url=f"{_CONSOLE}/auth/clients",
    ),
    REGISTER,
    COPY_ONCE,
)
_NOTES: Final = (
    say("note_testing", "Audience", "Test users", status="Testing"),
    say("note_unverified"),
    say("note_wait_hours"),
)

# What is done once, whatever a client ID is used for.
SHARED: Final = (_PROJECT, *_CLIENT)

# How an app leaves "Testing", in which every link ends after seven days.
PUBLISHING: Final = (_BRANDING, _PUBLISH)


def _google(
    *apis: Sentence,
    steps: tuple[Sentence, ...] = (),
    notes: tuple[Sentence, ...] = (),
) -> Guide:
    """Return the guide of an integration of Google's that uses these APIs."""
    return Guide(
        provider="Google",
        console=Page("Google Cloud console", f"{_CONSOLE}/apis/credentials"),
        steps=(_PROJECT, *apis, *_CLIENT, *steps),
        values=Values(is_shown_once=True),
        redirect_field="Authorized redirect URIs",
        notes=notes + _NOTES,
        wait=timedelta(hours=6),
    )


def _api(name: str, service: str) -> Sentence:
    return say("enable", api=f"[{name}]({_LIBRARY}/{service}.googleapis.com)")


_DRIVE: Final = _api("Google Drive API", "drive")

GUIDES: Final = {
    "google": _google(_api("Google Calendar API", "calendar-json")),
    "google_assistant_sdk": _google(
        _api("Google Assistant API", "embeddedassistant"),
        notes=(say("note_language"),),
    ),
    "google_drive": _google(_DRIVE),
    "google_health": _google(
        _api("Google Health API", "health"), notes=(say("note_keep_permissions"),)
    ),
    "google_mail": _google(_api("Gmail API", "gmail")),
    "google_photos": _google(_api("Google Photos Library API", "photoslibrary")),
    "google_sheets": _google(_DRIVE, _api("Google Sheets API", "sheets")),
    "google_tasks": _google(_api("Google Tasks API", "tasks")),
    "nest": _google(
        _api("Smart Device Management API", "smartdevicemanagement"),
        _api("Cloud Pub/Sub API", "pubsub"),
        steps=(
            say(
                "nest_project",
                page="Device Access Console",
                url=_DEVICE_ACCESS,
                price="US$5",
            ),
            say("nest_events"),
        ),
        notes=(
            say("note_not_accounts", service="Google Workspace"),
            say(
                "note_value",
                values=f"[Cloud Project ID]({_CONSOLE}/home/dashboard),"
                f" [Device Access Project ID]({_DEVICE_ACCESS})",
            ),
        ),
    ),
    "youtube": _google(
        _api("YouTube Data API v3", "youtube"), notes=(say("note_channel"),)
    ),
}
