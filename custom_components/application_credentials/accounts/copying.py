"""The same client for several integrations of one provider.

A client of Google or Microsoft serves all of their integrations. Which integrations
have the same provider is read in their hooks; none is imported for an offer.
"""

from collections.abc import Coroutine, Iterable
from typing import Any

from homeassistant.const import CONF_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from homeassistant.loader import async_get_application_credentials

from ..data import DATA
from ..errors import CredentialError, InvalidCredential
from ..hooks.implementation import async_implementation_for, async_implementation_of
from ..hooks.reading import provider_of
from ..models import CredentialRecord
from ..records.collection import DATA_COLLECTION
from .changes import async_finish, async_schedule_check


async def async_copy(
    hass: HomeAssistant, item_id: str, domains: list[str]
) -> list[dict[str, Any]]:
    """Create the same client for other integrations of its provider; return the records.

    Integrations that have the client already are skipped. All of the others get it, or
    none. Raise CredentialNotFound, also where it is deleted meanwhile, and
    CredentialError for an integration of another provider, or of one that is not known.
    """
    credentials = hass.data[DATA_COLLECTION]
    record = credentials.record(item_id)
    provider = await _async_provider_of(hass, record)
    wanted = _without_client(hass, record, dict.fromkeys(domains))
    providers = await _async_providers(hass, wanted)
    runs = hass.data[DATA].hooks.async_runs
    for domain in wanted:
        if not await credentials.async_has_hook(domain):
            raise InvalidCredential("no_platform", CONF_DOMAIN, domain=domain)
        if runs(domain) or domain not in providers:
            # It is to get this client, so it may be asked about it.
            providers[domain] = await _async_asked(
                async_implementation_for(hass, domain, record)
            )
        if provider is None or providers[domain] != provider:
            raise CredentialError("copy_other_provider", domain=domain)

    async def copy() -> list[dict[str, Any]]:
        created = await credentials.async_copy_item(item_id, wanted)
        for each in created:
            async_schedule_check(hass, each["id"])
        return created

    return await async_finish(hass, copy())


async def async_same_client(
    hass: HomeAssistant, record: CredentialRecord
) -> list[CredentialRecord]:
    """Return the credentials of other integrations that are the same client.

    Those with the same client ID and the same provider.
    """
    others = [
        other
        for other in hass.data[DATA_COLLECTION].data.values()
        if other["client_id"] == record["client_id"]
        and other["domain"] != record["domain"]
    ]
    if not others or (provider := await _async_provider_of(hass, record)) is None:
        return []
    providers = await _async_providers(hass, {other["domain"] for other in others})
    return [other for other in others if providers.get(other["domain"]) == provider]


async def async_copy_candidates(
    hass: HomeAssistant, record: CredentialRecord
) -> list[str]:
    """Return the integrations of the same provider that do not have the client yet."""
    if (provider := await _async_provider_of(hass, record)) is None:
        return []
    domains = _without_client(
        hass, record, await async_get_application_credentials(hass)
    )
    providers = await _async_providers(hass, domains)
    return [
        domain
        for domain in domains
        if domain != record["domain"] and providers.get(domain) == provider
    ]


async def _async_provider_of(
    hass: HomeAssistant, record: CredentialRecord
) -> str | None:
    """Return the provider of a credential, None where it is not known.

    Also of a record that is not stored.
    """
    domain = record["domain"]
    if hass.data[DATA].hooks.async_runs(domain):
        return await _async_asked(async_implementation_of(hass, record))
    return (await _async_providers(hass, [domain])).get(domain)


async def _async_providers(
    hass: HomeAssistant, domains: Iterable[str]
) -> dict[str, str | None]:
    """Return the providers of integrations, where they are known.

    One that runs is asked about a credential of its own, if it has one.
    """
    hooks, credentials = hass.data[DATA].hooks, hass.data[DATA_COLLECTION]
    asked: dict[str, CredentialRecord] = {}
    read: list[str] = []
    for domain in domains:
        if hooks.async_runs(domain) and (records := credentials.records_of(domain)):
            asked[domain] = records[0]
        else:
            read.append(domain)
    providers: dict[str, str | None] = {**await hooks.async_providers(read)}
    for domain, record in asked.items():
        providers[domain] = await _async_asked(async_implementation_of(hass, record))
    return providers


async def _async_asked(asking: Coroutine[Any, Any, Any]) -> str | None:
    """Return the provider of an implementation, None where there is none that says it."""
    try:
        implementation = await asking
        if isinstance(implementation, LocalOAuth2Implementation):
            return provider_of(implementation.token_url)
    except (Exception, SystemExit):  # noqa: BLE001 (an integration may raise anything)
        return None
    return None


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
