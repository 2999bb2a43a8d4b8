"""New clients that the provider may not know yet.

Some providers need minutes or hours until a client works that was made at their console
(`wait_of` of the guides). A rejection within that time may be nobody's fault: the
provider is asked once more when the time is over.
"""

from datetime import datetime

from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..data import DATA
from ..guides.table import wait_of
from ..models import Verdict


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
        if Verdict.REJECTED in (found.client, found.redirect_uri):
            findings.async_schedule(item_id)

    async_call_later(hass, wait, HassJob(ask_again, cancel_on_shutdown=True))
