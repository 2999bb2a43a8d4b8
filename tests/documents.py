"""The parts of the documents that can be tested: links, pictures, examples."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
import re
from typing import Final

REPOSITORY: Final = Path(__file__).parent.parent
DOCUMENTS: Final = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")])

_FENCED: Final = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """The text below a heading, up to the next heading of the same level."""

    title: str
    text: str

    def blocks(self, language: str) -> list[str]:
        """Return the examples in a language."""
        return blocks(self.text, language)

    def inline(self) -> list[str]:
        """Return the inline code."""
        return re.findall(r"`([^`]+)`", prose(self.text))


def name(document: Path) -> str:
    """Return the name of a document for a test id."""
    return document.stem


def blocks(text: str, language: str) -> list[str]:
    """Return the examples in a language, without their indentation."""
    return [
        re.sub(f"^{indent}", "", block, flags=re.MULTILINE)
        for indent, found, block in _FENCED.findall(text)
        if found == language
    ]


def prose(text: str) -> str:
    """Return a text without its examples."""
    return _FENCED.sub("", text)


def sections(text: str) -> Iterator[Section]:
    """Yield the sections with headings of the second level."""
    for part in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        title, _, rest = part.partition("\n")
        yield Section(title, rest)


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    made: set[str] = set()
    for title in re.findall(r"^#+ (.*)$", prose(text), re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).lower()
        anchor = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = sum(each == anchor or each.startswith(f"{anchor}-") for each in made)
        made.add(f"{anchor}-{count}" if anchor in made else anchor)
    return made


def links(text: str) -> set[str]:
    """Return the links of a document within the repository, with anchors."""
    shown = re.sub(r"`[^`\n]*`", "", prose(text))
    found = re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", shown)
    targets = {"".join(each) for each in found}
    return {target for target in targets if ":" not in target}


def pictures(document: Path) -> set[Path]:
    """Return the pictures that a document shows."""
    return {
        (document.parent / link).resolve()
        for link in links(document.read_text())
        if link.endswith(".png")
    }
