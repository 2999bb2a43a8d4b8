"""What ends by itself: the wait for a new client, a client secret, the link of an account.

- Some providers need minutes or hours until a client works that was made at their console
  (`wait_of` of the guides). A rejection within that time may be no fault: the provider is
  asked once more when the time is over.
- Some secrets end on a day that their provider names. A person enters the day, and it is
  forgotten with the secret.
- Google names the end of a link in the answer of the login, with
  `refresh_token_expires_in`: for an app whose publishing status is "Testing" (seven days),
  and where a person has granted access for a time
  (https://developers.google.com/identity/protocols/oauth2#expiration). It never renews it.
  Other providers end a link a fixed time after the login, which no answer names
  (`link_life` of the guides). So the end of a link is known on the day of linking.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..data import DATA
from ..guides.table import link_life, wait_of
from ..models import client_fingerprint, fingerprint
from ..records.collection import DATA_COLLECTION
from ..signals import async_tell
from ..state import LinkSeen, SecretEnd, read_seconds
from .usage import record_used_by

# What ends in a year is nothing that a person needs to know today.
TOLD_BEFORE: Final = timedelta(days=14)

# Google's answers name the scopes that were granted, and all of its scopes are URLs of its own.
_GOOGLE_SCOPES: Final = ("https://www.googleapis.com/auth/", "https://mail.google.com/")
_LIFE_WHILE_TESTING: Final = timedelta(days=7).total_seconds()


class LinkEnd(NamedTuple):
    """When a link ends, and whether it does because Google's app is in "Testing"."""

    at: datetime
    is_testing: bool


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
        if found is None or new_clients.get(item_id) != end:
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


@callback
def end_of_link(hass: HomeAssistant, entry: ConfigEntry) -> LinkEnd | None:
    """Return when the link of an account ends, None if that is not known, or is far away."""
    seen = hass.data[DATA].state.links.get(entry.entry_id)
    if (
        seen is None
        or not seen.ends_at
        or entry.disabled_by
        or record_used_by(hass, entry) is None
    ):
        return None
    end = dt_util.utc_from_timestamp(seen.ends_at)
    if end - dt_util.utcnow() > TOLD_BEFORE:
        return None
    return LinkEnd(end, seen.is_testing)


@callback
def learn_link(
    hass: HomeAssistant,
    entry: ConfigEntry,
    *,
    is_new: bool = False,
    is_linked: bool = False,
) -> bool:
    """Note when the link of an account ends; return whether that is news.

    `is_new`: the link is another than before. `is_linked`: the account was linked just now.
    """
    state = hass.data[DATA].state
    before = state.links.get(entry.entry_id)
    token = entry.data.get(CONF_TOKEN)
    seen = _link_seen(token, before, is_new=is_new or is_linked)
    if is_linked and (life := link_life(entry.domain)) is not None:
        end = dt_util.utcnow() + life
        seen = LinkSeen(link="", ends_at=end.timestamp(), is_testing=False)
    if seen == before:
        return False
    if seen is None:
        del state.links[entry.entry_id]
    else:
        state.links[entry.entry_id] = seen
    state.async_changed()
    return True


@callback
def forget_links(
    hass: HomeAssistant, item_id: str, entries: Iterable[ConfigEntry]
) -> None:
    """Forget when the links of a credential's accounts end: they are of another client, or gone."""
    state = hass.data[DATA].state
    for entry in entries:
        if state.links.pop(entry.entry_id, None) is not None:
            state.async_changed()
    async_tell(hass, item_id)


def _link_seen(token: Any, before: LinkSeen | None, *, is_new: bool) -> LinkSeen | None:
    """Return what a token shows of the end of its link, None where it has none."""
    if not isinstance(token, dict):
        return None
    answered_at = _seconds(token, "expires_at") - _seconds(token, "expires_in")
    link = fingerprint(token.get("refresh_token"))
    if before is not None and before.link in ("", link):
        # Later answers do not name the life: the old one stands beside a new hour.
        return before if answered_at <= before.ends_at else None
    life = _seconds(token, "refresh_token_expires_in")
    is_google = any(scope in str(token.get("scope")) for scope in _GOOGLE_SCOPES)
    # Where it was refreshed before we saw it, nobody knows when that life began. Some
    # integrations have a token refreshed by saying that it ended long ago.
    if not is_new or not is_google or not life or answered_at <= 0:
        return None
    return LinkSeen(link, answered_at + life, is_testing=life <= _LIFE_WHILE_TESTING)


def _seconds(token: dict[str, Any], field: str) -> float:
    """Return a number of seconds that a token names, 0 for anything else."""
    try:
        return read_seconds(token[field])
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0
