"""What helps to find a fault, without anything that is nobody else's business."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant

from .accounts.link_life import DATA_LINK_LIFE
from .accounts.link_requests import DATA_LINK_REQUESTS
from .accounts.usage import entries_using
from .provider.findings import DATA_FINDINGS
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
    requests = hass.data[DATA_LINK_REQUESTS]
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
                        "asks_to_be_linked": requests.is_asked(account),
                        "link_ends": _link_ends(hass, account),
                    }
                    for account in entries_using(hass, record)
                ],
                "finding": finding.as_status() if finding else None,
            }
        )
    return {
        "readable": credentials.store.readable,
        "unreadable_records": len(credentials.unreadable),
        "credentials": described,
    }


def _link_ends(hass: HomeAssistant, account: ConfigEntry) -> str | None:
    """Return when the link of an account ends by itself, None where it is not known to."""
    end = hass.data[DATA_LINK_LIFE].end_of(account)
    return end.at.isoformat() if end else None
