"""The day on which a client secret ends, as a person has entered it.

It holds for the secret that it was entered with, and goes with a new one.
"""

from datetime import date

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from ..const import SIGNAL_CREDENTIAL
from ..data import DATA
from ..models import client_fingerprint
from ..records.collection import DATA_COLLECTION
from ..state import SecretEnd


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
    async_dispatcher_send(hass, SIGNAL_CREDENTIAL, item_id)
