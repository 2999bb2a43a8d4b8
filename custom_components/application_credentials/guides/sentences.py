"""A guide in the words of a language: Markdown, put together from the sentences of `selector.guide`."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final, NamedTuple

from homeassistant.core import HomeAssistant
from homeassistant.loader import Integration, async_get_integrations

from ..const import DOMAIN
from ..text import as_address, as_paragraph, async_texts
from .google import CLIENT_TYPE, PUBLISHING, SHARED
from .guide import (
    COPY,
    OPEN,
    REGISTERING,
    WHEN_OWN,
    Guide,
    Kind,
    Page,
    Sentence,
    Unlinked,
)
from .linking import Linking, async_linking
from .table import GUIDES

_PREFIX: Final = f"component.{DOMAIN}.selector.guide.options."
_DOCUMENTATION: Final = "https://www.home-assistant.io/integrations/"

_HOUR: Final = timedelta(hours=1)

_NEED: Final = {
    Kind.CLOUD: "need_linked",
    Kind.CLOUD_OR_OWN: "need_linked",
    Kind.BUILTIN: "need_builtin",
    Kind.PUBLISHED: "need_published",
    Kind.GONE: "need_gone",
}


class Telling(NamedTuple):
    """A guide, told in the sentences of a language."""

    guide: Guide
    # By their keys in `selector.guide.options`.
    sentences: Mapping[str, str]
    integration: str
    documentation: str
    # The redirect URI of this home; None while Home Assistant does not know its own address.
    own_uri: str | None
    # None where Home Assistant never links accounts.
    linking: Linking | None

    def whole(self, *, then: str = "", own_text: str = "") -> str:
        """Return the guide: whether one is needed, the steps, what to know, and how old all of it is.

        `then` is what to do after the steps. `own_text` is what the integration itself
        says about its credentials: it is folded, since it says much the same.
        """
        guide = self.guide
        parts = [self.need()]
        if guide.kind is Kind.CLOUD_OR_OWN and self.linking is not Linking.NOT_OFFERED:
            parts.append(self._say("own_anyway"))
        parts.append(self._numbered(guide.steps))
        if guide.notes:
            parts.append(self._say("notes", notes=self._joined(guide.notes)))
        parts.append(then)
        parts.append(self._say("as_of" if guide.steps else "as_of_none_to_make"))
        if own_text:
            says = self._say("integration_says")
            parts.append(
                f"<details><summary>{says}</summary>\n\n{own_text}\n\n</details>"
            )
        return "\n\n".join(filter(None, parts))

    def need(self) -> str:
        """Return why no client ID has to be made, and why one is asked for all the same."""
        guide, linking, told = self.guide, self.linking, []
        if linking is Linking.NOT_OFFERED:
            others = (each for each in guide.before if each.key not in WHEN_OWN)
            return self._joined((Sentence("linking_not_offered"), *others))
        if need := _NEED.get(guide.kind):
            told.append(Sentence(need))
        if linking is Linking.NOT_LOADED and guide.unlinked is not Unlinked.LOADS:
            asked = guide.unlinked is Unlinked.ASKS
            told += [
                Sentence("linking_not_loaded" if asked else "linking_needed"),
                Sentence("load_linking"),
            ]
        return self._joined((*told, *guide.before))

    def values(self) -> str:
        """Return where the client ID and the client secret are found again; or why none are needed."""
        guide = self.guide
        if guide.console is None:
            return self.need()
        told = [OPEN]
        if guide.new_secret:
            told += guide.new_secret
        elif guide.values.is_shown_once:
            told.append(Sentence("secret_not_shown"))
        elif guide.values.secret is None:
            told.append(Sentence("copy_id"))
        else:
            told.append(COPY)
        return self._joined(told)

    def redirect_uri(self) -> str:
        """Return where the redirect URI is registered; empty where there is none to register."""
        guide = self.guide
        told = [each for each in guide.steps if each.key in REGISTERING]
        if told and guide.console:
            told.insert(0, OPEN)
        notes = ("note_otherwise", "note_new_application")
        told += [each for each in guide.notes if each.key in notes]
        return "\n\n".join(self._tell(each) for each in told)

    def wait(self) -> str:
        """Return how long it takes until a new client ID works; empty where it works at once."""
        wait = self.guide.wait
        if wait is None:
            return ""
        return self._say("note_wait" if wait <= _HOUR else "note_wait_hours")

    def publishing(self) -> str:
        """Return how an app of Google's leaves "Testing"."""
        return self._numbered(PUBLISHING)

    def reuse(self, others: Iterable[str]) -> str:
        """Return that a client ID of Google's for other integrations can be used, and what else to do for it."""
        found = {"others": ", ".join(others), "type": CLIENT_TYPE}
        more = (step for step in self.guide.steps if step not in SHARED)
        return self._joined((Sentence("reuse", found), *more))

    def _numbered(self, steps: Iterable[Sentence]) -> str:
        """Return steps as numbered paragraphs.

        A list would be indented, and a redirect URI in it would not fit on a phone.
        """
        return "\n\n".join(
            f"{number}\\. {self._tell(step)}"
            for number, step in enumerate(steps, start=1)
        )

    def _joined(self, told: Iterable[Sentence]) -> str:
        return as_paragraph(*map(self._tell, told))

    def _tell(self, sentence: Sentence) -> str:
        text = self._say(sentence.key, **sentence.values)
        if sentence.key not in REGISTERING:
            return text
        address = sentence.values.get("address", self.own_uri)
        line = as_address(address) if address else self._say("address_unknown")
        return f"{text}\n\n{line}"

    def _say(self, key: str, **values: str) -> str:
        guide = self.guide
        console = guide.console or Page("")
        known = {
            "integration": self.integration,
            "link": self.documentation,
            "provider": guide.provider,
            "console": console.name,
            "console_url": console.url,
            "id": guide.values.id,
            "secret": guide.values.secret or "",
            "field": guide.redirect_field,
            "minutes": str((guide.wait or timedelta()) // timedelta(minutes=1)),
            "months": str(guide.secret_months),
            "day": guide.read.isoformat(),
        }
        return self.sentences.get(key, key).format_map({**known, **values})


async def async_telling(
    hass: HomeAssistant, domain: str, redirect_uri: str | None = None
) -> Telling | None:
    """Return the guide of an integration in the language of the person, None without one.

    `redirect_uri` is None while Home Assistant does not know its own address.
    """
    if (guide := GUIDES.get(domain)) is None:
        return None
    texts = await async_texts(hass, "selector")
    integration = (await async_get_integrations(hass, [domain]))[domain]
    name, documentation = domain, None
    if isinstance(integration, Integration):
        name, documentation = integration.name, integration.documentation
    return Telling(
        guide,
        {
            key.removeprefix(_PREFIX): text
            for key, text in texts.items()
            if key.startswith(_PREFIX)
        },
        integration=name,
        documentation=documentation or f"{_DOCUMENTATION}{domain}",
        own_uri=redirect_uri,
        linking=await async_linking(hass, domain),
    )
