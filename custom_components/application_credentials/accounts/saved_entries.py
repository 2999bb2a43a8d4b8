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
    own_name = hass.data[DATA].own_names.get(record["id"])
    names = {record["id"], auth_domain_of(record), own_name}
    path = Path(hass.config.path(STORAGE_DIR, _ENTRIES_KEY))

    async def is_behind() -> bool:
        saved = await hass.async_add_executor_job(_saved_names, path, record["domain"])
        now = {
            entry.entry_id: entry.data.get(CONF_AUTH_IMPLEMENTATION)
            for entry in hass.config_entries.async_entries(record["domain"])
        }
        return any(
            name in names and now.get(entry_id) != name
            for entry_id, name in saved.items()
        )

    try:
        async with asyncio.timeout(_WAIT):
            # A file tells nobody that it has changed.
            while await is_behind():  # noqa: ASYNC110
                await asyncio.sleep(_INTERVAL)
    except TimeoutError:
        raise CredentialError("entries_not_saved") from None


def _saved_names(path: Path, domain: str) -> dict[str, str]:
    """Return the implementation that each saved entry of an integration names, by entry id.

    Nothing if the file cannot be read: then no start will read it either.
    """
    try:
        stored: Any = json_loads(read_private(path) or b"{}")
        return {
            entry["entry_id"]: entry["data"][CONF_AUTH_IMPLEMENTATION]
            for entry in stored["data"]["entries"]
            if entry["domain"] == domain and CONF_AUTH_IMPLEMENTATION in entry["data"]
        }
    except (OSError, ValueError, LookupError, TypeError):
        return {}
