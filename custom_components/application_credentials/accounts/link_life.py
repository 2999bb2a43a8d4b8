"""Links that end by themselves, whatever an account does.

A refresh token may have a life of its own, beside that of the access token (RFC 6749
sections 1.5 and 6 leave it to the provider), and some providers name it in the answer:

- `refresh_token_expires_in`: Google, for an app whose publishing status is "Testing"
  (seven days), and where a person has granted access for a time
  (https://developers.google.com/identity/protocols/oauth2#expiration). Google never
  renews it. Azure AD B2C names it too, and renews it with every refresh.
- `refresh_expires_in`: Keycloak, which renews it with every refresh until the longest
  life of a session is near; 0 where there is no end.

So of Google's links the end is known on the day of linking. Of any other it is known
once a refresh has left it where it was.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_TOKEN
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from .kept import Kept
from .usage import record_used_by

_LIVES: Final = ("refresh_token_expires_in", "refresh_expires_in")

# Google's answers name the scopes that were granted, and all of its scopes are URLs of its own.
_GOOGLE_SCOPES: Final = ("https://www.googleapis.com/auth/", "https://mail.google.com/")
_LIFE_WHILE_TESTING: Final = timedelta(days=7).total_seconds()

# Closer together, two answers say nothing about whether the second has renewed the link.
_APART: Final = timedelta(minutes=1).total_seconds()
# A link that ends in a year is nothing that a person needs to know today.
_TOLD_BEFORE: Final = timedelta(days=14)

# Seconds that are neither a life nor a time.
_FAR_AWAY: Final = 1e10

_SAVE_DELAY: Final = 10


class LinkEnd(NamedTuple):
    """When a link ends, and whether it does because Google's app is in "Testing"."""

    at: datetime
    is_testing: bool


class _Seen(NamedTuple):
    """What the answers of the token endpoint have shown of a link, as it is kept."""

    link: str
    answered_at: float
    ends_at: float
    is_testing: bool
    is_sure: bool


class LinkLife:
    """What is known of the ends of links."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing known; `async_load` brings back what was."""
        self._hass = hass
        self._kept = Kept(hass, "link_ends", delay=_SAVE_DELAY)

    async def async_load(self) -> None:
        """Bring back what was known before the start."""
        await self._kept.async_load()

    @callback
    def end_of(self, entry: ConfigEntry) -> LinkEnd | None:
        """Return when the link of an account ends, None where it is not known to.

        Looks at the token as it is now, so it is called whenever an entry changes.
        """
        if entry.disabled_by or record_used_by(self._hass, entry) is None:
            return None
        seen = _look_at(entry.data.get(CONF_TOKEN))
        if seen is None:
            self._kept.forget(entry.entry_id)
            return None
        answered_at = seen.answered_at
        if (before := _read(self._kept.get(entry.entry_id))) is not None:
            seen = _after(before, seen)
        if seen.answered_at <= 0:
            # Some integrations have a token refreshed by saying that it ended long ago.
            return None
        self._kept.keep(entry.entry_id, seen._asdict())
        if answered_at > seen.ends_at:
            # It has outlived that; what later answers seem to say of an end is from the first.
            return None
        end = dt_util.utc_from_timestamp(seen.ends_at)
        if not seen.is_sure or (
            not seen.is_testing and end - dt_util.utcnow() > _TOLD_BEFORE
        ):
            return None
        return LinkEnd(end, seen.is_testing)

    @callback
    def forget(self, entry: ConfigEntry) -> None:
        """Take note that an account is gone."""
        self._kept.forget(entry.entry_id)


DATA_LINK_LIFE: HassKey[LinkLife] = HassKey(f"{DOMAIN}_link_life")


def _look_at(token: Any) -> _Seen | None:
    """Return what a token by itself shows of its link, None where it names no end."""
    if not isinstance(token, dict):
        return None
    life = next(filter(None, (_seconds(token, field) for field in _LIVES)), None)
    expires_at, expires_in = (
        _seconds(token, "expires_at"),
        _seconds(token, "expires_in"),
    )
    if life is None or expires_at is None or expires_in is None:
        return None
    scope = token.get("scope")
    is_google = isinstance(scope, str) and any(
        scope_url in scope for scope_url in _GOOGLE_SCOPES
    )
    answered_at = expires_at - expires_in
    return _Seen(
        link=sha256(str(token.get("refresh_token")).encode()).hexdigest(),
        answered_at=answered_at,
        ends_at=answered_at + life,
        is_testing=is_google and life <= _LIFE_WHILE_TESTING,
        is_sure=is_google,
    )


def _after(before: _Seen, now: _Seen) -> _Seen:
    """Return what is known of a link from two answers of its provider."""
    if now.is_sure and before.is_sure and before.link == now.link:
        # Not all answers name the life anew; then the old one stands beside a new hour.
        return before
    if now.is_sure:
        return now
    if (passed := now.answered_at - before.answered_at) < _APART:
        return before
    is_renewed = now.ends_at - before.ends_at > passed / 2
    return _Seen(now.link, now.answered_at, now.ends_at, False, not is_renewed)


def _seconds(token: dict[str, Any], field: str) -> float | None:
    """Return a number of seconds that a token names, None for anything else."""
    try:
        seconds = float(token[field])
    except (KeyError, TypeError, ValueError):
        return None
    return seconds if 0 <= seconds < _FAR_AWAY else None


def _read(fact: dict[str, Any] | None) -> _Seen | None:
    """Return what was kept of a link, None where it is not what we keep."""
    try:
        return (
            _Seen(
                str(fact["link"]),
                float(fact["answered_at"]),
                float(fact["ends_at"]),
                bool(fact["is_testing"]),
                bool(fact["is_sure"]),
            )
            if fact
            else None
        )
    except (KeyError, TypeError, ValueError):
        return None
