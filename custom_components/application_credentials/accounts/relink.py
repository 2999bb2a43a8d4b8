"""Have accounts linked again: on request, with another credential, after a change.

A request by a person, or after a new client ID, is in the state before it is answered,
and stays until the account is linked: see watcher.py.
"""

from collections.abc import Iterable
from contextvars import Context
import logging

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from ..data import DATA
from ..errors import CredentialError, EntryNotFound, StorageFailed
from ..models import CredentialRecord, auth_domain_of, link_fingerprint
from ..records.collection import DATA_COLLECTION
from .ends import forget_links
from .usage import (
    async_can_reauthenticate,
    async_has_own_name,
    async_learn_own_names,
    has_reauthentication,
    is_hidden,
    record_used_by,
)

_LOGGER = logging.getLogger(__name__)


@callback
def is_link_requested(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether an account is to be linked again: a person asks, or its client ID is new."""
    return entry.entry_id in hass.data[DATA].state.link_requests


@callback
def config_entry(hass: HomeAssistant, entry_id: str) -> ConfigEntry:
    """Return the config entry with this id, or raise EntryNotFound."""
    if (entry := hass.config_entries.async_get_entry(entry_id)) is None:
        raise EntryNotFound(entry_id)
    return entry


@callback
def request_links(hass: HomeAssistant, entries: Iterable[ConfigEntry]) -> set[str]:
    """Note that accounts are to be linked again; return the ids of those that were not yet."""
    requests = hass.data[DATA].state.link_requests
    new = {
        entry.entry_id: link_fingerprint(entry.data)
        for entry in entries
        if entry.entry_id not in requests
    }
    requests |= new
    return set(new)


async def _async_save_requests(
    hass: HomeAssistant, entries: Iterable[ConfigEntry]
) -> set[str]:
    """Note that accounts are to be linked again, and save it; return the ids of new ones.

    If it cannot be saved, nothing is noted, and StorageFailed is raised.
    """
    new = request_links(hass, entries)
    try:
        # Also if all were asked before: that may not be on disk yet.
        await hass.data[DATA].state.async_save()
    except StorageFailed:
        forget_requests(hass, new)
        raise
    return new


@callback
def forget_requests(hass: HomeAssistant, entry_ids: Iterable[str]) -> None:
    """Forget the requests to link accounts again: they are linked, or gone."""
    state = hass.data[DATA].state
    for entry_id in entry_ids:
        if state.link_requests.pop(entry_id, None) is not None:
            state.async_changed()


async def async_link_again(hass: HomeAssistant, entry_ids: Iterable[str]) -> None:
    """Have config entries ask to be linked again: all of them, or none.

    Raises CredentialError for an unknown entry, for one that no credential serves, or whose
    integration cannot link it again, and if the request cannot be saved.
    """
    entries = [config_entry(hass, entry_id) for entry_id in entry_ids]
    for entry in entries:
        await async_learn_own_names(hass, entry.domain)
        if record_used_by(hass, entry) is None:
            raise CredentialError("uses_no_credential", title=entry.title)
        if not await async_can_reauthenticate(hass, entry.domain):
            raise CredentialError("link_again_impossible", domain=entry.domain)
    # They may be gone by now.
    entries = [config_entry(hass, entry.entry_id) for entry in entries]
    await _async_save_requests(hass, entries)
    for entry in entries:
        start_reauthentication(hass, entry)


async def async_move(
    hass: HomeAssistant,
    entry_ids: Iterable[str],
    record: CredentialRecord,
) -> None:
    """Point config entries at another credential, and have them linked again.

    All of them, or none. Raises CredentialError for an unknown entry, for one that uses no
    credentials, for a credential of another integration, or one that cannot be chosen, if
    the integration cannot link an account again, and if the request cannot be saved.
    """
    entries = [config_entry(hass, entry_id) for entry_id in entry_ids]
    for entry in entries:
        if entry.domain != record["domain"]:
            raise CredentialError(
                "move_other_integration", domain=entry.domain, other=record["domain"]
            )
        if CONF_AUTH_IMPLEMENTATION not in entry.data:
            raise CredentialError("uses_no_credential", title=entry.title)
    if not await async_can_reauthenticate(hass, record["domain"]):
        raise CredentialError("move_no_reauthentication", domain=record["domain"])
    if await async_has_own_name(hass, record) or is_hidden(hass, record):
        raise CredentialError("move_not_chosen", domain=record["domain"])
    asked = await _async_save_requests(hass, entries)

    @callback
    def point_at(record: CredentialRecord) -> None:
        for entry in entries:
            config_entry(hass, entry.entry_id)
        for entry in entries:
            hass.config_entries.async_update_entry(
                entry,
                data={**entry.data, CONF_AUTH_IMPLEMENTATION: auth_domain_of(record)},
            )
        forget_links(hass, record["id"], entries)
        reload_entries(hass, entries)

    # Record and entries may be gone by then, since other things were waited for.
    try:
        await hass.data[DATA_COLLECTION].async_use(record["id"], point_at)
    except CredentialError:
        forget_requests(hass, asked)
        raise


@callback
def reload_entries(hass: HomeAssistant, entries: Iterable[ConfigEntry]) -> None:
    """Reload config entries in the background, whatever state they are in.

    Those that are asked to be linked again ask once more after it, since a reload ends
    the flow in which they do. Disabled ones are left alone until they are enabled.
    """
    for entry in entries:
        if entry.disabled_by is None:
            # Without the request of a person: see start_reauthentication.
            Context().run(
                hass.async_create_task,
                _async_reload_entry(hass, entry),
                f"{DOMAIN} reload {entry.domain} {entry.entry_id}",
            )


@callback
def start_reauthentication(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Start a reauthentication flow for an account, unless it has one or cannot have one.

    Home Assistant starts none beside a reconfiguration either. If that is given up, the
    account is asked within an hour: see watcher.py.
    """
    if (
        entry.disabled_by is None
        and hass.config_entries.async_get_entry(entry.entry_id) is not None
        and record_used_by(hass, entry) is not None
        and has_reauthentication(entry.domain)
    ):
        # In the request of a person, some flows go to the provider's page at once (yale).
        Context().run(entry.async_start_reauth, hass)


async def _async_reload_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    try:
        await hass.config_entries.async_reload(entry.entry_id)
    except HomeAssistantError as err:
        _LOGGER.warning("%s could not be reloaded: %s", entry.title, err)
    if is_link_requested(hass, entry):
        start_reauthentication(hass, entry)
