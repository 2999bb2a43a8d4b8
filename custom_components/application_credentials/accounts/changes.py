"""What people and scripts do to credentials, and what follows from it.

The websocket, the dialog and the repairs all go through here, so that the same
request has the same consequences wherever it is made.
"""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import (
    async_get_application_credentials,
    async_get_custom_components,
)

from ..const import DOMAIN
from ..errors import CredentialError, InvalidCredential
from ..hooks.endpoints import async_token_url, host_of
from ..hooks.hooks import DATA_HOOKS
from ..models import CredentialRecord, is_same_client
from ..provider.findings import DATA_FINDINGS
from ..provider.redirect_uri import async_browser_redirect_uri
from ..records.collection import DATA_COLLECTION
from .usage import (
    async_can_reauthenticate,
    async_learn_own_names,
    entries_using,
    reload_entries,
)


async def async_create(
    hass: HomeAssistant, data: dict[str, Any], *, check: bool = True
) -> dict[str, Any]:
    """Create a credential and return its record; then the provider is asked about it.

    Raises what `CredentialCollection.async_create_item` raises.
    """

    async def create() -> dict[str, Any]:
        record = await hass.data[DATA_COLLECTION].async_create_item(data)
        if check:
            _schedule_check(hass, record["id"])
        return record

    return await _async_finish(hass, create())


async def async_update(
    hass: HomeAssistant,
    item_id: str,
    updates: dict[str, Any],
    *,
    also: Iterable[str] = (),
    check: bool = True,
) -> tuple[dict[str, Any], list[ConfigEntry]]:
    """Change a credential; return its record, and the entries that cannot be linked again.

    A new name concerns nobody. With a new client secret, the entries that use
    the credential are reloaded; with a new client ID they ask to be linked
    again as well, since refresh tokens belong to the client they were issued to
    (RFC 6749 section 6). The credentials `also` get the same client ID and client
    secret, all of them or none. Raises what
    `CredentialCollection.async_update_items` raises.
    """

    async def update() -> tuple[dict[str, Any], list[ConfigEntry]]:
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

    return await _async_finish(hass, update())


async def _async_follow_update(
    hass: HomeAssistant,
    before: CredentialRecord,
    after: CredentialRecord,
    *,
    check: bool,
) -> list[ConfigEntry]:
    """Do what a new client asks for; return the entries that cannot be linked again."""
    new_client = before["client_id"] != after["client_id"]
    entries = entries_using(hass, after)
    can_reauthenticate = new_client and await async_can_reauthenticate(
        hass, after["domain"]
    )
    reload_entries(hass, entries, reauthenticate=can_reauthenticate)
    if check:
        _schedule_check(hass, after["id"])
    return entries if new_client and not can_reauthenticate else []


async def async_delete(hass: HomeAssistant, item_id: str) -> None:
    """Delete a credential that no account uses.

    Raises what `CredentialCollection.async_delete_item` raises.
    """
    credentials = hass.data[DATA_COLLECTION]
    await async_learn_own_names(hass, credentials.record(item_id)["domain"])

    def users(record: CredentialRecord) -> list[str]:
        return [entry.title for entry in entries_using(hass, record)]

    await credentials.async_delete_item(item_id, users)


async def _async_finish[ResultT](
    hass: HomeAssistant, change: Coroutine[Any, Any, ResultT]
) -> ResultT:
    """Return what a change returns, which goes on to its end if its caller is cancelled."""
    task = hass.async_create_task(change, f"{DOMAIN} change")
    await asyncio.wait([task])
    return task.result()


@callback
def _schedule_check(hass: HomeAssistant, item_id: str) -> None:
    """Have the provider asked about a credential, and the redirect URI of this browser."""
    hass.data[DATA_FINDINGS].async_schedule(item_id, async_browser_redirect_uri(hass))


async def async_copy(
    hass: HomeAssistant, item_id: str, domains: list[str]
) -> list[dict[str, Any]]:
    """Create the same client for other integrations of its provider; return the records.

    Integrations that have the client already are skipped. All of the others, or
    none. Raises CredentialNotFound, also where it is deleted meanwhile, and
    CredentialError for an integration of another provider, which
    is one with another token endpoint host, or of none that can be told.
    """
    credentials = hass.data[DATA_COLLECTION]
    record = credentials.record(item_id)
    host = host_of(await async_token_url(hass, record, record["domain"]))
    wanted = _without_client(hass, record, dict.fromkeys(domains))
    for domain in wanted:
        if not await credentials.async_has_hook(domain):
            raise InvalidCredential("no_platform", CONF_DOMAIN, domain=domain)
        token_url = await async_token_url(hass, record, domain)
        if host is None or host_of(token_url) != host:
            raise CredentialError("copy_other_provider", domain=domain)

    async def copy() -> list[dict[str, Any]]:
        created = await credentials.async_copy_item(item_id, wanted)
        for each in created:
            _schedule_check(hass, each["id"])
        return created

    return await _async_finish(hass, copy())


async def async_same_client(
    hass: HomeAssistant, record: CredentialRecord
) -> list[CredentialRecord]:
    """Return the credentials of other integrations that are the same client at its provider.

    Those with the same client ID and the same token endpoint host.
    """
    others = [
        other
        for other in hass.data[DATA_COLLECTION].data.values()
        if other["client_id"] == record["client_id"]
        and other["domain"] != record["domain"]
    ]
    if not others:
        return []
    host = host_of(await async_token_url(hass, record, record["domain"]))
    return [
        other
        for other in others
        if host is not None
        and host_of(await async_token_url(hass, other, other["domain"])) == host
    ]


async def async_copy_candidates(
    hass: HomeAssistant, record: CredentialRecord
) -> list[str]:
    """Return the integrations that the client of `record` could be copied for.

    They are written with the same token endpoint. One that does not write its
    endpoint down is asked, which imports it: so only if it is a custom one, or
    sends people to the same page of the provider.
    """
    token_url = await async_token_url(hass, record, record["domain"])
    if token_url is None or (host := host_of(token_url)) is None:
        return []
    own, others = await _async_written(hass, record)
    custom = await async_get_custom_components(hass)
    return [
        domain
        for domain, written in others.items()
        if token_url in written
        or (
            not _names_token_endpoint(written)
            and (domain in custom or _others_hosts(own & written))
            and host_of(await async_token_url(hass, record, domain)) == host
        )
    ]


async def async_may_copy(hass: HomeAssistant, record: CredentialRecord) -> bool:
    """Return whether `async_copy_candidates` may find any, for who cannot wait for it.

    By what the files of hooks name alone: no integration is imported or asked. Those of
    one provider name the same host, if it is only for their pages.
    """
    own, others = await _async_written(hass, record)
    if not _names_token_endpoint(own):
        return bool(others)
    custom = await async_get_custom_components(hass)
    hosts = _others_hosts(own)
    return any(
        not hosts.isdisjoint(_others_hosts(written))
        or (domain in custom and not _names_token_endpoint(written))
        for domain, written in others.items()
    )


async def _async_written(
    hass: HomeAssistant, record: CredentialRecord
) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """Return the URLs that a hook is written with, and those of the others by domain.

    Of others whose files can be read, and that have not got the client yet.
    """
    others = [
        domain
        for domain in _without_client(
            hass, record, await async_get_application_credentials(hass)
        )
        if domain != record["domain"]
    ]
    urls = await hass.data[DATA_HOOKS].async_urls([record["domain"], *others])
    return (
        urls.get(record["domain"], frozenset()),
        {domain: urls[domain] for domain in others if domain in urls},
    )


def _names_token_endpoint(written: frozenset[str]) -> bool:
    return any("token" in url for url in written)


def _others_hosts(written: frozenset[str]) -> set[str]:
    """Return the hosts of URLs, but for Home Assistant's."""
    hosts = {host_of(url) or "" for url in written}
    return {host for host in hosts if not host.endswith("home-assistant.io")}


@callback
def _without_client(
    hass: HomeAssistant, record: CredentialRecord, domains: Iterable[str]
) -> list[str]:
    """Return those of the integrations that the client of a record is not stored for."""
    credentials = hass.data[DATA_COLLECTION]
    return [
        domain
        for domain in domains
        if not any(
            other["client_id"] == record["client_id"]
            for other in credentials.records_of(domain)
        )
    ]
