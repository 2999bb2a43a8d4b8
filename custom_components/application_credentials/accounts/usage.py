"""Which config entries use a credential, and what is done to them when it changes."""

from collections.abc import Iterable
from contextlib import suppress
import logging
from typing import TypedDict

from homeassistant.config_entries import HANDLERS, ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import DATA_IMPLEMENTATIONS
from homeassistant.loader import IntegrationNotFound, async_get_integration

from ..const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from ..errors import CredentialError, EntryNotFound
from ..hooks.implementation import DATA_OWN_NAMES, async_implementation_of
from ..models import CredentialRecord, auth_domain_of
from ..records.collection import DATA_COLLECTION
from .link_requests import DATA_LINK_REQUESTS

_LOGGER = logging.getLogger(__name__)


class UsedBy(TypedDict):
    """A config entry that uses a credential, in the shape of the websocket API."""

    config_entry_id: str
    title: str
    domain: str
    state: str
    disabled_by: str | None


@callback
def record_used_by(hass: HomeAssistant, entry: ConfigEntry) -> CredentialRecord | None:
    """Return the credential that serves a config entry, None where none of ours does.

    Of several that the entry could mean, the last: that is the one which
    Home Assistant's OAuth2 flow is handed.
    """
    name = entry.data.get(CONF_AUTH_IMPLEMENTATION)
    if not isinstance(name, str):
        return None
    records = hass.data[DATA_COLLECTION].records_of(entry.domain)
    own_names = hass.data[DATA_OWN_NAMES]
    for record in reversed(records):
        if name in (auth_domain_of(record), own_names.get(record["id"])):
            return record
    # An imported credential is served under its auth_domain alone; still, whoever
    # says its id means it.
    return next((record for record in records if record["id"] == name), None)


@callback
def entries_using(hass: HomeAssistant, record: CredentialRecord) -> list[ConfigEntry]:
    """Return the config entries that a credential serves, in whatever state they are."""
    return [
        entry
        for entry in hass.config_entries.async_entries(record["domain"])
        if (used := record_used_by(hass, entry)) and used["id"] == record["id"]
    ]


@callback
def entries_without_credential(hass: HomeAssistant) -> list[ConfigEntry]:
    """Return the config entries that point at a credential which is gone.

    What Home Assistant Cloud or an implementation of the integration's own
    serves is left alone, and so is what does not look like one of our ids.
    """
    registered = hass.data.get(DATA_IMPLEMENTATIONS, {})
    return [
        entry
        for entry in hass.config_entries.async_entries()
        if isinstance(name := entry.data.get(CONF_AUTH_IMPLEMENTATION), str)
        and name.startswith(f"{entry.domain}_")
        and name not in registered.get(entry.domain, {})
        and record_used_by(hass, entry) is None
    ]


@callback
def usage(hass: HomeAssistant) -> dict[str, list[UsedBy]]:
    """Return for every credential, by id, the config entries that use it."""
    used: dict[str, list[UsedBy]] = {
        item_id: [] for item_id in hass.data[DATA_COLLECTION].data
    }
    for entry in hass.config_entries.async_entries():
        if record := record_used_by(hass, entry):
            used[record["id"]].append(
                UsedBy(
                    config_entry_id=entry.entry_id,
                    title=entry.title,
                    domain=entry.domain,
                    state=entry.state.value,
                    disabled_by=entry.disabled_by and entry.disabled_by.value,
                )
            )
    return used


async def async_can_reauthenticate(hass: HomeAssistant, domain: str) -> bool:
    """Return whether the config flow of an integration has a reauthentication step."""
    if (handler := HANDLERS.get(domain)) is None:
        try:
            integration = await async_get_integration(hass, domain)
            await integration.async_get_platform("config_flow")
        except (IntegrationNotFound, ImportError) as err:
            _LOGGER.debug("The config flow of %s cannot be imported: %s", domain, err)
        handler = HANDLERS.get(domain)
    return handler is not None and hasattr(handler, "async_step_reauth")


@callback
def reload_entries(
    hass: HomeAssistant, entries: list[ConfigEntry], *, reauthenticate: bool
) -> None:
    """Reload config entries in the background; then have them linked again, if asked to.

    Whatever state they are in. Disabled ones are left alone until they are enabled.
    """
    requests = hass.data[DATA_LINK_REQUESTS]
    for entry in entries:
        if reauthenticate:
            requests.ask(entry)
        else:
            requests.secret_changed(entry)
        if entry.disabled_by is None:
            hass.async_create_task(
                _async_reload_entry(hass, entry, reauthenticate=reauthenticate),
                f"{DOMAIN} reload {entry.domain} {entry.entry_id}",
            )


async def async_move(
    hass: HomeAssistant,
    entry_id: str,
    record: CredentialRecord,
    *,
    seen: str | None = None,
) -> None:
    """Point a config entry at another credential: raises as `async_move_all`."""
    await async_move_all(hass, [entry_id], record, seen=seen)


async def async_move_all(
    hass: HomeAssistant,
    entry_ids: Iterable[str],
    record: CredentialRecord,
    *,
    seen: str | None = None,
) -> None:
    """Point config entries at another credential, and have them linked again.

    All of them, or none. `seen` is the id of the credential that the person has
    seen them use; where one uses another by now, somebody else has moved it, and it
    stays there. Raises CredentialError for an unknown entry, for a
    credential of another integration, and where the integration cannot be
    linked again or does not let its credential be chosen.
    """
    entries = [_entry(hass, entry_id) for entry_id in entry_ids]
    for entry in entries:
        if entry.domain != record["domain"]:
            raise CredentialError(
                "move_other_integration", domain=entry.domain, other=record["domain"]
            )
    if not await async_can_reauthenticate(hass, record["domain"]):
        raise CredentialError("move_no_reauthentication", domain=record["domain"])
    if await _async_has_own_name(hass, record):
        raise CredentialError("move_not_chosen", domain=record["domain"])

    @callback
    def point_at(record: CredentialRecord) -> None:
        for entry in entries:
            _entry(hass, entry.entry_id)
            used = record_used_by(hass, entry)
            if seen is not None and (used is None or used["id"] != seen):
                raise CredentialError("moved_meanwhile", title=entry.title)
        for entry in entries:
            hass.config_entries.async_update_entry(
                entry,
                data={**entry.data, CONF_AUTH_IMPLEMENTATION: auth_domain_of(record)},
            )
        reload_entries(hass, entries, reauthenticate=True)

    # Record and entries may be gone by then, since other things were waited for.
    await hass.data[DATA_COLLECTION].async_use(record["id"], point_at)


async def async_link_again(hass: HomeAssistant, entry_ids: Iterable[str]) -> None:
    """Have config entries ask to be linked again: all of them, or none.

    Raises CredentialError for an unknown entry, and for one whose integration
    cannot link it again.
    """
    entries = [_entry(hass, entry_id) for entry_id in entry_ids]
    for entry in entries:
        if not await async_can_reauthenticate(hass, entry.domain):
            raise CredentialError("link_again_impossible", domain=entry.domain)
    for entry in entries:
        # It stays, through reloads and restarts, until the account is linked.
        hass.data[DATA_LINK_REQUESTS].ask(entry)
        entry.async_start_reauth(hass)


@callback
def entries_linked_otherwise(
    hass: HomeAssistant, record: CredentialRecord
) -> list[ConfigEntry]:
    """Return the accounts of the same integration that something else serves."""
    using = {entry.entry_id for entry in entries_using(hass, record)}
    return [
        entry
        for entry in hass.config_entries.async_entries(record["domain"])
        if CONF_AUTH_IMPLEMENTATION in entry.data and entry.entry_id not in using
    ]


@callback
def _entry(hass: HomeAssistant, entry_id: str) -> ConfigEntry:
    """Return the config entry with this id, or raise EntryNotFound."""
    if (entry := hass.config_entries.async_get_entry(entry_id)) is None:
        raise EntryNotFound(entry_id)
    return entry


async def async_learn_own_names(hass: HomeAssistant, domain: str) -> None:
    """Learn which entries of an integration mean which credential, where none could tell.

    After a start, a disabled entry of an integration whose implementations have
    names of their own (smartthings, withings) has not been asked for yet.
    """
    if any(
        entry.data.get(CONF_AUTH_IMPLEMENTATION) == domain
        and record_used_by(hass, entry) is None
        for entry in hass.config_entries.async_entries(domain)
    ):
        for record in hass.data[DATA_COLLECTION].records_of(domain):
            await _async_has_own_name(hass, record)


async def _async_has_own_name(hass: HomeAssistant, record: CredentialRecord) -> bool:
    """Return whether entries cannot say that they mean this very credential."""
    # Whatever its hook says: it cannot keep a credential from being deleted or moved.
    with suppress(HomeAssistantError):
        await async_implementation_of(hass, record)
    return record["id"] in hass.data[DATA_OWN_NAMES]


async def _async_reload_entry(
    hass: HomeAssistant, entry: ConfigEntry, *, reauthenticate: bool
) -> None:
    try:
        await hass.config_entries.async_reload(entry.entry_id)
    except HomeAssistantError as err:
        _LOGGER.warning("%s could not be reloaded: %s", entry.title, err)
    # After the reload, which ends every reauthentication that is under way.
    # Home Assistant has a method for the last two since 2026.7.
    if (
        reauthenticate
        and hass.config_entries.async_get_entry(entry.entry_id)
        and hasattr(HANDLERS.get(entry.domain), "async_step_reauth")
    ):
        entry.async_start_reauth(hass)
