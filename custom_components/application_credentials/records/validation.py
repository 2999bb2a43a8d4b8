"""What a credential's fields may hold.

A value reaches this module as the client sent it. Errors name the field, the
character and its place, never the value: it may be a client secret.
"""

from types import NoneType
from typing import Any, Final
import unicodedata

import voluptuous as vol

from homeassistant.const import (
    CONF_CLIENT_ID,
    CONF_CLIENT_SECRET,
    CONF_DOMAIN,
    CONF_ID,
    CONF_NAME,
)
from homeassistant.helpers import config_validation as cv

from ..const import CONF_AUTH_DOMAIN
from ..errors import InvalidCredential

_CREATE_SCHEMA: Final = vol.Schema(
    {
        vol.Required(CONF_DOMAIN): cv.string,
        vol.Required(CONF_CLIENT_ID): vol.All(cv.string, vol.Strip),
        vol.Required(CONF_CLIENT_SECRET): vol.All(cv.string, vol.Strip),
        vol.Optional(CONF_AUTH_DOMAIN): cv.string,
        vol.Optional(CONF_NAME): cv.string,
    }
)
_UPDATE_SCHEMA: Final = vol.Schema(
    {
        vol.Optional(CONF_CLIENT_ID): vol.All(cv.string, vol.Strip),
        vol.Optional(CONF_CLIENT_SECRET): vol.All(cv.string, vol.Strip),
        vol.Optional(CONF_NAME): vol.Any(None, vol.All(cv.string, vol.Strip)),
    }
)

# What a value of the file may be.
_SERVED: Final = (str, int, float)

# Far above what providers issue, far below what would burden a page that lists credentials.
_MAX_LENGTH: Final = {CONF_CLIENT_ID: 1024, CONF_CLIENT_SECRET: 4096, CONF_NAME: 255}

# As Home Assistant's page of credentials calls its fields: it shows our errors as they are.
_CALLED: Final = {
    CONF_CLIENT_ID: "OAuth client ID",
    CONF_CLIENT_SECRET: "OAuth client secret",
    CONF_NAME: "Name",
}


def validate_new(data: dict[str, Any]) -> dict[str, str]:
    """Return the fields of a record that a person or a script wants created.

    `data` is what was sent; the result is stripped and ready to store. Raises
    InvalidCredential where RFC 6749 appendix A.1 or A.2 is not met.
    """
    fields: dict[str, str] = apply_schema(_CREATE_SCHEMA, data)
    _check(fields)
    if name := fields.pop(CONF_NAME, "").strip():
        fields[CONF_NAME] = name
    return fields


def validate_import(data: dict[str, Any]) -> dict[str, str]:
    """Return the fields of a record that an integration imports.

    As lenient as the original: whatever can be a string is one. Raises
    InvalidCredential for anything else.
    """
    return apply_schema(_CREATE_SCHEMA, data)


def validate_changes(data: dict[str, Any]) -> dict[str, str | None]:
    """Return the changes of a record: at least one.

    A `name` of None or without a visible character takes the name away. Raises
    InvalidCredential as for a new record, and where there is nothing to change.
    """
    changes: dict[str, str | None] = apply_schema(_UPDATE_SCHEMA, data)
    if not changes:
        raise InvalidCredential("nothing_to_change")
    _check(changes)
    if not changes.get(CONF_NAME, True):
        changes[CONF_NAME] = None
    return changes


def apply_schema(schema: vol.Schema, data: dict[str, Any]) -> dict[str, Any]:
    """Return what `schema` makes of a request.

    Raises InvalidCredential that says which key is wrong, and why, in the words
    of the schema; what was sent stands in none of them.
    """
    try:
        fields: dict[str, Any] = schema(data)
    except vol.MultipleInvalid as err:
        path = err.errors[0].path
        # From None: a chained error would print the rejected value in a traceback.
        raise InvalidCredential(
            "invalid_field",
            path[0] if path and path[0] in _MAX_LENGTH else None,
            message="\n".join(sorted(str(each) for each in err.errors)),
        ) from None
    return fields


def is_readable(stored: Any) -> bool:
    """Return whether a record of the file can be served, as the original would.

    People edit the file: a number as client ID or client secret, and a name that is
    null, are served as they stand.
    """
    # Each by itself, since a start asks it of every record.
    return (
        isinstance(stored, dict)
        and isinstance(item_id := stored.get(CONF_ID), str)
        and item_id != ""
        and isinstance(stored.get(CONF_DOMAIN), str)
        and isinstance(stored.get(CONF_CLIENT_ID), _SERVED)
        and isinstance(stored.get(CONF_CLIENT_SECRET), _SERVED)
        and isinstance(stored.get(CONF_NAME), (*_SERVED, NoneType))
        and isinstance(stored.get(CONF_AUTH_DOMAIN, ""), str)
    )


def _check(fields: dict[str, Any]) -> None:
    """Refuse fields that cannot be stored."""
    for field in (CONF_CLIENT_ID, CONF_CLIENT_SECRET):
        _check_visible_ascii(field, fields.get(field, ""))
    if fields.get(CONF_CLIENT_ID) == "":
        raise InvalidCredential(
            "empty_field", CONF_CLIENT_ID, field_name=_CALLED[CONF_CLIENT_ID]
        )
    for field, limit in _MAX_LENGTH.items():
        if len(fields.get(field) or "") > limit:
            raise InvalidCredential(
                "too_long", field, field_name=_CALLED[field], limit=str(limit)
            )


def _check_visible_ascii(field: str, value: str) -> None:
    """Refuse what is not VSCHAR, %x20-7E (RFC 6749 appendix A)."""
    for position, character in enumerate(value, start=1):
        if not " " <= character <= "~":
            raise InvalidCredential(
                "invalid_character",
                field,
                field_name=_CALLED[field],
                character=_describe(character),
                position=str(position),
            )


def _describe(character: str) -> str:
    """Return the Unicode name and the code point of a character that cannot be seen."""
    name = unicodedata.name(character, unicodedata.category(character))
    return f"{name} (U+{ord(character):04X})"
