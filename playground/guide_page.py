"""The guides as a page of the documentation: docs/guides.md, made from the data that the dialogs show."""

from collections.abc import Iterator
import json
import re
from typing import Final

from custom_components.application_credentials.guides.guide import Guide, Kind
from custom_components.application_credentials.guides.linking import Linking
from custom_components.application_credentials.guides.sentences import Telling
from custom_components.application_credentials.guides.table import GUIDES
from playground import REPOSITORY
from playground.guide_sources import SOURCES

PATH: Final = REPOSITORY / "docs" / "guides.md"

_STRINGS: Final = REPOSITORY / "custom_components/application_credentials/strings.json"
_REDIRECT_URI: Final = "https://my.home-assistant.io/redirect/oauth"
_DOCUMENTATION: Final = "https://www.home-assistant.io/integrations"
_GITHUB: Final = "https://github.com"
_OWN_REPOSITORIES: Final = {"core", "home-assistant.io"}

_INTRODUCTION: Final = f"""\
# Where a client ID comes from

Home Assistant asks for a client ID and a client secret for {{count}} integrations. This page says for each of them whether you
need one of your own, and how to get it. The dialogs say the same, in your language, with the redirect URI of your Home
Assistant and the buttons to go on with.

- **Asked for one that you do not need?** For the integrations that Home Assistant links for you, this happens where account
  linking is not loaded: add `cloud:` to your `configuration.yaml` and restart Home Assistant. It needs no subscription.
- **The redirect URI** is `{_REDIRECT_URI}` wherever [My Home Assistant](https://www.home-assistant.io/integrations/my) is
  loaded, as it is by default. It is not a placeholder. Without it, the dialog shows the one of your Home Assistant.
- **Names of buttons and fields** are those of the provider's pages, as far as they were read. Providers change their pages: each guide
  says on which day it was read. What was inferred, not read, is marked.

This page is made by `scripts/guides` from `custom_components/application_credentials/guides/` and `playground/guide_sources.py`.

## Who provides it

| integration | client ID |
| --- | --- |
"""

_PROVIDES: Final = {
    Kind.OWN: "you",
    Kind.CLOUD_OR_OWN: "Home Assistant's account linking; you, if you want to",
    Kind.CLOUD: "Home Assistant's account linking",
    Kind.BUILTIN: "the integration",
    Kind.PUBLISHED: "the provider, one for everybody",
    Kind.GONE: "nobody any more",
}


def guide_page() -> str:
    """Return the page."""
    domains = sorted(GUIDES, key=lambda domain: SOURCES[domain].name.casefold())
    texts = json.loads(_STRINGS.read_text())["selector"]["guide"]["options"]
    rows = "".join(
        f"| [{SOURCES[domain].name}](#{_anchor(domain)}) | {_PROVIDES[GUIDES[domain].kind]} |\n"
        for domain in domains
    )
    sections = (
        "\n\n".join(_section(domain, GUIDES[domain], texts)) for domain in domains
    )
    return (
        "\n\n".join(
            (
                f"{_INTRODUCTION.replace('{count}', str(len(domains)))}{rows}\n## Integrations",
                *sections,
            )
        ).rstrip()
        + "\n"
    )


def _section(domain: str, guide: Guide, texts: dict[str, str]) -> Iterator[str]:
    source = SOURCES[domain]
    telling = Telling(
        guide,
        texts,
        integration=source.name,
        documentation=f"{_DOCUMENTATION}/{domain}",
        own_uri=_REDIRECT_URI,
        linking=Linking.OFFERED,
    )
    yield f"### {source.name}"
    yield _as_list(telling.whole())
    if source.inferred:
        yield f"*Inferred, not read:* {source.inferred}"
    sources = ", ".join(_source(each) for each in source.where.split())
    yield f"<details><summary>Sources</summary>\n\n{sources}\n\n</details>"


def _as_list(text: str) -> str:
    """Return a guide with its numbered paragraphs as a list, which has room on a page."""
    text = re.sub(r"^(\d+\\\. .*\n)\n(?=\d)", r"\1", text, flags=re.MULTILINE)
    return text.replace("\\. ", ". ")


def _source(where: str) -> str:
    """Return a source as a link, where it has an address."""
    kind, _, rest = where.partition(":")
    if kind == "code":
        return f"`{rest}`"
    if kind == "docs":
        page, _, commit = rest.partition("@")
        path = page if "/" in page else f"_integrations/{page}.markdown"
        return f"[documentation, {commit}]({_GITHUB}/home-assistant/home-assistant.io/blob/{commit}/source/{path})"
    if kind == "https":
        return f"<{where}>"
    repository, _, number = where.partition("#")
    owner = "home-assistant/" if repository in _OWN_REPOSITORIES else ""
    return f"[{where}]({_GITHUB}/{owner}{repository}/issues/{number})"


def _anchor(domain: str) -> str:
    return re.sub(r"[^\w\- ]", "", SOURCES[domain].name.lower()).replace(" ", "-")


if __name__ == "__main__":
    PATH.write_text(guide_page())
