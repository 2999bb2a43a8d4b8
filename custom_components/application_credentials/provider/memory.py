"""What checks found, and when, kept on the disk: a restart forgets nothing.

What the provider said is not kept, only what it meant. Beside each finding stands
which client it is about, so that it is forgotten where the stored credentials were
changed while Home Assistant was not running.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
import json
import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..models import CredentialRecord
from ..records.collection import CredentialCollection
from .check import Finding, Verdict
from .findings import Findings

_LOGGER = logging.getLogger(__name__)

_VERSION: Final = 1
# Seconds; at a regular end of Home Assistant it is saved anyway.
_SAVE_DELAY: Final = 10


@dataclass(frozen=True, slots=True)
class _Memory:
    """A finding as it is kept."""

    client: str
    redirect_uri: str
    at: datetime
    about: str


class FindingsMemory:
    """The last finding of each credential, over restarts."""

    def __init__(
        self,
        hass: HomeAssistant,
        credentials: CredentialCollection,
        findings: Findings,
    ) -> None:
        """Follow what is found; `async_load` brings back what was found before."""
        self._credentials = credentials
        self._findings = findings
        self._store = Store[dict[str, Any]](
            hass, _VERSION, f"{DOMAIN}.findings", private=True, atomic_writes=True
        )
        self._memories: dict[str, _Memory] = {}
        findings.async_listen(self._found)

    @callback
    def at(self, item_id: str) -> datetime | None:
        """Return when a credential was last checked, None where nothing is known of it."""
        memory = self._memories.get(item_id)
        return memory.at if memory else None

    async def async_load(self) -> None:
        """Bring back what was found before the start.

        A file that cannot be read costs what stood in it, and nothing else.
        """
        try:
            stored = await self._store.async_load()
            kept = stored["findings"].items() if stored else ()
        except Exception as err:  # noqa: BLE001 (whatever it is, credentials do not need it)
            _LOGGER.warning("What was found out about credentials is lost: %s", err)
            return
        for item_id, item in kept:
            record = self._credentials.data.get(item_id)
            memory = _read(item)
            if record is None or memory is None or memory.about != _about(record):
                continue
            verdicts = Verdict(memory.client), Verdict(memory.redirect_uri)
            self._findings.async_restore(
                item_id, Finding(*verdicts), tell=Verdict.REJECTED in verdicts
            )
            # Afterwards: what is told again is of the time at which it was found.
            self._memories[item_id] = memory

    @callback
    def _found(self, item_id: str, finding: Finding | None) -> None:
        record = self._credentials.data.get(item_id)
        if finding is None or record is None:
            self._memories.pop(item_id, None)
        else:
            self._memories[item_id] = _Memory(
                finding.client, finding.redirect_uri, dt_util.utcnow(), _about(record)
            )
        self._store.async_delay_save(self._to_store, _SAVE_DELAY)

    @callback
    def _to_store(self) -> dict[str, Any]:
        return {
            "findings": {
                item_id: {
                    "client": memory.client,
                    "redirect_uri": memory.redirect_uri,
                    "at": memory.at.isoformat(),
                    "about": memory.about,
                }
                for item_id, memory in self._memories.items()
            }
        }


def _read(item: Any) -> _Memory | None:
    """Return a finding from the file, None where it is none."""
    try:
        at = dt_util.parse_datetime(item["at"], raise_on_error=True)
        return _Memory(
            Verdict(item["client"]),
            Verdict(item["redirect_uri"]),
            dt_util.as_utc(at),
            item["about"],
        )
    except (KeyError, TypeError, ValueError):
        return None


def _about(record: CredentialRecord) -> str:
    """Return what tells a client from others, and its secret to nobody."""
    client = json.dumps([record["id"], record["client_id"], record["client_secret"]])
    return sha256(client.encode()).hexdigest()


DATA_MEMORY: Final[HassKey[FindingsMemory]] = HassKey(f"{DOMAIN}_memory")
