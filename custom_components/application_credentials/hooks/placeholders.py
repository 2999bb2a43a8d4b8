"""What may be sent as description placeholders."""

from typing import Any

from homeassistant.helpers.json import json_bytes

from .faults import Faults
from .reading import Placeholders


def plain_placeholders(value: Any) -> Placeholders | None:
    """Return a copy of description placeholders that can be sent, None where they cannot.

    Of plain types alone: what the classes of an integration do with their methods
    is done to nobody later.
    """
    try:
        if not isinstance(value, dict):
            return None
        plain = {_text(key): _plain(text) for key, text in dict.items(value)}
        # Refused are a number beyond 64 bits, half a surrogate pair.
        json_bytes(plain)
    except BaseException:  # noqa: BLE001 (the classes may be an integration's)
        return None
    return plain


def checked_placeholders(
    faults: Faults, domain: str, value: Any
) -> Placeholders | None:
    """Return what a hook returned, fit to be sent; if it is not, say so in the log."""
    if (placeholders := plain_placeholders(value)) is None:
        faults.failed(domain, "returns no placeholders but something else")
    return placeholders


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    # Past the methods of its own class. Raises TypeError for what is no string.
    return str.__str__(value)


def _plain(value: Any) -> str | int | float | bool | None:
    if value is None or type(value) in (str, bool):
        return value  # type: ignore[no-any-return]
    kind = type(value)
    if issubclass(kind, int):
        return int.__int__(value)
    if issubclass(kind, float):
        return float.__float__(value)
    return _text(value)
