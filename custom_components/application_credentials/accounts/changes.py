"""What people and scripts do to credentials, and what follows from it.

The websocket, the dialog and the repairs all go through here, so that the same
request has the same consequences wherever it is made.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from ..data import DATA
from ..models import CredentialRecord, is_same_client
from ..provider.redirect_uri import async_browser_redirect_uri
from ..records.collection import DATA_COLLECTION
from .client_life import note_new_client
from .link_life import forget_links
from .relink import reload_entries, request_links
from .usage import (
    async_can_reauthenticate,
    async_learn_own_names,
    async_wait_until_saved,
    entries_using,
)


async def async_create(
    hass: HomeAssistant, data: dict[str, Any], *, check: bool = True
) -> dict[str, Any]:
    """Create a credential and return its record; then the provider is asked about it.

    Raises what `CredentialCollection.async_create_item` raises.
    """
    record = await hass.data[DATA_COLLECTION].async_create_item(data)
    async_follow_client(hass, record, check=check)
    return record


async def async_update(
    hass: HomeAssistant,
    item_id: str,
    updates: dict[str, Any],
    *,
    also: Iterable[str] = (),
    check: bool = True,
) -> tuple[dict[str, Any], list[ConfigEntry]]:
    """Change a credential; return its record, and the entries that cannot be linked again.

    A new name changes nothing for the accounts. With a new client secret, the entries
    that use the credential are reloaded; with a new client ID they ask to be linked
    again as well, since refresh tokens belong to the client they were issued to
    (RFC 6749 section 6). The credentials `also` get the same client ID and client
    secret, all of them or none. Raises what
    `CredentialCollection.async_update_items` raises.
    """
    changed = await hass.data[DATA_COLLECTION].async_update_items(
        item_id, updates, also
    )
    not_linkable: list[ConfigEntry] = []
    for before, after in changed:
        if not is_same_client(before, after):
            not_linkable += await _async_follow_update(
                hass, before, after, check=check or after["id"] != item_id
            )
    _, record = changed[0]
    return {**record}, not_linkable


async def _async_follow_update(
    hass: HomeAssistant,
    before: CredentialRecord,
    after: CredentialRecord,
    *,
    check: bool,
) -> list[ConfigEntry]:
    """Do what a new client asks for; return the entries that cannot be linked again."""
    new_client = str(before["client_id"]) != str(after["client_id"])
    entries = entries_using(hass, after)
    can_reauthenticate = new_client and await async_can_reauthenticate(
        hass, after["domain"]
    )
    if can_reauthenticate and entries:
        request_links(hass, entries)
        await hass.data[DATA].state.async_try_to_save()
    if new_client:
        forget_links(hass, after["id"], entries)
    reload_entries(hass, entries)
    async_follow_client(hass, after, check=check)
    return entries if new_client and not can_reauthenticate else []


async def async_delete(hass: HomeAssistant, item_id: str) -> None:
    """Delete a credential that no account uses.

    Raises what `CredentialCollection.async_delete_item` raises.
    """
    credentials = hass.data[DATA_COLLECTION]
    record = credentials.record(item_id)
    await async_learn_own_names(hass, record["domain"])
    if not entries_using(hass, record):
        await async_wait_until_saved(hass, record)

    def users(record: CredentialRecord) -> list[str]:
        return [entry.title for entry in entries_using(hass, record)]

    await credentials.async_delete_item(item_id, users)
    if hass.data[DATA].state.findings.pop(item_id, None) is not None:
        hass.data[DATA].state.async_changed()


@callback
def async_follow_client(
    hass: HomeAssistant, record: Mapping[str, Any], *, check: bool = True
) -> None:
    """Note that the client of a credential is new, and have the provider asked about it.

    It is asked about the redirect URI of this browser, too.
    """
    note_new_client(hass, record["id"], record["domain"])
    if check:
        redirect_uri = async_browser_redirect_uri(hass)
        hass.data[DATA].findings.async_schedule(record["id"], redirect_uri)
