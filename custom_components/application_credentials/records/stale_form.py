"""Tell what a person changed in a form from what others have changed meanwhile.

A form shows a record as it was when the form was opened. What is submitted is
compared with that, so that only what the person changed is a change.
"""

from typing import Any

from ..errors import ChangedMeanwhile
from ..models import CredentialRecord


def changed_fields(seen: CredentialRecord, typed: dict[str, Any]) -> dict[str, Any]:
    """Return what of the fields of a form differs from the record that it showed.

    A field that is blank and one that is not there are the same.
    """
    return {
        field: value
        for field, value in typed.items()
        if (value or "") != (seen.get(field) or "")
    }


def refuse_stale(
    seen: CredentialRecord, changes: dict[str, str | None], current: CredentialRecord
) -> None:
    """Raise ChangedMeanwhile where others have changed the same fields, to something else."""
    stale = [
        field
        for field, value in changes.items()
        if current.get(field) not in (seen.get(field), value)
    ]
    if stale:
        raise ChangedMeanwhile(stale)
