"""From when a client works, and until when its secret does.

Some providers need minutes or hours until a client works that was made at their console
(`wait_of` of the guides). A rejection within that time may be no fault: the provider is
asked once more when the time is over. Some secrets end on a day that their provider
names. A person enters the day, and it is forgotten with the secret.
"""

from datetime import date, datetime

from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..data import DATA
from ..guides.table import wait_of
from ..models import client_fingerprint
from ..records.collection import DATA_COLLECTION
from ..signals import async_tell
from ..state import SecretEnd


@callback
def end_of_wait(hass: HomeAssistant, item_id: str) -> datetime | None:
    """Return when the wait for a new client ends, None if there is none."""
    end = hass.data[DATA].new_clients.get(item_id)
    return end if end is not None and end > dt_util.utcnow() else None


@callback
def note_new_client(hass: HomeAssistant, item_id: str, domain: str) -> None:
    """Note that the client of a credential is new, and have it checked when it should work."""
    if (wait := wait_of(domain)) is None:
        return
    new_clients, findings = hass.data[DATA].new_clients, hass.data[DATA].findings
    end = new_clients[item_id] = dt_util.utcnow() + wait

    @callback
    def ask_again(_now: datetime) -> None:
        found = findings.get(item_id)
        # Of a client that has been changed meanwhile, the wait is another one.
        if found is None or new_clients[item_id] != end:
            return
        if found.is_rejection:
            findings.async_schedule(item_id, found.asked_redirect_uri)

    async_call_later(hass, wait, HassJob(ask_again, cancel_on_shutdown=True))


@callback
def secret_end(hass: HomeAssistant, item_id: str) -> date | None:
    """Return the day on which a client secret ends, None if it is not known.

    What is known of a secret that is gone is forgotten.
    """
    state = hass.data[DATA].state
    if (known := state.secret_ends.get(item_id)) is None:
        return None
    record = hass.data[DATA_COLLECTION].data.get(item_id)
    if record is None or client_fingerprint(record) != known.about:
        del state.secret_ends[item_id]
        state.async_changed()
        return None
    return known.day


@callback
def keep_secret_end(hass: HomeAssistant, item_id: str, day: date | None) -> None:
    """Keep the day on which the client secret ends that is stored now; None for no day."""
    state = hass.data[DATA].state
    state.secret_ends.pop(item_id, None)
    if day is not None:
        record = hass.data[DATA_COLLECTION].record(item_id)
        state.secret_ends[item_id] = SecretEnd(client_fingerprint(record), day)
    state.async_changed()
    async_tell(hass, item_id)
