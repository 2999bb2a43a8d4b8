"""What a guide is made of: who provides the client ID, the steps to one of your own, and what to know before."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

# The day on which a guide was last compared with its sources, unless it has another.
READ: Final = date(2026, 11, 30)


class Kind(StrEnum):
    """Who provides the client ID of an integration."""

    # The person, at the provider's console.
    OWN = "own"
    # Home Assistant's account linking; the person only if they want to.
    CLOUD_OR_OWN = "cloud_or_own"
    # Home Assistant's account linking alone.
    CLOUD = "cloud"
    # The integration itself.
    BUILTIN = "builtin"
    # The provider, with one for everybody on a public page.
    PUBLISHED = "published"
    # Nobody any more.
    GONE = "gone"


class Unlinked(StrEnum):
    """What an integration does where account linking (`cloud`) is not loaded."""

    # It asks for a credential.
    ASKS = "asks"
    # It cannot be set up.
    REFUSES = "refuses"
    # It has `cloud` loaded, as a dependency.
    LOADS = "loads"


class Page(NamedTuple):
    """A page of a console by its name there; without an address where none is known."""

    name: str
    url: str = ""


class Values(NamedTuple):
    """What a console calls the client ID and the client secret; no secret where there is none."""

    id: str = "Client ID"
    secret: str | None = "Client secret"  # noqa: S105 (what a console calls it)
    # The secret is shown only when it is made.
    is_shown_once: bool = False


class Sentence(NamedTuple):
    """A sentence of the vocabulary (`selector.guide` in strings.json), and what is put into it."""

    key: str
    values: Mapping[str, str] = {}


class Guide(NamedTuple):
    """What a person has to know who is asked for the credential of an integration."""

    provider: str
    kind: Kind = Kind.OWN
    console: Page | None = None
    steps: tuple[Sentence, ...] = ()
    values: Values = Values()
    # What the console calls the field for the redirect URI, if a step registers it.
    redirect_field: str = "Redirect URI"
    # What else is said at the beginning, for instance what to use instead.
    before: tuple[Sentence, ...] = ()
    notes: tuple[Sentence, ...] = ()
    unlinked: Unlinked = Unlinked.ASKS
    # How long the provider may reject a new client ID that is right.
    wait: timedelta | None = None
    secret_months: int | None = None
    # Those of the steps that make a new client secret, where it can be made by itself.
    new_secret: tuple[Sentence, ...] = ()
    # How long after a login the provider ends a link with such a client ID, whatever the account does.
    link_life: timedelta | None = None
    read: date = READ


def say(key: str, *names: str, **values: str) -> Sentence:
    """Return a sentence; `names` are what the console calls the buttons, pages or fields to go through."""
    if names:
        values["names"] = " > ".join(f"*{name}*" for name in names)
    return Sentence(key, values)


# Sentences without values of their own: the guide has them.
OPEN: Final = Sentence("open")
CREATE: Final = Sentence("create")
REGISTER: Final = Sentence("register")
COPY: Final = Sentence("copy")
COPY_ONCE: Final = Sentence("copy_once")

# Sentences that say when a client ID of your own is needed although account linking offers one.
WHEN_OWN: Final = frozenset(
    {"need_own_if", "need_own_on_advice", "need_own_for_doorbells"}
)

# Sentences that a line of its own follows: the redirect URI, or the address in their values.
REGISTERING: Final = frozenset(
    {
        "register",
        "register_anywhere",
        "register_optional",
        "register_website",
        "by_email",
        "note_otherwise",
    }
)
