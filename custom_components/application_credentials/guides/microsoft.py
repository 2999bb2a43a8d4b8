"""Microsoft: an app registration is for one type of accounts, so each integration needs its own.

Xbox is not among them: a registration of your own no longer works there.
"""

from typing import Final

from .guide import COPY_ONCE, OPEN, REGISTER, Guide, Kind, Page, Sentence, Values, say

_NEW_SECRET: Final = (
    say("select", "Certificates & secrets", "New client secret"),
    COPY_ONCE,
)


def _microsoft(kind: Kind, accounts: str, *, notes: tuple[Sentence, ...] = ()) -> Guide:
    """Return the guide of an integration for accounts of a type."""
    return Guide(
        kind=kind,
        provider="Microsoft",
        console=Page("Microsoft Entra admin center", "https://entra.microsoft.com/"),
        steps=(
            OPEN,
            say("select", "App registrations", "New registration"),
            say("set", field="Supported account types", value=accounts),
            REGISTER,
            *_NEW_SECRET,
        ),
        values=Values("Application (client) ID", "Value", is_shown_once=True),
        redirect_field="Redirect URI > Web",
        notes=(
            *notes,
            say("note_secret_ends"),
        ),
        secret_months=24,
        new_secret=_NEW_SECRET,
    )


GUIDES: Final = {
    "onedrive": _microsoft(
        Kind.CLOUD_OR_OWN,
        "Personal Microsoft accounts only",
        notes=(say("note_directory"), say("note_backup_folder")),
    ),
    "onedrive_for_business": _microsoft(
        Kind.OWN,
        "Accounts in this organizational directory only",
        notes=(
            say("note_organization"),
            say("note_value", values="*Directory (tenant) ID*"),
        ),
    ),
}
