"""The fields that forms are made of, and how an error finds its field."""

from collections.abc import Container
from typing import Final

import voluptuous as vol

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME
from homeassistant.helpers.selector import (
    FileSelector,
    FileSelectorConfig,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
)

from ..errors import ChangedMeanwhile, CredentialError, InvalidCredential

CONF_CREDENTIAL: Final = "credential"
CONF_FILE: Final = "file"
CONF_ACCOUNTS: Final = "accounts"
CONF_TARGET: Final = "target"
CONF_DOMAINS: Final = "domains"
CONF_NEXT: Final = "next"
ADD: Final = "add"

_FIELDS: Final = (CONF_NAME, CONF_CLIENT_ID, CONF_CLIENT_SECRET)

type Errors = dict[str, str]
type Placeholders = dict[str, str]

CLIENT_FIELDS: Final = {
    vol.Optional(CONF_CLIENT_ID): TextSelector(TextSelectorConfig(autocomplete="off")),
    vol.Optional(CONF_CLIENT_SECRET): TextSelector(
        TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
    ),
}
NAME_FIELD: Final = {vol.Optional(CONF_NAME): TextSelector()}
FILE_FIELD: Final = {
    vol.Optional(CONF_FILE): FileSelector(
        FileSelectorConfig(accept=".json,application/json")
    )
}


def error_of(
    err: CredentialError, fields: Container[str | None] = _FIELDS
) -> tuple[Errors, Placeholders]:
    """Return the error at its field, and what its text has placeholders for.

    Where the form has no such field, the error is one of the whole form.
    """
    if isinstance(err, ChangedMeanwhile):
        return dict.fromkeys(err.fields, str(err.translation_key)), {}
    field = err.field if isinstance(err, InvalidCredential) else None
    assert err.translation_key is not None
    return (
        {field if field and field in fields else "base": err.translation_key},
        err.translation_placeholders or {},
    )


def one_of(
    options: dict[str, str],
    mode: SelectSelectorMode = SelectSelectorMode.LIST,
    *,
    multiple: bool = False,
) -> SelectSelector:
    """Return a selector for one or more of `options`, value to label."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in options.items()
            ],
            mode=mode,
            multiple=multiple,
        )
    )
