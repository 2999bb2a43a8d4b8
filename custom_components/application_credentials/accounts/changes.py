"""What people and scripts do to credentials, and what follows from it.

The websocket, the dialog and the repairs all go through here, so that the same
request has the same consequences wherever it is made.
"""

from collections.abc import Iterable
from typing import Any, cast

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_application_credentials

from ..data import DATA
from ..errors import CredentialError, CredentialInUse
from ..models import CredentialRecord, is_same_client
from ..provider.redirect_uri import async_browser_redirect_uri
from ..records.collection import DATA_COLLECTION
from .ends import forget_links, note_new_client
from .relink import reload_entries, request_links
from .usage import (
    async_can_reauthenticate,
    async_learn_own_names,
    async_wait_until_saved,
    entries_using,
)


async def async_create(
    hass: HomeAssistant, data: dict[str, Any], *, check: bool = True
) -> CredentialRecord:
    """Create a credential and return its record; then the provider is asked about it.

    Accounts that have missed it are reloaded. Raises what `CredentialCollection.async_create_item` raises.
    """
    created = await hass.data[DATA_COLLECTION].async_create_item(data)
    record = cast("CredentialRecord", created)
    await _async_follow_new(hass, record)
    if check:
        _schedule_check(hass, record)
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
            not_linkable += await _async_follow_update(hass, before, after)
            # The dialog has asked about the one that it shows.
            if check or after["id"] != item_id:
                _schedule_check(hass, after)
    _, record = changed[0]
    return {**record}, not_linkable


async def async_copy(
    hass: HomeAssistant, item_id: str, domains: list[str]
) -> list[CredentialRecord]:
    """Create the same client for other integrations of its provider; return the records.

    Integrations that have the client already are skipped. All of the others get it, or
    none. The host alone tells which have the same provider, so Microsoft's integrations do,
    although most of its clients are for one type of accounts: a person decides here.
    Raises CredentialNotFound, also where it is deleted meanwhile, and CredentialError for
    an integration of another provider, or of one that is not known.
    """
    credentials = hass.data[DATA_COLLECTION]
    record = credentials.record(item_id)
    wanted = _without_client(hass, record, dict.fromkeys(domains))
    same = await _async_of_same_provider(hass, record, wanted)
    for domain in wanted:
        await credentials.async_refuse_without_hook(domain)
        if domain not in same:
            raise CredentialError("copy_other_provider", domain=domain)
    created = await credentials.async_copy_item(item_id, wanted)
    for each in created:
        await _async_follow_new(hass, each)
        _schedule_check(hass, each)
    return created


async def async_delete(hass: HomeAssistant, item_id: str) -> None:
    """Delete a credential that no account uses, now or in the saved config entries.

    Raises what `CredentialCollection.async_delete_item` raises, and CredentialError if
    Home Assistant does not save its config entries within ten seconds.
    """
    credentials = hass.data[DATA_COLLECTION]
    record = credentials.record(item_id)
    await async_learn_own_names(hass, record["domain"])

    def users(record: CredentialRecord) -> list[str]:
        return [entry.title for entry in entries_using(hass, record)]

    if titles := users(record):
        # They may be about to be moved, which is not saved yet.
        raise CredentialInUse(record["domain"], titles)
    await async_wait_until_saved(hass, record["domain"])
    await credentials.async_delete_item(item_id, users)
    data = hass.data[DATA]
    data.own_names.pop(item_id, None)
    data.new_clients.pop(item_id, None)
    if data.state.findings.pop(item_id, None) is not None:
        data.state.async_changed()


async def _async_follow_new(hass: HomeAssistant, record: CredentialRecord) -> None:
    """Do what follows from a new credential, which its accounts may have missed.

    An import reloads nobody: most integrations import their client before they set them up.
    """
    await async_learn_own_names(hass, record["domain"])
    reload_entries(hass, entries_using(hass, record))
    note_new_client(hass, record["id"], record["domain"])


async def _async_follow_update(
    hass: HomeAssistant, before: CredentialRecord, after: CredentialRecord
) -> list[ConfigEntry]:
    """Do what follows from a new client; return the entries that cannot be linked again."""
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
    note_new_client(hass, after["id"], after["domain"])
    return entries if new_client and not can_reauthenticate else []


@callback
def _schedule_check(hass: HomeAssistant, record: CredentialRecord) -> None:
    """Have the provider asked about a credential, and the redirect URI of this browser."""
    redirect_uri = async_browser_redirect_uri(hass)
    hass.data[DATA].findings.async_schedule(record["id"], redirect_uri)


async def async_same_client(
    hass: HomeAssistant, record: CredentialRecord
) -> list[CredentialRecord]:
    """Return the credentials of other integrations that are the same client.

    Those with the same client ID and the same provider.
    """
    others = [
        other
        for other in hass.data[DATA_COLLECTION].data.values()
        if str(other["client_id"]) == str(record["client_id"])
        and other["domain"] != record["domain"]
    ]
    domains = {other["domain"] for other in others}
    same = await _async_of_same_provider(hass, record, domains)
    return [other for other in others if other["domain"] in same]


async def async_copy_candidates(
    hass: HomeAssistant, record: CredentialRecord
) -> list[str]:
    """Return the integrations of the same provider that do not have the client yet."""
    domains = await async_get_application_credentials(hass)
    others = [domain for domain in domains if domain != record["domain"]]
    return await _async_of_same_provider(
        hass, record, _without_client(hass, record, others)
    )


async def _async_of_same_provider(
    hass: HomeAssistant, record: CredentialRecord, domains: Iterable[str]
) -> list[str]:
    """Return those of some integrations that have the provider of a credential."""
    domain = record["domain"]
    providers = await hass.data[DATA].hooks.async_providers([domain, *domains])
    provider = providers.get(domain)
    return [
        each
        for each in domains
        if provider is not None and providers.get(each) == provider
    ]


@callback
def _without_client(
    hass: HomeAssistant, record: CredentialRecord, domains: Iterable[str]
) -> list[str]:
    """Return those of the integrations that the client of a record is not stored for."""
    having = {
        other["domain"]
        for other in hass.data[DATA_COLLECTION].data.values()
        if str(other["client_id"]) == str(record["client_id"])
    }
    return [domain for domain in domains if domain not in having]
