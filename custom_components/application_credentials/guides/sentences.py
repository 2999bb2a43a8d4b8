"""A guide in the words of a language: Markdown, put together from the sentences of `selector.guide`."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from .google import PUBLISHING
from .guide import COPY, ENABLE, OPEN, Guide, Kind, Page, Sentence, Unlinked

# A line of its own follows these: the redirect URI, or the address in their values.
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

_HOUR: Final = timedelta(hours=1)

_LINKED: Final = {Kind.CLOUD, Kind.CLOUD_OR_OWN}
_NEED: Final = {
    Kind.CLOUD: "need_linked",
    Kind.CLOUD_OR_OWN: "need_linked",
    Kind.BUILTIN: "need_builtin",
    Kind.PUBLISHED: "need_published",
    Kind.GONE: "need_gone",
}


class Place(NamedTuple):
    """What a guide is about, and where it is read."""

    integration: str
    documentation: str
    # None while Home Assistant does not know its own address.
    redirect_uri: str | None
    is_linking_loaded: bool


class Telling:
    """A guide, told in the sentences of a language."""

    def __init__(
        self, guide: Guide, sentences: Mapping[str, str], place: Place
    ) -> None:
        """Initialize with the texts by their keys in `selector.guide.options`."""
        self._guide = guide
        self._sentences = sentences
        self._place = place
        console = guide.console or Page("")
        self._values = {
            "integration": place.integration,
            "link": place.documentation,
            "provider": guide.provider,
            "console": console.name,
            "console_url": console.url,
            "id": guide.values.id,
            "secret": guide.values.secret or "",
            "field": guide.redirect_field or "",
            "apis": ", ".join(_link(api) for api in guide.apis),
            "minutes": str((guide.wait or timedelta()) // timedelta(minutes=1)),
            "months": str(guide.secret_months),
            "day": guide.read.isoformat(),
        }

    def whole(self, own_text: str = "") -> str:
        """Return the guide: whether one is needed, the steps, what to know, and how old all of it is.

        `own_text` is what the integration itself says about its credentials.
        """
        guide = self._guide
        parts = [self.need()]
        if guide.kind is Kind.CLOUD_OR_OWN:
            parts.append(self._say("own_anyway"))
        parts.append(self._numbered(guide.steps))
        if guide.notes:
            parts.append(self._say("notes", notes=self._joined(guide.notes)))
        parts.append(self._say("as_of"))
        if own_text:
            parts += [self._say("integration_says"), own_text]
        return "\n\n".join(filter(None, parts))

    def need(self) -> str:
        """Return why no client ID has to be made, and why one is asked for all the same."""
        guide, told = self._guide, []
        if need := _NEED.get(guide.kind):
            told.append(Sentence(need))
        if (
            guide.kind in _LINKED
            and not self._place.is_linking_loaded
            and guide.unlinked is not Unlinked.LOADS
        ):
            asked = guide.unlinked is Unlinked.ASKS
            told += [
                Sentence("linking_not_loaded" if asked else "linking_needed"),
                Sentence("load_linking"),
            ]
        return self._joined((*told, *guide.before))

    def values(self) -> str:
        """Return where the client ID and the client secret are found again; or why none are needed."""
        guide = self._guide
        if guide.console is None:
            return self.need()
        told = [OPEN]
        if guide.values.is_shown_once:
            told.append(Sentence("secret_not_shown"))
        elif guide.values.secret is None:
            told.append(Sentence("copy_id"))
        else:
            told.append(COPY)
        return self._joined(told)

    def redirect_uri(self) -> str:
        """Return where the redirect URI is registered; empty where there is none to register."""
        guide = self._guide
        told = [each for each in guide.steps if each.key in REGISTERING]
        if told and guide.console:
            told.insert(0, OPEN)
        notes = ("note_otherwise", "note_new_application")
        told += [each for each in guide.notes if each.key in notes]
        return "\n\n".join(self._tell(each) for each in told)

    def wait(self) -> str:
        """Return how long it takes until a new client ID works; empty where it works at once."""
        wait = self._guide.wait
        if wait is None:
            return ""
        return self._say("note_wait" if wait <= _HOUR else "note_wait_hours")

    def publishing(self) -> str:
        """Return how an app of Google's leaves "Testing"; empty for other providers."""
        return self._numbered(PUBLISHING) if self._guide.family else ""

    def reuse(self, others: Iterable[str]) -> str:
        """Return that a client ID of others of the family can be used, and what to enable for it."""
        return self._joined((Sentence("reuse", {"others": ", ".join(others)}), ENABLE))

    def _numbered(self, steps: Iterable[Sentence]) -> str:
        told = (self._tell(step, indent="   ") for step in steps)
        return "\n".join(
            # An empty line parts a line of its own from the next step.
            f"{number}. {text}" + ("\n" if "\n" in text else "")
            for number, text in enumerate(told, start=1)
        ).rstrip()

    def _joined(self, told: Iterable[Sentence]) -> str:
        return " ".join(self._tell(each) for each in told)

    def _tell(self, sentence: Sentence, *, indent: str = "") -> str:
        text = self._say(sentence.key, **sentence.values)
        if sentence.key not in REGISTERING:
            return text
        address = sentence.values.get("address", self._place.redirect_uri)
        line = f"`{address}`" if address else self._say("address_unknown")
        return f"{text}\n\n{indent}{line}"

    def _say(self, key: str, **values: str) -> str:
        return self._sentences.get(key, key).format_map({**self._values, **values})


def _link(page: Page) -> str:
    return f"[{page.name}]({page.url})" if page.url else f"*{page.name}*"
