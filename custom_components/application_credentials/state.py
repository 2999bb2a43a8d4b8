"""What must outlast a restart beside the credentials: one private file.

Kept are findings, requests to link an account again, and when links and client
secrets end. No secret, no token and no word of a provider is among it.
The original does not look at the file, and it may be deleted at any time.
"""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import date, datetime
import json
import logging
from pathlib import Path
from typing import Any, Final, NamedTuple

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .errors import StorageFailed
from .file import enveloped, read_private, tidy, write_private
from .models import By, Cause, Finding, Reason, Verdict

_LOGGER = logging.getLogger(__name__)

STATE_KEY: Final = f"{DOMAIN}.state"

# What version 1.1.0 kept in four files: their names behind the domain.
_FILES_OF_1_1_0: Final = ("findings", "link_requests", "link_ends", "hidden_requests")

# Seconds until a change is saved that no answer waits for, and until a failed save is retried.
_SAVE_DELAY: Final = 10
# Seconds; a disk that takes longer has a fault.
_WRITE_TIMEOUT: Final = 60

# Seconds since 1970: far enough for any link, near enough for a calendar.
_LATEST: Final = 1e10
_YEARS: Final = range(2000, 3000)


def read_seconds(number: Any) -> float:
    """Return a number as seconds, if a date can be made of that many seconds since 1970.

    Raises TypeError, ValueError or OverflowError for anything else.
    """
    if not 0 <= (seconds := float(number)) < _LATEST:
        raise ValueError(number)
    return seconds


class KnownFinding(NamedTuple):
    """A finding, and the fingerprint of the client that it is about."""

    about: str
    finding: Finding


class LinkSeen(NamedTuple):
    """When the link of an account ends by itself.

    `link` is the fingerprint of its refresh token, empty where the end holds for whatever
    follows. `ends_at` is in seconds since 1970, 0 for an end that is not sure.
    `is_testing`: Google's app is in "Testing".
    """

    link: str
    ends_at: float
    is_testing: bool


class SecretEnd(NamedTuple):
    """The day on which a client secret ends, and the fingerprint of its client."""

    about: str
    day: date


class State:
    """The state, in memory and in its file.

    `findings` are by the id of a credential, `links` by the id of a config entry.
    `link_requests` are by the id of a config entry that a person, or a new client ID, has
    asked to be linked again: the fingerprint of its link, behind that of the one before it
    where that was refreshed meanwhile, and empty if it is not known.
    `secret_ends` are by the id of a credential.
    """

    findings: dict[str, KnownFinding]
    link_requests: dict[str, str]
    links: dict[str, LinkSeen]
    secret_ends: dict[str, SecretEnd]
    # The accounts whose request to link again version 1.1.0 has had Home Assistant ignore.
    hidden_requests: list[str]

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize an empty state."""
        self._from_store_format({})
        self._hass = hass
        folder = Path(hass.config.path(STORAGE_DIR))
        self._path = folder / STATE_KEY
        self._files_of_1_1_0 = [folder / f"{DOMAIN}.{name}" for name in _FILES_OF_1_1_0]
        self._lock = asyncio.Lock()
        self._cancel_save: CALLBACK_TYPE | None = None

    async def async_load(self) -> None:
        """Read the file, or else the files of version 1.1.0.

        What cannot be read is dropped, and the rest is kept.
        """
        stored, is_of_1_1_0 = await self._hass.async_add_executor_job(self._read)
        self._from_store_format(stored)
        if is_of_1_1_0:
            self.async_changed()

    @callback
    def async_follow(self, undo: ExitStack) -> None:
        """Save what is not saved when Home Assistant stops; `undo` gets what ends that."""
        undo.callback(
            self._hass.bus.async_listen_once(
                EVENT_HOMEASSISTANT_FINAL_WRITE, self._async_save_changes
            )
        )

    @callback
    def async_changed(self) -> None:
        """Save the state soon."""
        if self._cancel_save is None:
            self._cancel_save = async_call_later(
                self._hass,
                _SAVE_DELAY,
                HassJob(self._async_save_changes, cancel_on_shutdown=True),
            )

    async def async_save(self) -> None:
        """Save the state now; it is on disk when this returns.

        Raises StorageFailed if it is not. Then it is tried again later.
        """
        self._end_delay()
        writing = self._hass.async_create_task(self._async_write(), f"{DOMAIN} state")
        done, _ = await asyncio.wait([writing], timeout=_WRITE_TIMEOUT)
        if not done:
            # What is written late is not what the caller has by then.
            self.async_changed()
            raise StorageFailed("storage_failed", reason="timeout")
        writing.result()

    async def async_remove(self) -> None:
        """Forget the state, and remove the file."""
        self._from_store_format({})
        self._end_delay()
        async with self._lock:
            await self._hass.async_add_executor_job(
                _remove, self._path, *self._files_of_1_1_0
            )

    async def async_try_to_save(self) -> None:
        """Save the state now; if it is not saved, the log says so, and it is tried again."""
        try:
            await self.async_save()
        except StorageFailed as err:
            _LOGGER.warning("%s was not saved: %s", self._path, err)

    async def _async_save_changes(self, _: Any) -> None:
        if self._cancel_save is not None:
            self._end_delay()
            # Without our entry, the component may be uninstalled soon.
            if self._hass.config_entries.async_entries(DOMAIN):
                await self.async_try_to_save()

    async def _async_write(self) -> None:
        async with self._lock:
            content = json.dumps(
                enveloped(STATE_KEY, self._to_store_format()), default=date.isoformat
            )
            try:
                await self._hass.async_add_executor_job(self._write, content.encode())
            except (OSError, RuntimeError) as err:
                # RuntimeError: Home Assistant has ended its threads.
                self.async_changed()
                raise StorageFailed("storage_failed", reason=str(err)) from err

    @callback
    def _end_delay(self) -> None:
        if self._cancel_save is not None:
            self._cancel_save()
            self._cancel_save = None

    def _read(self) -> tuple[dict[str, Any], bool]:
        """Return what is stored, and whether version 1.1.0 has stored it; in an executor."""
        tidy(self._path)
        if (stored := _read_data(self._path)) is not None:
            return stored, False
        found = [_read_data(path) for path in self._files_of_1_1_0]
        return _from_1_1_0(*(data or {} for data in found)), any(found)

    def _write(self, content: bytes) -> None:
        """Write the file, and remove those of version 1.1.0; in an executor."""
        write_private(self._path, content)
        _remove(*self._files_of_1_1_0)

    def _to_store_format(self) -> dict[str, Any]:
        return {
            "findings": {
                item_id: _finding_to_store(known)
                for item_id, known in self.findings.items()
            },
            "link_requests": self.link_requests,
            "links": {
                entry_id: link._asdict() for entry_id, link in self.links.items()
            },
            "secret_ends": {
                item_id: end._asdict() for item_id, end in self.secret_ends.items()
            },
        }

    def _from_store_format(self, stored: dict[str, Any]) -> None:
        self.findings = _read_each(stored.get("findings"), _finding_from_store)
        self.link_requests = _read_each(stored.get("link_requests"), str)
        self.links = _read_each(stored.get("links"), _link_from_store)
        self.secret_ends = _read_each(stored.get("secret_ends"), _secret_end_from_store)
        self.hidden_requests = list(_read_each(stored.get("hidden_requests"), str))


def _read_data(path: Path) -> dict[str, Any] | None:
    """Return the data of a file, None if there is none or it cannot be read."""
    try:
        if (content := read_private(path)) is None:
            return None
        data: Any = json.loads(content)["data"]
    except Exception as err:  # noqa: BLE001 (whatever stands there, credentials are served)
        _LOGGER.warning("%s cannot be read, and is not used: %s", path, err)
        return None
    return data if isinstance(data, dict) else None


def _from_1_1_0(
    findings: dict[str, Any],
    link_requests: dict[str, Any],
    link_ends: dict[str, Any],
    hidden_requests: dict[str, Any],
) -> dict[str, Any]:
    """Return what the files of version 1.1.0 hold, in the shape of the state."""
    return {
        "findings": findings.get("findings"),
        # What an integration has asked for, it asks again.
        "link_requests": {
            entry_id: ""
            for entry_id, asked in _accounts(link_requests).items()
            if isinstance(asked, dict) and not asked.get("by_integration")
        },
        "links": _accounts(link_ends),
        "hidden_requests": _accounts(hidden_requests),
    }


def _accounts(stored: dict[str, Any]) -> dict[str, Any]:
    accounts = stored.get("accounts")
    return accounts if isinstance(accounts, dict) else {}


def _remove(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _read_each[ValueT](stored: Any, read: Callable[[Any], ValueT]) -> dict[str, ValueT]:
    """Return what can be read of a stored dictionary."""
    values: dict[str, ValueT] = {}
    for key, value in stored.items() if isinstance(stored, dict) else ():
        try:
            values[key] = read(value)
        except (AttributeError, LookupError, TypeError, ValueError, OverflowError):
            _LOGGER.warning("What %s has of %s cannot be read", STATE_KEY, key)
    return values


def _finding_to_store(known: KnownFinding) -> dict[str, Any]:
    finding = known.finding
    return {
        **finding.as_status(),
        "cause": finding.cause,
        "last_at": finding.last_at and finding.last_at.isoformat(),
        "about": known.about,
    }


def _finding_from_store(stored: Any) -> KnownFinding:
    by, reason = stored.get("by"), stored.get("reason")
    last_at = stored.get("last_at", stored["at"])
    return KnownFinding(
        about=str(stored["about"]),
        finding=Finding(
            Verdict(stored["client"]),
            Verdict(stored["redirect_uri"]),
            # One that a later version knows is none that we have a text for.
            cause=next((each for each in Cause if each == stored.get("cause")), None),
            reason=next((each for each in Reason if each == reason), None),
            at=_time(stored["at"]),
            last_at=_time(last_at) if last_at else None,
            by=By(by) if by else By.CHECK,
        ),
    )


def _link_from_store(stored: Any) -> LinkSeen:
    # Version 1.1.0 also kept ends that were not sure.
    is_sure = stored.get("is_sure", True)
    return LinkSeen(
        link=str(stored["link"]),
        ends_at=read_seconds(stored["ends_at"]) if is_sure else 0,
        is_testing=bool(stored["is_testing"]),
    )


def _secret_end_from_store(stored: Any) -> SecretEnd:
    day = date.fromisoformat(stored["day"])
    if day.year not in _YEARS:
        raise ValueError(day)
    return SecretEnd(about=str(stored["about"]), day=day)


def _time(text: str) -> datetime:
    """Return a time that can be shown in any time zone; raises ValueError."""
    time = dt_util.parse_datetime(text, raise_on_error=True)
    if time.year not in _YEARS:
        raise ValueError(text)
    return dt_util.as_utc(time)
