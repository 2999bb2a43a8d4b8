"""What the saved file of config entries still says of a credential.

Home Assistant saves config entries a second after they have changed, and offers no way
to hurry. A credential that is deleted before that would be missing after a power cut.
The file is read, and never touched.
"""

import asyncio
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util.json import json_loads

from ..const import CONF_AUTH_IMPLEMENTATION
from ..data import DATA
from ..errors import CredentialError
from ..file import read_private
from ..models import CredentialRecord, auth_domain_of

_ENTRIES_KEY: Final = "core.config_entries"

# Seconds.
_WAIT: Final = 10
_INTERVAL: Final = 0.2


async def async_wait_until_saved(hass: HomeAssistant, record: CredentialRecord) -> None:
    """Wait until no saved config entry points at a credential that it does not use any more.

    Raises CredentialError if that takes longer than ten seconds.
    """
    try:
        async with asyncio.timeout(_WAIT):
            # A file tells nobody that it has changed.
            while await _async_is_behind(hass, record):  # noqa: ASYNC110
                await asyncio.sleep(_INTERVAL)
    except TimeoutError:
        raise CredentialError("entries_not_saved") from None


async def _async_is_behind(hass: HomeAssistant, record: CredentialRecord) -> bool:
    """Return whether a saved entry names the credential, and is another or gone by now."""
    own_name = hass.data[DATA].own_names.get(record["id"])
    names = {record["id"], auth_domain_of(record), own_name} - {None}
    path = Path(hass.config.path(STORAGE_DIR, _ENTRIES_KEY))
    saved = await hass.async_add_executor_job(_saved_names, path, record["domain"])
    return any(
        name in names
        and (
            (entry := hass.config_entries.async_get_entry(entry_id)) is None
            or entry.data.get(CONF_AUTH_IMPLEMENTATION) != name
        )
        for entry_id, name in saved.items()
    )


def _saved_names(path: Path, domain: str) -> dict[str, str]:
    """Return the implementation that each saved entry of an integration names, by entry id.

    Nothing if the file cannot be read: then no start will read it either.
    """
    try:
        stored: Any = json_loads(read_private(path) or b"{}")
        return {
            entry["entry_id"]: entry["data"].get(CONF_AUTH_IMPLEMENTATION)
            for entry in stored["data"]["entries"]
            if entry["domain"] == domain
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
