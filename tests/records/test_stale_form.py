"""What a person changed in a form, and what others have changed meanwhile."""

from typing import Any

import pytest

from custom_components.application_credentials.errors import ChangedMeanwhile
from custom_components.application_credentials.models import CredentialRecord
from custom_components.application_credentials.records.stale_form import (
    changed_fields,
    refuse_stale,
)

SEEN = CredentialRecord(
    id="shop_abc", domain="shop", client_id="abc", client_secret="s", name="Kitchen"
)
NAMELESS = CredentialRecord(
    id="shop_abc", domain="shop", client_id="abc", client_secret="s"
)


@pytest.mark.parametrize(
    ("seen", "typed", "changed"),
    [
        (SEEN, {}, {}),
        (SEEN, {"name": "Kitchen", "client_id": "abc"}, {}),
        (SEEN, {"name": "", "client_id": "abc"}, {"name": ""}),
        (SEEN, {"client_id": "", "client_secret": "t"}, None),
        (NAMELESS, {"name": "", "client_id": "abc"}, {}),
        (NAMELESS, {"name": "Kitchen"}, None),
    ],
)
def test_only_what_differs_from_what_was_seen_is_a_change(
    seen: CredentialRecord, typed: dict[str, Any], changed: dict[str, Any] | None
) -> None:
    """A blank field is one that is not there."""
    assert changed_fields(seen, typed) == (typed if changed is None else changed)


@pytest.mark.parametrize(
    ("current", "changes", "stale"),
    [
        ({}, {"name": "Cellar"}, []),
        ({"client_id": "new"}, {"name": "Cellar"}, []),
        ({"name": "Attic"}, {"name": "Cellar"}, ["name"]),
        ({"name": "Cellar"}, {"name": "Cellar"}, []),
        ({"name": "Attic"}, {"name": None}, ["name"]),
        ({"name": None}, {"name": None}, []),
        ({"name": None}, {"name": "Cellar"}, ["name"]),
        (
            {"name": "Attic", "client_secret": "t", "client_id": "def"},
            {"name": "Cellar", "client_secret": "u"},
            ["name", "client_secret"],
        ),
    ],
)
def test_what_both_have_changed_is_refused(
    current: dict[str, Any], changes: dict[str, str | None], stale: list[str]
) -> None:
    """Unless both wanted the same; the error names the fields, and no value."""
    now: Any = {
        field: value
        for field, value in {**SEEN, **current}.items()
        if value is not None
    }
    if not stale:
        refuse_stale(SEEN, changes, now)
        return
    with pytest.raises(ChangedMeanwhile) as raised:
        refuse_stale(SEEN, changes, now)
    assert raised.value.fields == stale
    assert raised.value.translation_placeholders == {"fields": ", ".join(stale)}
