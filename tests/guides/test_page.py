"""The page of the documentation that is made from the guides, and their sources."""

import re

from custom_components.application_credentials.guides.table import GUIDES
from playground.guide_page import PATH, guide_page
from playground.guide_sources import SOURCES

# A page of Home Assistant's documentation, a file of its code, an issue, or an address.
SOURCE = (
    r"docs:[\w./]+@[0-9a-f]{7}"
    r"|code:[\w/]+(\.py|\.json)?"
    r"|(core|home-assistant\.io|[\w.-]+/[\w.-]+)#\d+"
    r"|https://\S+"
)


def test_the_page_is_up_to_date() -> None:
    """It is made by scripts/guides."""
    assert PATH.read_text() == guide_page()


def test_every_guide_has_its_sources() -> None:
    """And no source is of a guide that is gone."""
    assert SOURCES.keys() == GUIDES.keys()


def test_a_source_says_where_it_is() -> None:
    """None is named twice."""
    for domain, source in SOURCES.items():
        sources = source.where.split()
        assert sources, domain
        assert len(sources) == len(set(sources)), domain
        for each in sources:
            assert re.fullmatch(SOURCE, each), (domain, each)
