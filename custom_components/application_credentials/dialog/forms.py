"""The fields that forms are made of."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_NAME
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

from ..guides.table import may_secret_end

CONF_FILE: Final = "file"
CONF_ACCOUNTS: Final = "accounts"
CONF_TARGET: Final = "target"
CONF_DOMAINS: Final = "domains"
CONF_ALSO: Final = "also"
CONF_SECRET_ENDS: Final = "secret_ends"  # noqa: S105 (the name of a field)
CONF_NEXT: Final = "next"
ADD: Final = "add"

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
    options: dict[str, str], *, multiple: bool = False, typed: bool = False
) -> SelectSelector:
    """Return a selector for one or more of `options`, value to label.

    With `typed`, it has a field in which they are searched, and other text is taken, too.
    """
    mode = SelectSelectorMode.DROPDOWN if typed else SelectSelectorMode.LIST
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
