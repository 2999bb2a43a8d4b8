"""Which config entries use a credential, now and in the file in which they are saved."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from homeassistant.config_entries import HANDLERS, ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations
from homeassistant.helpers.storage import STORAGE_DIR
from homeassistant.loader import IntegrationNotFound, async_get_integration
from homeassistant.util.json import json_loads

from ..const import CONF_AUTH_IMPLEMENTATION
from ..data import DATA
from ..errors import CredentialError
from ..file import read_private
from ..hooks.implementation import async_implementation_of
from ..models import CredentialRecord, auth_domain_of
from ..records.collection import DATA_COLLECTION
from ..signals import async_tell

# Integrations that register their implementation only once an account is set up.
_REGISTERS_LATE: Final = frozenset({"gentex_homelink"})

# Seconds for all providers of implementations of an integration.
_ASK_TIMEOUT: Final = 30

_ENTRIES_KEY: Final = "core.config_entries"

# Seconds until a change must be in the file, and between two looks at it.
_SAVE_TIMEOUT: Final = 10
_SAVE_INTERVAL: Final = 0.2


@callback
def record_used_by(hass: HomeAssistant, entry: ConfigEntry) -> CredentialRecord | None:
    """Return the credential that serves a config entry, None if none does.

    Of several that the entry could mean, the last: that is the one which
    Home Assistant's OAuth2 flow is handed.
    """
    name = entry.data.get(CONF_AUTH_IMPLEMENTATION)
    if not isinstance(name, str):
        return None
    records = hass.data[DATA_COLLECTION].records_of(entry.domain)
    own_names = hass.data[DATA].own_names
    for record in reversed(records):
        if name in (auth_domain_of(record), own_names.get(record["id"])):
            return record
    # An imported credential is served under its auth_domain alone. An entry that names
    # its id still means it.
    return next((record for record in records if record["id"] == name), None)


@callback
def entries_using(hass: HomeAssistant, record: CredentialRecord) -> list[ConfigEntry]:
    """Return the config entries that a credential serves, in whatever state they are."""
    return [
        entry
        for entry in hass.config_entries.async_entries(record["domain"])
        if (used := record_used_by(hass, entry)) and used["id"] == record["id"]
    ]


async def async_entries_without_credential(hass: HomeAssistant) -> list[ConfigEntry]:
    """Return the config entries whose credential is gone, so that nothing can serve them.

    Left alone are entries of integrations that take no credentials or are gone, disabled
    ones, and those that another provider of implementations, or the integration itself,
    serves or may serve again.
    """
    return [
        entry
        for entry in hass.config_entries.async_entries(include_disabled=False)
        if isinstance(name := entry.data.get(CONF_AUTH_IMPLEMENTATION), str)
        # The names of our credentials: an id, or that of an import.
        and (name == entry.domain or name.startswith(f"{entry.domain}_"))
        and record_used_by(hass, entry) is None
        and not await _async_may_be_served(hass, entry)
    ]


async def _async_may_be_served(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Return whether something else than a credential serves an entry, or may serve it."""
    if entry.domain not in hass.config.components or entry.domain in _REGISTERS_LATE:
        # What it registers itself may not be there yet.
        return True
    try:
        async with asyncio.timeout(_ASK_TIMEOUT):
            if not await hass.data[DATA_COLLECTION].async_has_hook(entry.domain):
                return True
            implementations = await async_get_implementations(hass, entry.domain)
    except (Exception, SystemExit):  # noqa: BLE001 (a provider is away, or an integration fails)
        return True
    return entry.data[CONF_AUTH_IMPLEMENTATION] in implementations


@callback
def usage(hass: HomeAssistant) -> dict[str, list[dict[str, str | None]]]:
    """Return for every credential, by id, the config entries that use it.

    They are in the shape of the websocket API.
    """
    used: dict[str, list[dict[str, str | None]]] = {
        item_id: [] for item_id in hass.data[DATA_COLLECTION].data
    }
    for entry in hass.config_entries.async_entries():
        if record := record_used_by(hass, entry):
            used[record["id"]].append(
                {
                    "config_entry_id": entry.entry_id,
                    "title": entry.title,
                    "domain": entry.domain,
                    "state": entry.state.value,
                    "disabled_by": entry.disabled_by and entry.disabled_by.value,
                }
            )
    return used


async def async_can_reauthenticate(hass: HomeAssistant, domain: str) -> bool:
    """Return whether the config flow of an integration has a reauthentication step."""
    if domain not in HANDLERS:
        with suppress(IntegrationNotFound, ImportError):
            integration = await async_get_integration(hass, domain)
            await integration.async_get_platform("config_flow")
    return has_reauthentication(domain)


@callback
def has_reauthentication(domain: str) -> bool:
    """Return whether the config flow of an integration that runs has a reauthentication step."""
    return hasattr(HANDLERS.get(domain), "async_step_reauth")


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


async def async_learn_own_names(hass: HomeAssistant, domain: str | None = None) -> None:
    """Learn which entries mean which credential, where none could tell.

    After a start, a disabled entry of an integration whose implementations have
    names of their own (smartthings, withings) has not been asked for yet. Without a
    `domain`, this is done for all integrations. It takes ten seconds at the most.
    """
    domains = {
        entry.domain
        for entry in hass.config_entries.async_entries(domain)
        if entry.data.get(CONF_AUTH_IMPLEMENTATION) == entry.domain
        and record_used_by(hass, entry) is None
    }
    records = [
        record
        for each in domains
        for record in hass.data[DATA_COLLECTION].records_of(each)
    ]
    # Each in a task of its own: hooks may wait, and may cancel it.
    await asyncio.gather(
        *(async_has_own_name(hass, record) for record in records),
        return_exceptions=True,
    )
    for record in records:
        async_tell(hass, record["id"])


async def async_has_own_name(hass: HomeAssistant, record: CredentialRecord) -> bool:
    """Return whether entries cannot say that they mean this very credential."""
    # Whatever its hook says: it cannot keep a credential from being deleted or moved.
    with suppress(HomeAssistantError):
        await async_implementation_of(hass, record)
    return has_own_name(hass, record)


@callback
def has_own_name(hass: HomeAssistant, record: CredentialRecord) -> bool:
    """Return whether that is known already: its hook was asked and gave it a name of its own."""
    return record["id"] in hass.data[DATA].own_names


@callback
def records_by_name(hass: HomeAssistant, domain: str) -> dict[str, CredentialRecord]:
    """Return the credentials of an integration by what entries call them.

    Of several with one name, the last: two imports may have the same `auth_domain`.
    """
    records = hass.data[DATA_COLLECTION].records_of(domain)
    return {auth_domain_of(record): record for record in records}


@callback
def is_hidden(hass: HomeAssistant, record: CredentialRecord) -> bool:
    """Return whether entries that name a credential mean a later one."""
    named = records_by_name(hass, record["domain"])
    return named.get(auth_domain_of(record), record)["id"] != record["id"]


@callback
def move_targets(
    hass: HomeAssistant, record: CredentialRecord
) -> list[CredentialRecord]:
    """Return the credentials to which the accounts of one can be moved."""
    named = records_by_name(hass, record["domain"])
    return [other for other in named.values() if other["id"] != record["id"]]


async def async_wait_until_saved(hass: HomeAssistant, domain: str) -> None:
    """Wait until no saved config entry of an integration names a credential that it has left.

    Home Assistant saves config entries a second after they have changed, and offers no way
    to hurry. A credential that is deleted before that would be missing after a power cut.
    Raises CredentialError if that takes longer than ten seconds.
    """
    path = Path(hass.config.path(STORAGE_DIR, _ENTRIES_KEY))

    async def is_behind() -> bool:
        saved = await hass.async_add_executor_job(_saved_names, path, domain)
        now = {
            entry.entry_id: entry.data.get(CONF_AUTH_IMPLEMENTATION)
            for entry in hass.config_entries.async_entries(domain)
        }
        # Whatever the name is: a hook that was not asked may give a credential one of its own.
        return any(now.get(entry_id) != name for entry_id, name in saved.items())

    try:
        async with asyncio.timeout(_SAVE_TIMEOUT):
            # There is no event for a change of the file.
            while await is_behind():  # noqa: ASYNC110
                await asyncio.sleep(_SAVE_INTERVAL)
    except TimeoutError:
        raise CredentialError("entries_not_saved") from None


def _saved_names(path: Path, domain: str) -> dict[str, str]:
    """Return the implementation that each saved entry of an integration names, by entry id.

    Nothing if the file cannot be read: then no start will read it either.
    """
    try:
        stored: Any = json_loads(read_private(path) or b"{}")
        return {
            entry["entry_id"]: name
            for entry in stored["data"]["entries"]
            if entry["domain"] == domain
            and isinstance(name := entry["data"].get(CONF_AUTH_IMPLEMENTATION), str)
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}
