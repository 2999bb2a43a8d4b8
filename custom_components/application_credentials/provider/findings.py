"""What checks found, kept in memory for as long as it is true.

A check runs when a person asks for it, and by itself after a credential was
created or changed, or when an account that uses it asks to be linked again:
in the background, never at start-up, never on a timer.
"""

import asyncio
from collections.abc import Callable, Iterable

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.collection import CHANGE_UPDATED, CollectionChange
from homeassistant.helpers.start import async_at_started
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..models import CredentialRecord, is_same_client
from ..records.collection import CredentialCollection
from .check import Finding, async_ask_provider

type FindingListener = Callable[[str, Finding | None], None]


class Findings:
    """The last finding for each credential, by its id."""

    def __init__(self, hass: HomeAssistant, credentials: CredentialCollection) -> None:
        """Start with nothing found, and follow what changes in `credentials`."""
        self._hass = hass
        self._credentials = credentials
        self._found: dict[str, tuple[CredentialRecord, Finding]] = {}
        self._under_way: dict[str, tuple[CredentialRecord, asyncio.Task[Finding]]] = {}
        self._listeners: list[FindingListener] = []
        credentials.async_add_change_set_listener(self._async_forget_changed)

    @callback
    def get(self, item_id: str) -> Finding | None:
        """Return the last finding for a credential, None where there is none."""
        found = self._found.get(item_id)
        return found[1] if found else None

    @callback
    def async_restore(self, item_id: str, finding: Finding, *, tell: bool) -> None:
        """Take over what was found out before a restart, and say so where it matters."""
        self._found[item_id] = self._credentials.record(item_id), finding
        if tell:
            self._tell(item_id, finding)

    @callback
    def async_listen(self, listener: FindingListener) -> CALLBACK_TYPE:
        """Have `listener` called with id and finding, None when it holds no longer."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def async_check(self, item_id: str) -> Finding:
        """Ask the provider about a credential now; raises CredentialNotFound.

        Who asks while a check is under way gets that one's finding.
        """
        return await asyncio.shield(self._start(item_id))

    @callback
    def async_adopt(
        self, item_id: str, asked: CredentialRecord, finding: Finding
    ) -> None:
        """Take over what was found out about a client before it was saved."""
        record = self._credentials.record(item_id)
        if is_same_client(asked, record):
            self._keep(record, finding)

    @callback
    def async_schedule(self, item_id: str) -> None:
        """Check a credential in the background, once Home Assistant has started."""

        @callback
        def start(_hass: HomeAssistant) -> None:
            if item_id in self._credentials.data:
                self._start(item_id)

        async_at_started(self._hass, start)

    @callback
    def _start(self, item_id: str) -> asyncio.Task[Finding]:
        record = self._credentials.record(item_id)
        asked, task = self._under_way.get(item_id, (None, None))
        if task is None or task.done() or not is_same_client(asked, record):
            task = self._hass.async_create_background_task(
                self._async_check(record), f"{DOMAIN} check {item_id}"
            )
            self._under_way[item_id] = record, task
        return task

    async def _async_check(self, record: CredentialRecord) -> Finding:
        finding = await async_ask_provider(self._hass, record)
        if is_same_client(record, self._credentials.data.get(record["id"])):
            self._keep(record, finding)
        return finding

    @callback
    def _keep(self, record: CredentialRecord, finding: Finding) -> None:
        self._found[record["id"]] = record, finding
        self._tell(record["id"], finding)

    async def _async_forget_changed(self, changes: Iterable[CollectionChange]) -> None:
        """Forget what was found about a client that is another one now, or gone."""
        for change in changes:
            now = change.item if change.change_type == CHANGE_UPDATED else None
            if now is None:
                self._under_way.pop(change.item_id, None)
            found = self._found.get(change.item_id)
            if found and not is_same_client(found[0], now):
                del self._found[change.item_id]
                self._tell(change.item_id, None)

    @callback
    def _tell(self, item_id: str, finding: Finding | None) -> None:
        for listener in list(self._listeners):
            listener(item_id, finding)


DATA_FINDINGS: HassKey[Findings] = HassKey(f"{DOMAIN}_findings")
