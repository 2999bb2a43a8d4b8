"""The flows that fix the issues: which of them fixes which issue of issues.py."""

from typing import Final

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
)
from .client import ClientFlow
from .credential_missing import CredentialMissingFlow
from .deletion import NotNeededFlow, RecordUnreadableFlow
from .flow import FixFlow
from .link_ends import LinkEndsFlow
from .redirect_uri import RedirectUriFlow

FLOWS: Final[dict[str, type[FixFlow]]] = {
    CLIENT_REJECTED: ClientFlow,
    SECRET_ENDS: ClientFlow,
    REDIRECT_URI_REJECTED: RedirectUriFlow,
    CREDENTIAL_MISSING: CredentialMissingFlow,
    NOT_NEEDED: NotNeededFlow,
    RECORD_UNREADABLE: RecordUnreadableFlow,
    LINK_ENDS: LinkEndsFlow,
    LINK_ENDS_TESTING: LinkEndsFlow,
    LINK_ENDED: LinkEndsFlow,
    LINK_ENDED_TESTING: LinkEndsFlow,
}
