"""Which flow fixes which issue of issues.py."""

from typing import Final

from homeassistant.core import HomeAssistant, callback

from ..issues import (
    CLIENT_REJECTED,
    CREDENTIAL_MISSING,
    LINK_ENDED,
    LINK_ENDED_TESTING,
    LINK_ENDS,
    LINK_ENDS_TESTING,
    NOT_NEEDED,
    RECORD_UNREADABLE,
    REDIRECT_URI_REJECTED,
    SECRET_ENDS,
    credential_with,
)
from .client_rejected import ClientRejectedFlow
from .credential_missing import CredentialMissingFlow
from .flow import FixFlow
from .link_ends import LinkEndsFlow
from .not_needed import NotNeededFlow
from .record_unreadable import RecordUnreadableFlow
from .redirect_uri_rejected import RedirectUriRejectedFlow
from .secret_ends import SecretEndsFlow

_FLOWS: Final[dict[str, type[FixFlow]]] = {
    CLIENT_REJECTED: ClientRejectedFlow,
    REDIRECT_URI_REJECTED: RedirectUriRejectedFlow,
    CREDENTIAL_MISSING: CredentialMissingFlow,
    NOT_NEEDED: NotNeededFlow,
    RECORD_UNREADABLE: RecordUnreadableFlow,
    SECRET_ENDS: SecretEndsFlow,
    LINK_ENDS: LinkEndsFlow,
    LINK_ENDS_TESTING: LinkEndsFlow,
    LINK_ENDED: LinkEndsFlow,
    LINK_ENDED_TESTING: LinkEndsFlow,
}


@callback
def fix_flow(hass: HomeAssistant, kind: str, about: str) -> FixFlow:
    """Return the flow that fixes an issue of some kind; `about` is the id in its data."""
    if kind in (CLIENT_REJECTED, REDIRECT_URI_REJECTED, NOT_NEEDED, SECRET_ENDS):
        about = credential_with(hass, about)
    return _FLOWS[kind](about)
