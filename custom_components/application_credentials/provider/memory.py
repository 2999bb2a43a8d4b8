"""What is known of each credential, in the state: a restart forgets nothing.

What the provider said is not kept, only what it meant. Beside each finding stands which
client it is about. So it is forgotten if the stored credentials were changed while Home
Assistant was not running.
"""

from datetime import datetime
from typing import Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..models import Finding, client_fingerprint
from ..records.collection import CredentialCollection
from ..state import KnownFinding, State
from .findings import Findings


class FindingsMemory:
    """The last finding of each credential, over restarts."""

    def __init__(
        self,
        hass: HomeAssistant,
        credentials: CredentialCollection,
        findings: Findings,
        state: State,
    ) -> None:
        """Bring back what was found before the start, and follow what is found."""
        self._credentials = credentials
        self._findings = findings
        self._state = state
        for item_id, known in list(state.findings.items()):
            record = credentials.data.get(item_id)
            if record is None or client_fingerprint(record) != known.about:
                del state.findings[item_id]
            else:
                findings.async_restore(item_id, known.finding, tell=False)
        findings.async_listen(self._found)

    @callback
    def at(self, item_id: str) -> datetime | None:
        """Return when a credential was last checked, None where nothing is known of it."""
        found = self._findings.get(item_id)
        return found.last_at if found else None

    @callback
    def _found(self, item_id: str, finding: Finding | None) -> None:
        record = self._credentials.data.get(item_id)
        if finding is None or record is None:
            self._state.findings.pop(item_id, None)
        else:
            about = client_fingerprint(record)
            self._state.findings[item_id] = KnownFinding(about, finding)
        self._state.async_changed()


DATA_MEMORY: Final[HassKey[FindingsMemory]] = HassKey(f"{DOMAIN}_memory")
