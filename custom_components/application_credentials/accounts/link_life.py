"""Links that end by themselves, whatever an account does.

A refresh token may have a life of its own (RFC 6749 sections 1.5 and 6 leave it to the
provider), and some providers name it in the answer:

- `refresh_token_expires_in`: Google, for an app whose publishing status is "Testing"
  (seven days), and where a person has granted access for a time
  (https://developers.google.com/identity/protocols/oauth2#expiration). Google never
  renews it. Azure AD B2C names it too, and renews it with every refresh.
- `refresh_expires_in`: Keycloak, which renews it with every refresh until the longest
  life of a session is near; 0 if there is no end.

So the end of Google's links is known on the day of linking. The end of any other is
known once a refresh has left it where it was.

Other providers end a link a fixed time after the login, which no answer names (`link_life`
of the guides). Its end is counted from the day of linking.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..data import DATA
from ..guides.table import link_life
from ..models import CredentialRecord
from ..state import LinkSeen
from .usage import record_used_by

_LIVES: Final = ("refresh_token_expires_in", "refresh_expires_in")

# Google's answers name the scopes that were granted, and all of its scopes are URLs of its own.
_GOOGLE_SCOPES: Final = ("https://www.googleapis.com/auth/", "https://mail.google.com/")
_LIFE_WHILE_TESTING: Final = timedelta(days=7).total_seconds()

# Closer together, two answers do not tell whether the second has renewed the link.
_APART: Final = timedelta(minutes=1).total_seconds()
# A link that ends in a year is nothing that a person needs to know today.
_TOLD_BEFORE: Final = timedelta(days=14)

# Seconds; a life or a time beyond this is none.
_FAR_AWAY: Final = 1e9
_LATEST: Final = 1e10


class LinkEnd(NamedTuple):
    """When a link ends, and whether it does because Google's app is in "Testing"."""

    at: datetime
    is_testing: bool


@callback
def end_of_link(hass: HomeAssistant, entry: ConfigEntry) -> LinkEnd | None:
    """Return when the link of an account ends, None if that is not known."""
    record = record_used_by(hass, entry)
    if record is None or entry.disabled_by:
        return None
    ends_at, is_testing = _named_end(hass, entry, record), False
    if ends_at is not None:
        is_testing = hass.data[DATA].state.links[entry.entry_id].is_testing
    else:
        ends_at = _fixed_end(hass, entry)
    if ends_at is None:
        return None
    end = dt_util.utc_from_timestamp(ends_at)
    if not is_testing and end - dt_util.utcnow() > _TOLD_BEFORE:
        return None
    return LinkEnd(end, is_testing)


def _named_end(
    hass: HomeAssistant, entry: ConfigEntry, record: CredentialRecord
) -> float | None:
    """Return when a link ends according to the answers of its provider."""
    seen = hass.data[DATA].state.links.get(entry.entry_id)
    if seen is None or not seen.is_sure or seen.client not in ("", _client(record)):
        # With another client, it has to be linked anyway.
        return None
    now = _look_at(entry.data.get(CONF_TOKEN), seen.client)
    if now is None or now.answered_at > seen.ends_at:
        # It has outlived the end that an answer has named.
        return None
    return seen.ends_at


def _fixed_end(hass: HomeAssistant, entry: ConfigEntry) -> float | None:
    """Return when a link ends whose provider ends all of them after a fixed time."""
    life = link_life(entry.domain)
    linked_at = hass.data[DATA].state.linked_at.get(entry.entry_id)
    if life is None or linked_at is None:
        return None
    ends_at = linked_at + life.lasts.total_seconds()
    token = entry.data.get(CONF_TOKEN)
    answered_at = _answered_at(token) if isinstance(token, dict) else None
    # It may outlive that, too.
    return None if answered_at and answered_at > ends_at else ends_at


@callback
def note_link(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Note that an account was linked now; return whether its link ends after a fixed time."""
    if link_life(entry.domain) is None:
        return False
    state = hass.data[DATA].state
    state.linked_at[entry.entry_id] = dt_util.utcnow().timestamp()
    state.async_changed()
    return True


@callback
def learn_from_token(
    hass: HomeAssistant, entry: ConfigEntry, record: CredentialRecord
) -> None:
    """Note what the token of an account shows of its link; `record` serves the account.

    The state is saved if more is known of the end than before, not with every token.
    """
    state = hass.data[DATA].state
    before = state.links.get(entry.entry_id)
    now = _look_at(entry.data.get(CONF_TOKEN), _client(record))
    if now is None:
        forget_link(hass, entry)
        return
    if now.answered_at <= 0:
        # Some integrations have a token refreshed by saying that it ended long ago.
        return
    seen = now if before is None else _after(before, now)
    state.links[entry.entry_id] = seen
    if before is None or (seen != before and (seen.is_sure or before.is_sure)):
        state.async_changed()


@callback
def forget_link(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget what the answers of a provider have shown of the link of an account."""
    state = hass.data[DATA].state
    if state.links.pop(entry.entry_id, None) is not None:
        state.async_changed()


@callback
def forget_account(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Forget the link of an account that is gone."""
    forget_link(hass, entry)
    state = hass.data[DATA].state
    if state.linked_at.pop(entry.entry_id, None) is not None:
        state.async_changed()


def _look_at(token: Any, client: str) -> LinkSeen | None:
    """Return what a token by itself shows of its link, None if it names no life."""
    if not isinstance(token, dict):
        return None
    life = next(filter(None, (_seconds(token, field) for field in _LIVES)), None)
    answered_at = _answered_at(token)
    if life is None or answered_at is None:
        return None
    scope = token.get("scope")
    is_google = isinstance(scope, str) and any(
        scope_url in scope for scope_url in _GOOGLE_SCOPES
    )
    return LinkSeen(
        link=sha256(str(token.get("refresh_token")).encode()).hexdigest(),
        client=client,
        answered_at=answered_at,
        ends_at=answered_at + life,
        is_testing=is_google and life <= _LIFE_WHILE_TESTING,
        is_sure=is_google,
    )


def _answered_at(token: dict[str, Any]) -> float | None:
    """Return when a provider has answered with a token, None if it does not tell."""
    expires_at = _seconds(token, "expires_at", _LATEST)
    expires_in = _seconds(token, "expires_in")
    if expires_at is None or expires_in is None:
        return None
    return expires_at - expires_in


def _after(before: LinkSeen, now: LinkSeen) -> LinkSeen:
    """Return what is known of a link from two answers of its provider."""
    if now.is_sure:
        # Not all answers name the life anew; then the old one stands beside a new hour.
        is_known = before.is_sure and before.link == now.link
        return before if is_known else now
    if (passed := now.answered_at - before.answered_at) < _APART:
        return before
    moved = now.ends_at - before.ends_at
    if before.is_sure and abs(moved) < _APART:
        return before
    return replace(now, is_sure=moved <= passed / 2)


def _seconds(
    token: dict[str, Any], field: str, limit: float = _FAR_AWAY
) -> float | None:
    """Return a number of seconds that a token names, None for anything else."""
    try:
        seconds = float(token[field])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds < limit else None


def _client(record: CredentialRecord) -> str:
    """Return what tells the client of a link from others."""
    client = f"{record['domain']} {record['client_id']}"
    return sha256(client.encode()).hexdigest()
