"""Clients that are so new that their provider may not know them yet.

Some providers need minutes or hours until a client works that was made at their console
(`wait_of` of the guides). A rejection within that time may be nobody's fault: the
provider is asked once more when the time is over.
"""

from datetime import datetime
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import SIGNAL_CREDENTIAL
from ..data import DATA
from ..guides.table import wait_of
from ..models import CredentialRecord, Verdict, client_fingerprint
from ..records.collection import DATA_COLLECTION


@callback
def end_of_wait(hass: HomeAssistant, item_id: str) -> datetime | None:
    """Return until when a provider may not know a client yet; None where it should by now."""
    end = hass.data[DATA].new_clients.get(item_id)
    return end if end is not None and end > dt_util.utcnow() else None


class NewClients:
    """Follows which clients are new in this run of Home Assistant."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize with no client."""
        self._hass = hass
        # Fingerprints by the id of the credential; only where a provider needs time.
        self._clients: dict[str, str] = {}
        # What ends the wait until the provider is asked again.
        self._waiting: dict[str, CALLBACK_TYPE] = {}

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Take the clients that there are as known, and follow; return what ends that."""
        for record in self._hass.data[DATA_COLLECTION].data.values():
            if wait_of(record["domain"]):
                self._clients[record["id"]] = client_fingerprint(record)
        return async_dispatcher_connect(self._hass, SIGNAL_CREDENTIAL, self._changed)

    @callback
    def _changed(self, item_id: str) -> None:
        record = self._hass.data[DATA_COLLECTION].data.get(item_id)
        if record is None:
            self._forget(item_id)
        elif (wait := wait_of(record["domain"])) is not None:
            if self._clients.get(item_id) != (client := client_fingerprint(record)):
                self._forget(item_id)
                self._clients[item_id] = client
                end = dt_util.utcnow() + wait
                self._hass.data[DATA].new_clients[item_id] = end
            self._look_at(record)

    @callback
    def _look_at(self, record: CredentialRecord) -> None:
        """Have the provider asked again where it rejects a new client."""
        item_id = record["id"]
        finding = self._hass.data[DATA].findings.get(item_id)
        if finding is None or finding.client is not Verdict.REJECTED:
            self._stop_waiting(item_id)
        elif item_id not in self._waiting and (end := end_of_wait(self._hass, item_id)):
            self._waiting[item_id] = async_call_later(
                self._hass,
                end - dt_util.utcnow(),
                HassJob(partial(self._ask_again, item_id), cancel_on_shutdown=True),
            )

    @callback
    def _ask_again(self, item_id: str, _now: datetime) -> None:
        self._forget_wait(item_id)
        self._hass.data[DATA].findings.async_schedule(item_id)

    @callback
    def _forget(self, item_id: str) -> None:
        self._clients.pop(item_id, None)
        self._stop_waiting(item_id)
        self._forget_wait(item_id)

    @callback
    def _forget_wait(self, item_id: str) -> None:
        self._waiting.pop(item_id, None)
        self._hass.data[DATA].new_clients.pop(item_id, None)

    @callback
    def _stop_waiting(self, item_id: str) -> None:
        if (stop := self._waiting.pop(item_id, None)) is not None:
            stop()
