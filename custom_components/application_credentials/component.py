"""Set the component up, in the order in which one thing stands on another."""

import asyncio
from contextlib import ExitStack

from homeassistant.config_entries import SOURCE_IMPORT
from homeassistant.core import HomeAssistant

from . import implementations, issues, websocket_api
from .accounts.watcher import AccountWatcher
from .const import DOMAIN
from .data import DATA, ComponentData
from .dialog import notification
from .hooks.hook import Hooks
from .provider.check import Checks
from .provider.findings import Findings
from .records.collection import DATA_COLLECTION, CredentialCollection
from .records.redaction import redact_websocket_log
from .rows import Rows
from .signals import async_tell
from .state import State


async def async_setup(hass: HomeAssistant) -> None:
    """Set up what everything else stands on: the records, the provider, the wire.

    Raises whatever goes wrong, with nothing left behind that is called later:
    the original is set up in our place then.
    """
    with ExitStack() as undo:
        redact_websocket_log()

        hooks, state = Hooks(hass), State(hass)
        credentials = CredentialCollection(hass, has_hook=hooks.async_exists)
        async with asyncio.TaskGroup() as files:
            files.create_task(credentials.async_load())
            files.create_task(state.async_load())
        hass.data[DATA_COLLECTION] = credentials
        undo.callback(hass.data.pop, DATA_COLLECTION, None)
        findings = Findings(hass, state)
        rows = Rows(hass)
        hass.data[DATA] = ComponentData(
            state,
            hooks,
            findings,
            Checks(),
            rows,
            own_names={},
            new_clients={},
        )
        undo.callback(hass.data.pop, DATA, None)
        state.async_follow(undo)
        AccountWatcher(hass).async_start(undo)
        issues.async_follow(hass, undo)
        notification.async_follow(hass, undo)
        issues.show_again(hass, state.hidden_requests)
        rows.async_follow(undo)
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


async def async_remove_entry(hass: HomeAssistant) -> None:
    """Remove what is kept beside the credentials."""
    await hass.data[DATA].state.async_remove()
    # Issues about what was known go as well.
    async_tell(hass, "")
