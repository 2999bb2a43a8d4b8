"""The guides of all integrations, and what the rest of the component asks about them."""

from datetime import timedelta
from typing import Final

from . import google, microsoft, none_needed, optional, own
from .guide import REGISTERING, Guide, Kind

GUIDES: Final[dict[str, Guide]] = (
    own.GUIDES | optional.GUIDES | google.GUIDES | microsoft.GUIDES | none_needed.GUIDES
)

# What stands for the guide of an integration that has none.
_NONE: Final = Guide("")

# The kinds of which nobody gets a client ID at a console.
_NOT_TO_GET: Final = (Kind.CLOUD, Kind.BUILTIN, Kind.GONE)


def is_of_no_use(domain: str) -> bool:
    """Return whether nobody needs a client ID of their own for an integration, or can get one."""
    return GUIDES.get(domain, _NONE).kind in _NOT_TO_GET


def has_redirect_uri(domain: str) -> bool:
    """Return whether a redirect URI has to be registered for an integration, or nobody knows."""
    guide = GUIDES.get(domain)
    return (
        guide is None
        # There is no guide to a client ID of these; who has one got it in another way.
        or guide.kind in (Kind.CLOUD, Kind.GONE)
        or any(step.key in REGISTERING for step in guide.steps)
    )


def same_console(domain: str) -> frozenset[str]:
    """Return the other integrations that can use a client ID of this one.

    Those are Google's. Microsoft's are none: an app registration is for personal
    accounts or for those of an organization. A person who has one for both can still copy it.
    """
    if domain not in google.GUIDES:
        return frozenset()
    return frozenset(google.GUIDES) - {domain}


def wait_of(domain: str) -> timedelta | None:
    """Return how long the provider may reject a new client ID that is right, if at all."""
    return GUIDES.get(domain, _NONE).wait


def may_secret_end(domain: str) -> bool:
    """Return whether a client secret of an integration ends, or nobody knows."""
    guide = GUIDES.get(domain)
    return guide is None or guide.secret_months is not None


def link_life(domain: str) -> timedelta | None:
    """Return how long after a login every link ends, None where it does not.

    Google's links end only while the app is in "Testing", which the answer of a login says.
    """
    return GUIDES.get(domain, _NONE).link_life
