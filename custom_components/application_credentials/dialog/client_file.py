"""The client that Google's console offers as a file, `client_secret_….json`."""

import json
from typing import Any, Final

from homeassistant.components.file_upload import process_uploaded_file
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET
from homeassistant.core import HomeAssistant

from .forms import CONF_FILE, FormError

# Google's files have 400 bytes.
_MAX_SIZE: Final = 64 * 1024

# How Google calls the two kinds of client that it offers a file for.
_KINDS: Final = ("web", "installed")


async def async_read_client_file(hass: HomeAssistant, file_id: str) -> dict[str, str]:
    """Return client ID and client secret from an uploaded file, which is deleted.

    Raises FormError, also for an upload that is not there or too large.
    """
    return await hass.async_add_executor_job(_read, hass, file_id)


def _read(hass: HomeAssistant, file_id: str) -> dict[str, str]:
    try:
        with process_uploaded_file(hass, file_id) as path, path.open("rb") as file:
            # One more than it may have.
            text = file.read(_MAX_SIZE + 1)
    except (ValueError, OSError) as err:
        # Taken by another step or another user, or Home Assistant was restarted.
        raise FormError(CONF_FILE, "file_gone") from err
    if len(text) > _MAX_SIZE:
        raise FormError(CONF_FILE, "file_too_large")
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as err:
        raise FormError(CONF_FILE, "file_invalid") from err
    for kind in _KINDS:
        client = content.get(kind) if isinstance(content, dict) else None
        if isinstance(client, dict) and all(
            isinstance(client.get(field), str)
            for field in (CONF_CLIENT_ID, CONF_CLIENT_SECRET)
        ):
            return {
                CONF_CLIENT_ID: client[CONF_CLIENT_ID],
                CONF_CLIENT_SECRET: client[CONF_CLIENT_SECRET],
            }
    raise FormError(CONF_FILE, "file_invalid")
