"""What may be sent as description placeholders."""

from typing import Any

from homeassistant.helpers.json import json_bytes

from .faults import Faults


def are_placeholders(value: Any) -> bool:
    """Return whether a value can be sent as description placeholders."""
    if not isinstance(value, dict) or not all(
        isinstance(key, str) and isinstance(text, str | int | float | bool | None)
        for key, text in value.items()
    ):
        return False
    try:
        json_bytes(value)
    except (TypeError, ValueError):
        # A number beyond 64 bits, half a surrogate pair.
        return False
    return True


def checked_placeholders(faults: Faults, domain: str, value: Any) -> bool:
    """Return whether what a hook returned can be sent; if not, say so in the log."""
    if are_placeholders(value):
        return True
    faults.failed(domain, "returns no placeholders but something else")
    return False
