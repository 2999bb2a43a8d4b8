"""The guides of all integrations, and what follows from them without a word being said."""

from datetime import timedelta
from typing import Final

from . import google, microsoft, none_needed, optional, own
from .guide import REGISTERING, Guide, Kind, LinkLife

GUIDES: Final[dict[str, Guide]] = (
    own.GUIDES | optional.GUIDES | google.GUIDES | microsoft.GUIDES | none_needed.GUIDES
)

# Of these, nobody gets a client at a console.
_NOT_TO_GET: Final = (Kind.CLOUD, Kind.BUILTIN, Kind.GONE)


def guide_of(domain: str) -> Guide | None:
    """Return the guide of an integration, None where there is none."""
    return GUIDES.get(domain)


def is_of_no_use(domain: str) -> bool:
    """Return whether nobody gets a client of their own for an integration, or needs one."""
    guide = guide_of(domain)
    return guide is not None and guide.kind in _NOT_TO_GET


def has_redirect_uri(domain: str) -> bool:
    """Return whether a redirect URI has to be registered for a client of an integration.

    Also where nobody knows.
    """
    guide = guide_of(domain)
    return (
        guide is None
        # Who has a client of these has it by a way of their own.
        or guide.kind in (Kind.CLOUD, Kind.GONE)
        or any(step.key in REGISTERING for step in guide.steps)
    )


def same_console(domain: str) -> frozenset[str]:
    """Return the other integrations that can use a client ID of this one.

    Those are Google's. Microsoft's are none: an app registration is for personal
    accounts or for those of an organization.
    """
    guide = guide_of(domain)
    if guide is None or guide.family is None:
        return frozenset()
    return frozenset(
        other
        for other, each in GUIDES.items()
        if each.family == guide.family and other != domain
    )


def wait_of(domain: str) -> timedelta | None:
    """Return how long the provider may reject a new client ID that is right; None for not at all."""
    guide = guide_of(domain)
    return guide.wait if guide else None


def secret_months(domain: str) -> int | None:
    """Return after how many months a client secret ends at the latest; None where it is not known to."""
    guide = guide_of(domain)
    return guide.secret_months if guide else None


def link_life(domain: str) -> LinkLife | None:
    """Return how long after a login a link ends; None where it is not known to.

    Google's end only while the app is in "Testing", which the answer of a login says:
    there is none for its integrations.
    """
    guide = guide_of(domain)
    return guide.link_life if guide and guide.family is None else None
