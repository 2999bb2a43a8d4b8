"""Leave one issue for one cause: that of a credential which the provider rejects.

An account that asks to be linked again has an issue of Home Assistant's own. While
its credential is rejected, nobody can link it, and mending the credential is what
answers both; so Home Assistant's is among the ignored ones for that long.
"""

from typing import Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import (
    CALLBACK_TYPE,
    DOMAIN as HOMEASSISTANT_DOMAIN,
    Event,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import issue_registry as ir

from ..ending import all_of
from ..provider.check import Finding, Verdict
from ..provider.findings import DATA_FINDINGS
from ..records.collection import DATA_COLLECTION
from .usage import entries_using, record_used_by

# The key of the text of the issue, and what its id begins with.
_REAUTHENTICATION: Final = "config_entry_reauth"


@callback
def async_follow(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Ignore the requests that are in vain, for as long as they are.

    Returns what ends that.
    """
    requests = _VainRequests(hass)
    return all_of(
        (
            hass.data[DATA_FINDINGS].async_listen(requests.found),
            hass.bus.async_listen(
                ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, requests.issue_changed
            ),
        )
    )


class _VainRequests:
    """The issues that we have Home Assistant ignore, each until it can be answered."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        # Those of credentials that were rejected when they were last heard of.
        self._rejected: set[str] = set()
        # A person who wants to see one that we have hidden will.
        self._hidden: set[str] = set()

    @callback
    def found(self, item_id: str, finding: Finding | None) -> None:
        """Hide the requests of a credential that is rejected; show them when it is no longer."""
        if (record := self._hass.data[DATA_COLLECTION].data.get(item_id)) is None:
            self._rejected.discard(item_id)
            return
        if finding is not None and finding.client is Verdict.REJECTED:
            self._rejected.add(item_id)
            for entry in entries_using(self._hass, record):
                self._hide(_issue_id(entry))
        elif item_id in self._rejected:
            self._rejected.discard(item_id)
            for entry in entries_using(self._hass, record):
                self._show(_issue_id(entry))

    @callback
    def issue_changed(self, event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
        """Hide a request that comes while its credential is rejected."""
        domain, issue_id = event.data["domain"], event.data["issue_id"]
        if domain != HOMEASSISTANT_DOMAIN or not issue_id.startswith(_REAUTHENTICATION):
            return
        if event.data["action"] == "remove":
            self._hidden.discard(issue_id)
            return
        entry = self._hass.config_entries.async_get_entry(issue_id.rpartition("_")[2])
        if (
            entry is not None
            and (record := record_used_by(self._hass, entry)) is not None
            and record["id"] in self._rejected
        ):
            self._hide(issue_id)

    @callback
    def _hide(self, issue_id: str) -> None:
        if issue_id not in self._hidden and self._is_there(issue_id):
            self._hidden.add(issue_id)
            ir.async_ignore_issue(self._hass, HOMEASSISTANT_DOMAIN, issue_id, True)

    @callback
    def _show(self, issue_id: str) -> None:
        self._hidden.discard(issue_id)
        if self._is_there(issue_id):
            ir.async_ignore_issue(self._hass, HOMEASSISTANT_DOMAIN, issue_id, False)

    def _is_there(self, issue_id: str) -> bool:
        registry = ir.async_get(self._hass)
        return registry.async_get_issue(HOMEASSISTANT_DOMAIN, issue_id) is not None


def _issue_id(entry: ConfigEntry) -> str:
    return f"{_REAUTHENTICATION}_{entry.domain}_{entry.entry_id}"
