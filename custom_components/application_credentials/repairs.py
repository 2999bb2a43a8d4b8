"""Which flow fixes which issue of issues.py; the flows are in the package `fixes`."""

from typing import Final

from homeassistant.components.repairs import RepairsFlow
from homeassistant.const import CONF_ID
from homeassistant.core import HomeAssistant

from .fixes.client_rejected import ClientRejectedFlow
from .fixes.credential_missing import CredentialMissingFlow
from .fixes.flow import FixFlow
from .fixes.link_ends import LinkEndsFlow
from .fixes.record_unreadable import RecordUnreadableFlow
from .fixes.redirect_uri_rejected import RedirectUriRejectedFlow
from .issues import (
    CLIENT_REJECTED,
    CREDENTIAL_MISSING,
    LINK_ENDS,
    LINK_ENDS_TESTING,
    RECORD_UNREADABLE,
    REDIRECT_URI_REJECTED,
    credential_with,
)

_FLOWS: Final[dict[str, type[FixFlow]]] = {
    CLIENT_REJECTED: ClientRejectedFlow,
    REDIRECT_URI_REJECTED: RedirectUriRejectedFlow,
    CREDENTIAL_MISSING: CredentialMissingFlow,
    RECORD_UNREADABLE: RecordUnreadableFlow,
    LINK_ENDS: LinkEndsFlow,
    LINK_ENDS_TESTING: LinkEndsFlow,
}


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, str | int | float | None] | None
) -> RepairsFlow:
    """Return the flow that fixes an issue; `data` is what the issue was raised with."""
    assert data is not None
    kind, about = str(data["kind"]), str(data[CONF_ID])
    if kind in (CLIENT_REJECTED, REDIRECT_URI_REJECTED):
        about = credential_with(hass, about)
    return _FLOWS[kind](about)
