"""Set the component up, in the order in which one thing stands on another."""

import asyncio
from contextlib import ExitStack

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.util.hass_dict import HassKey

from . import entity, implementations, issues, websocket_api
from .accounts.following import DATA_ACCOUNTS, Accounts
from .accounts.link_life import DATA_LINK_LIFE, LinkLife
from .accounts.link_requests import DATA_LINK_REQUESTS, LinkRequests
from .accounts.linking import follow_reauthentication
from .accounts.vain_requests import VainRequests
from .const import DOMAIN
from .dialog import notification
from .dialog.add import DATA_NEW_ROWS
from .hooks.hook import DATA_HOOKS, Hooks
from .hooks.implementation import DATA_OWN_NAMES
from .provider.findings import DATA_FINDINGS, Findings
from .provider.memory import DATA_MEMORY, FindingsMemory
from .records.collection import DATA_COLLECTION, CredentialCollection
from .records.redaction import redact_websocket_log
from .rows import DATA_ROWS, Rows

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
        links, requests, vain = LinkLife(hass), LinkRequests(hass), VainRequests(hass)
        async with asyncio.TaskGroup() as files:
            for kept in (credentials, links, requests, vain):
                files.create_task(kept.async_load())
        provide(DATA_COLLECTION, credentials)
        findings = Findings(hass, credentials)
        provide(DATA_FINDINGS, findings)
        memory = FindingsMemory(hass, credentials, findings)
        provide(DATA_MEMORY, memory)
        accounts = Accounts(hass)
        provide(DATA_ACCOUNTS, accounts)
        undo.callback(accounts.async_follow())
        provide(DATA_LINK_LIFE, links)
        provide(DATA_LINK_REQUESTS, requests)
        undo.callback(follow_reauthentication(hass))
        undo.callback(issues.async_setup(hass))
        undo.callback(vain.async_follow())
        undo.callback(notification.async_follow(hass))
        undo.callback(entity.async_follow(hass))
        await memory.async_load()
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
