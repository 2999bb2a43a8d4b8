"""How the credentials stand, for the diagnostics and for System information."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .accounts.ends import end_of_link
from .accounts.relink import is_link_requested
from .accounts.usage import entries_using, usage
from .data import DATA
from .records.collection import DATA_COLLECTION


@callback
def report(hass: HomeAssistant, entry: ConfigEntry) -> dict[str, Any]:
    """Return counts, integrations, shapes, usage and findings; `entry` is ours.

    No client secret, no client ID, no name, no account title, no token, and
    nothing that a provider said: it may quote any of them.
    """
    credentials = hass.data[DATA_COLLECTION]
    findings = hass.data[DATA].findings
    rows = {subentry.unique_id for subentry in entry.subentries.values()}
    described = []
    for record in credentials.data.values():
        finding = findings.get(record["id"])
        described.append(
            {
                "domain": record["domain"],
                "fields": sorted(record),
                "client_id_length": len(str(record["client_id"])),
                "has_client_secret": bool(record["client_secret"]),
                "has_row": record["id"] in rows,
                "entries": [
                    {
                        "state": account.state.value,
                        "disabled_by": account.disabled_by,
                        "source": account.source,
                        "asks_to_be_linked": is_link_requested(hass, account),
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
    end = end_of_link(hass, account)
    return end.at.isoformat() if end else None


@callback
def summary(hass: HomeAssistant) -> dict[str, int]:
    """Return how many credentials there are, are in use, and were rejected."""
    used = usage(hass)
    is_rejected = hass.data[DATA].findings.is_rejected
    return {
        "credentials": len(used),
        "in_use": sum(bool(entries) for entries in used.values()),
        "rejected": sum(map(is_rejected, hass.data[DATA_COLLECTION].data)),
    }
