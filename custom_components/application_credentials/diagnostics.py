"""What helps to find a fault, without anything that is nobody else's business."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .accounts.usage import entries_using
from .provider.findings import DATA_FINDINGS
from .provider.memory import DATA_MEMORY
from .records.collection import DATA_COLLECTION


async def async_get_config_entry_diagnostics(
    hass: HomeAssistant, entry: ConfigEntry
) -> dict[str, Any]:
    """Return counts, integrations, shapes, usage and findings.

    No client secret, no client ID, no name, no account title, no token, and
    nothing that a provider said: it may quote any of them. Where the original
    serves, there is nothing to tell but that.
    """
    if DATA_FINDINGS not in hass.data:
        return {"original_serves": True}
    credentials = hass.data[DATA_COLLECTION]
    findings = hass.data[DATA_FINDINGS]
    rows = {subentry.unique_id for subentry in entry.subentries.values()}
    described = []
    for record in credentials.data.values():
        finding = findings.get(record["id"])
        described.append(
            {
                "domain": record["domain"],
                "fields": sorted(record),
                "client_id_length": len(record["client_id"]),
                "has_client_secret": bool(record["client_secret"]),
                "has_row": record["id"] in rows,
                "entries": [
                    {
                        "state": account.state.value,
                        "disabled_by": account.disabled_by,
                        "source": account.source,
                    }
                    for account in entries_using(hass, record)
                ],
                "finding": finding
                and {
                    "client": finding.client,
                    "redirect_uri": finding.redirect_uri,
                    "at": hass.data[DATA_MEMORY].at(record["id"]),
                },
            }
        )
    return {
        "readable": credentials.store.readable,
        "unreadable_records": len(credentials.unreadable),
        "credentials": described,
    }
