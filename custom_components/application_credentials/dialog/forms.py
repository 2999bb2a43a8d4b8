"""The fields that forms are made of, and how an error finds its field."""

from collections.abc import Container
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    BooleanSelector,
    DateSelector,
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

from ..accounts.secret_end import may_secret_end
from ..errors import CredentialError, InvalidCredential
from ..records.validation import validate_changes
from .texts import async_named

CONF_FILE: Final = "file"
CONF_ACCOUNTS: Final = "accounts"
CONF_TARGET: Final = "target"
CONF_DOMAINS: Final = "domains"
CONF_ALSO: Final = "also"
CONF_SECRET_ENDS: Final = "secret_ends"  # noqa: S105 (the name of a field)
CONF_NEXT: Final = "next"
SAVE: Final = "save"
ADD: Final = "add"

type Errors = dict[str, str]
type Fields = dict[Any, Any]
type Placeholders = dict[str, str]

CLIENT_ID_FIELD: Final = {
    vol.Optional(CONF_CLIENT_ID): TextSelector(TextSelectorConfig(autocomplete="off"))
}
CLIENT_SECRET_FIELD: Final = {
    vol.Optional(CONF_CLIENT_SECRET): TextSelector(
        TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="new-password")
    )
}
CLIENT_FIELDS: Final = CLIENT_ID_FIELD | CLIENT_SECRET_FIELD
NAME_FIELD: Final = {vol.Optional(CONF_NAME): TextSelector()}
ALSO_FIELD: Final = {vol.Optional(CONF_ALSO, default=False): BooleanSelector()}
SECRET_ENDS_FIELD: Final = {vol.Optional(CONF_SECRET_ENDS): DateSelector()}
FILE_FIELD: Final = {
    vol.Optional(CONF_FILE): FileSelector(
        FileSelectorConfig(accept=".json,application/json")
    )
}


def secret_fields(domain: str) -> Fields:
    """Return the fields of a client secret: itself and, where it may end, the day."""
    return CLIENT_SECRET_FIELD | (SECRET_ENDS_FIELD if may_secret_end(domain) else {})


class FormError(Exception):
    """What was entered is no use; `key` is the error of the form, `field` where it stands."""

    def __init__(self, field: str, key: str) -> None:
        """Initialize the error."""
        super().__init__()
        self.field = field
        self.key = key


async def async_errors_of(
    hass: HomeAssistant,
    err: CredentialError,
    typed: dict[str, Any],
    fields: Container[str | None],
) -> tuple[Errors, Placeholders]:
    """Return the errors of a form, and the placeholders of their texts.

    An error stands at its field, or at the form where that has no such field. An
    invisible character in the client ID is seldom alone, since both values come from
    one page: so the client secret in `typed` is looked at, too.
    """
    field = err.field if isinstance(err, InvalidCredential) else None
    assert err.translation_key is not None
    errors = {field if field and field in fields else "base": err.translation_key}
    placeholders = err.translation_placeholders or {}
    if errors == {CONF_CLIENT_ID: "invalid_character"}:
        try:
            validate_changes({CONF_CLIENT_SECRET: typed.get(CONF_CLIENT_SECRET, "")})
        except InvalidCredential as second:
            if second.translation_key == "invalid_character":
                errors[CONF_CLIENT_SECRET] = "invalid_character_too"
                told = second.translation_placeholders or {}
                placeholders = placeholders | {
                    "position_too": told["position"],
                    "character_too": told["character"],
                }
    return errors, await async_named(hass, placeholders)


def one_of_steps(
    step_id: str,
    steps: list[str],
    mode: SelectSelectorMode = SelectSelectorMode.LIST,
) -> SelectSelector:
    """Return a selector for one of the steps that can follow; the browser has their labels."""
    return SelectSelector(
        SelectSelectorConfig(
            options=steps, mode=mode, translation_key=f"after_{step_id}"
        )
    )


def one_of(
    options: dict[str, str],
    mode: SelectSelectorMode = SelectSelectorMode.LIST,
    *,
    multiple: bool = False,
    typed: bool = False,
) -> SelectSelector:
    """Return a selector for one or more of `options`, value to label.

    With `typed`, it has a field in which they are searched, and other text is taken, too.
    """
    return SelectSelector(
        SelectSelectorConfig(
            options=[
                SelectOptionDict(value=value, label=label)
                for value, label in options.items()
            ],
            mode=mode,
            multiple=multiple,
            custom_value=typed,
        )
    )
