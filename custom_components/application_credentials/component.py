"""Set the component up, in the order in which one thing stands on another."""

import asyncio
from contextlib import ExitStack
from functools import partial

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.hass_dict import HassKey

from . import implementations, websocket_api
from .accounts.watcher import AccountWatcher
from .const import DOMAIN, SIGNAL_CREDENTIAL
from .data import DATA, ComponentData
from .dialog import notification
from .dialog.add import DATA_NEW_ROWS
from .hooks.hook import DATA_HOOKS, Hooks
from .hooks.implementation import DATA_OWN_NAMES
from .issues import CredentialIssues, show_again
from .models import Finding
from .provider.findings import DATA_FINDINGS, Findings
from .provider.memory import DATA_MEMORY, FindingsMemory
from .records.collection import DATA_COLLECTION, CredentialCollection
from .records.redaction import redact_websocket_log
from .rows import DATA_ROWS, Rows
from .state import State

PLATFORMS = (Platform.BINARY_SENSOR, Platform.BUTTON, Platform.SENSOR)


async def async_setup(hass: HomeAssistant) -> None:
    """Set up what everything else stands on: the records, the provider, the wire.

    Raises whatever goes wrong, with nothing left behind that is called later:
    the original is set up in our place then.
    """
    with ExitStack() as undo:
        redact_websocket_log()

        def provide[DataT](key: HassKey[DataT], data: DataT) -> None:
            hass.data[key] = data
            undo.callback(hass.data.pop, key, None)

        hooks = Hooks(hass)
        provide(DATA_HOOKS, hooks)
        provide(DATA_OWN_NAMES, {})
        credentials = CredentialCollection(hass, has_hook=hooks.async_exists)
        state = State(hass)
        async with asyncio.TaskGroup() as files:
            files.create_task(credentials.async_load())
            files.create_task(state.async_load())
        undo.callback(state.async_follow())
        provide(DATA, ComponentData(state))
        provide(DATA_COLLECTION, credentials)
        findings = Findings(hass, credentials)
        provide(DATA_FINDINGS, findings)
        provide(DATA_MEMORY, FindingsMemory(hass, credentials, findings, state))
        undo.callback(AccountWatcher(hass).async_start())
        undo.callback(findings.async_listen(partial(_tell, hass)))
        undo.callback(CredentialIssues(hass).async_start())
        undo.callback(notification.async_follow(hass))
        show_again(hass, state.hidden_requests)
        provide(DATA_NEW_ROWS, set())
        rows = Rows(hass)
        provide(DATA_ROWS, rows)
        undo.callback(rows.async_follow())
        # What others call from now on; the original registers its own in their place.
        implementations.async_setup(hass)
        websocket_api.async_setup(hass)
        # It stays.
        undo.pop_all()

    if not hass.config_entries.async_entries(DOMAIN):
        hass.async_create_task(
            hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_IMPORT}
            ),
            f"{DOMAIN} entry",
        )


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Give each credential its device and its entities."""
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Take the entities away; return whether that worked."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant) -> None:
    """Remove what is kept beside the credentials."""
    await hass.data[DATA].state.async_remove()


@callback
def _tell(hass: HomeAssistant, item_id: str, finding: Finding | None) -> None:
    async_dispatcher_send(hass, SIGNAL_CREDENTIAL, item_id)
