"""Leave one issue for one cause: that of a credential which the provider rejects.

An account that asks to be linked again has an issue of Home Assistant's own. While
its credential is rejected, nobody can link it, and mending the credential is what
answers both; so Home Assistant's is among the ignored ones for that long.

It is Home Assistant's all the same, and whoever serves next may not know of us. So
it is ignored only while we run: a regular stop shows it again, and so does the end
of our entry. What a power cut has left ignored is in a file, for our next start.
"""

from typing import Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import (
    CALLBACK_TYPE,
    DOMAIN as HOMEASSISTANT_DOMAIN,
    Event,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..const import DOMAIN
from ..ending import all_of
from ..models import Finding, Verdict
from ..provider.findings import DATA_FINDINGS
from ..records.collection import DATA_COLLECTION
from .kept import Kept
from .usage import entries_using, record_used_by

# The key of the text of the issue, and what its id begins with.
_REAUTHENTICATION: Final = "config_entry_reauth"


class VainRequests:
    """The issues that we have Home Assistant ignore, each until it can be answered.

    All of this is by the id of the config entry that asks.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with none; `async_load` brings back those that a power cut has left."""
        self._hass = hass
        # The credentials that were rejected when they were last heard of.
        self._rejected: set[str] = set()
        # At once, before Home Assistant saves that they are ignored.
        self._hidden = Kept(hass, "hidden_requests", delay=0)
        # Those that a person has ignored, or wants to see although we have hidden them.
        self._left_alone: set[str] = set()

    async def async_load(self) -> None:
        """Bring back what was hidden when Home Assistant was killed."""
        await self._hidden.async_load()

    @callback
    def async_follow(self) -> CALLBACK_TYPE:
        """Ignore the requests that are in vain, for as long as they are, and our entry.

        Returns what ends that, and shows them all.
        """
        self._show_all()
        end_following = all_of(
            (
                self._hass.data[DATA_FINDINGS].async_listen(self._found),
                self._hass.bus.async_listen(
                    ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._issue_changed
                ),
                async_dispatcher_connect(
                    self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
                ),
            )
        )

        @callback
        def stopped(_event: Event) -> None:
            end_following()
            self._show_all()

        # What is shown now is saved with all that Home Assistant saves at its end.
        end_waiting = self._hass.bus.async_listen_once(
            EVENT_HOMEASSISTANT_STOP, stopped
        )
        return all_of((end_waiting, end_following, self._show_all))

    @callback
    def _found(self, item_id: str, finding: Finding | None) -> None:
        """Hide the requests of a credential that is rejected; show them when it is no longer."""
        if finding is not None and finding.client is Verdict.REJECTED:
            self._rejected.add(item_id)
        elif item_id in self._rejected:
            self._rejected.discard(item_id)
        else:
            return
        self._look_through()

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Hide nothing for who has deleted or disabled our entry."""
        if entry.domain == DOMAIN:
            self._look_through()

    @callback
    def _issue_changed(self, event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
        """Hide a request that comes while its credential is rejected."""
        domain, issue_id = event.data["domain"], event.data["issue_id"]
        if domain != HOMEASSISTANT_DOMAIN or not issue_id.startswith(_REAUTHENTICATION):
            return
        entry_id = issue_id.rpartition("_")[2]
        if event.data["action"] == "remove":
            self._hidden.forget(entry_id)
            self._left_alone.discard(entry_id)
        elif (entry := self._hass.config_entries.async_get_entry(entry_id)) is not None:
            if self._is_hidden(entry) and not self._is_ignored(entry):
                self._hidden.forget(entry_id)
                self._left_alone.add(entry_id)
            elif self._is_in_vain(entry):
                self._hide(entry)

    @callback
    def _look_through(self) -> None:
        """Show what can be answered by now, and hide what cannot."""
        for entry in self._all_hidden():
            if not self._is_in_vain(entry):
                self._show(entry)
        credentials = self._hass.data[DATA_COLLECTION].data
        if not self._may_hide():
            return
        for item_id in self._rejected & credentials.keys():
            for entry in entries_using(self._hass, credentials[item_id]):
                self._hide(entry)

    @callback
    def _show_all(self) -> None:
        for entry in self._all_hidden():
            self._show(entry)

    @callback
    def _hide(self, entry: ConfigEntry) -> None:
        """Have a request ignored, unless a person has decided about it."""
        is_ignored = self._is_ignored(entry)
        if (
            is_ignored is None
            or self._is_hidden(entry)
            or entry.entry_id in self._left_alone
        ):
            return
        if is_ignored:
            self._left_alone.add(entry.entry_id)
            return
        self._hidden.keep(entry.entry_id, {})
        _ignore(self._hass, entry, True)

    @callback
    def _show(self, entry: ConfigEntry) -> None:
        self._hidden.forget(entry.entry_id)
        if self._is_ignored(entry):
            _ignore(self._hass, entry, False)

    def _all_hidden(self) -> list[ConfigEntry]:
        entries = map(
            self._hass.config_entries.async_get_entry, self._hidden.entry_ids()
        )
        return [entry for entry in entries if entry is not None]

    def _may_hide(self) -> bool:
        """Return whether our entry is there, and enabled."""
        return bool(
            self._hass.config_entries.async_entries(DOMAIN, include_disabled=False)
        )

    def _is_in_vain(self, entry: ConfigEntry) -> bool:
        """Return whether nobody can answer the request of an account now."""
        record = record_used_by(self._hass, entry)
        return (
            record is not None and record["id"] in self._rejected and self._may_hide()
        )

    def _is_hidden(self, entry: ConfigEntry) -> bool:
        return self._hidden.get(entry.entry_id) is not None

    def _is_ignored(self, entry: ConfigEntry) -> bool | None:
        """Return whether a request is among the ignored ones, None where there is none."""
        issue = ir.async_get(self._hass).async_get_issue(
            HOMEASSISTANT_DOMAIN, _issue_id(entry)
        )
        return None if issue is None else issue.dismissed_version is not None


def _ignore(hass: HomeAssistant, entry: ConfigEntry, ignore: bool) -> None:
    ir.async_ignore_issue(hass, HOMEASSISTANT_DOMAIN, _issue_id(entry), ignore)


def _issue_id(entry: ConfigEntry) -> str:
    return f"{_REAUTHENTICATION}_{entry.domain}_{entry.entry_id}"
