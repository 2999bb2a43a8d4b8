"""What checks found, and when, kept on the disk: a restart forgets nothing.

What the provider said is not kept, only what it meant: our word for it. Beside each finding stands
which client it is about, so that it is forgotten where the stored credentials were
changed while Home Assistant was not running.
"""

from datetime import datetime
import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..models import By, Cause, Finding, Reason, Verdict, client_fingerprint
from ..records.collection import CredentialCollection
from .findings import Findings

_LOGGER = logging.getLogger(__name__)

_VERSION: Final = 1
# Seconds; at a regular end of Home Assistant it is saved anyway.
_SAVE_DELAY: Final = 10


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
        findings.async_listen(self._found)

    @callback
    def at(self, item_id: str) -> datetime | None:
        """Return when a credential was last checked, None where nothing is known of it."""
        found = self._findings.get(item_id)
        return found.last_at if found else None

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
            if (
                record is None
                or (finding := _read(item, client_fingerprint(record))) is None
            ):
                continue
            self._findings.async_restore(
                item_id,
                finding,
                tell=Verdict.REJECTED in (finding.client, finding.redirect_uri),
            )

    @callback
    def _found(self, item_id: str, finding: Finding | None) -> None:
        self._store.async_delay_save(self._to_store, _SAVE_DELAY)

    @callback
    def _to_store(self) -> dict[str, Any]:
        return {
            "findings": {
                item_id: {
                    **finding.as_status(),
                    "cause": finding.cause,
                    "last_at": finding.last_at and finding.last_at.isoformat(),
                    "about": client_fingerprint(record),
                }
                for item_id, record in self._credentials.data.items()
                if (finding := self._findings.get(item_id)) is not None
            }
        }


def _read(item: Any, about: str) -> Finding | None:
    """Return a finding about a client from the file, None where there is none."""
    try:
        if item["about"] != about:
            return None
        by, reason = item.get("by"), item.get("reason")
        return Finding(
            Verdict(item["client"]),
            Verdict(item["redirect_uri"]),
            cause=_cause(item.get("cause")),
            reason=reason and Reason(reason),
            at=_time(item["at"]),
            last_at=_time(last) if (last := item.get("last_at", item["at"])) else None,
            by=By(by) if by else By.CHECK,
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _cause(word: Any) -> Cause | None:
    """Return a cause from the file; one of a later version is none that we have a text for."""
    return next((cause for cause in Cause if cause == word), None)


def _time(text: str) -> datetime:
    return dt_util.as_utc(dt_util.parse_datetime(text, raise_on_error=True))


DATA_MEMORY: Final[HassKey[FindingsMemory]] = HassKey(f"{DOMAIN}_memory")
