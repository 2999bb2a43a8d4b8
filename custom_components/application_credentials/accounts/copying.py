"""The same client for several integrations of one provider.

A client of Google or Microsoft serves all of their integrations.
"""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_application_credentials

from ..data import DATA
from ..errors import CredentialError
from ..models import CredentialRecord
from ..records.collection import DATA_COLLECTION
from .changes import async_follow_client


async def async_copy(
    hass: HomeAssistant, item_id: str, domains: list[str]
) -> list[CredentialRecord]:
    """Create the same client for other integrations of its provider; return the records.

    Integrations that have the client already are skipped. All of the others get it, or
    none. Raise CredentialNotFound, also where it is deleted meanwhile, and
    CredentialError for an integration of another provider, or of one that is not known.
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
        async_follow_client(hass, each)
    return created


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
