"""Watch the config entries that use a credential, and the flows in which they are linked.

This is the one place that follows other integrations' entries and flows. It reads what
anybody can see, and touches none of it:

- another access token in an entry: the provider accepts the client,
- a reauthentication flow that Home Assistant or the integration starts: the provider is
  asked once why,
- a token that changes in the turn of the event loop in which the account's own flow ends,
  or in the step in which that flow has got it: the account was linked.

A person's request to link an account again stays until the account is linked. Home
Assistant forgets it with every reload, with a page that is closed, and with a restart.
Then it is made again here; flows that others have started are left to them.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, CoreState, HomeAssistant, callback
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.start import async_at_started
from homeassistant.util import dt as dt_util

from ..const import CONF_AUTH_IMPLEMENTATION, SIGNAL_CREDENTIAL
from ..data import DATA
from ..ending import all_of
from ..models import Verdict, client_fingerprint, link_fingerprint
from ..provider.redirect_uri import async_my_redirect_uri
from ..records.collection import DATA_COLLECTION
from .link_life import LinkEnd, end_of_link, forget_account, learn_from_token, note_link
from .relink import is_asked, start_reauthentication
from .usage import record_used_by

_CHANGING: Final = (
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.UNLOAD_IN_PROGRESS,
)

# The step in which Home Assistant's OAuth2 flow redeems the code.
_CREATION: Final = "creation"

_JUST_NOW: Final = timedelta(minutes=1)


@dataclass(slots=True)
class _Account:
    """What was last seen of a config entry: no token, but what tells it from others.

    `item_id` is its credential, empty if none serves it; `stands` is what else issues
    speak of. `link_end` is when its link ends by itself, `asked_for` the link for which the provider was asked why
    it has ended.
    """

    access: str
    link: str
    item_id: str
    stands: tuple[str, bool, ConfigEntryState | None]
    asked_for: str = ""
    link_end: LinkEnd | None = None


class AccountWatcher:
    """Watches from `async_start` on."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize the watcher."""
        self._hass = hass
        self._accounts: dict[str, _Account] = {}
        # The config entries of the reauthentication and reconfiguration flows in progress.
        self._flows: dict[str, str] = {}
        # The config entries whose token has changed in this turn of the event loop, or in
        # a step of their own flow that is not over yet.
        self._changed_now: set[str] = set()

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Look at all entries, and follow what changes; return what ends that."""
        for entry in self._hass.config_entries.async_entries():
            if CONF_AUTH_IMPLEMENTATION in entry.data:
                self._accounts[entry.entry_id] = account = self._look_at(entry)
                if self._asked_with(entry) not in ("", account.link):
                    # It was linked while the original served.
                    self._forget_request(entry.entry_id)
                self._learn(entry)
        return all_of(
            (
                async_dispatcher_connect(
                    self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
                ),
                self._hass.config_entries.flow.async_subscribe_flow(self._flow_changed),
                async_dispatcher_connect(
                    self._hass, SIGNAL_CREDENTIAL, self._credential_changed
                ),
                async_at_started(self._hass, self._started),
            )
        )

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if change is ConfigEntryChange.REMOVED:
            self._removed(entry)
        elif CONF_AUTH_IMPLEMENTATION in entry.data:
            self._updated(entry, is_new=change is ConfigEntryChange.ADDED)

    @callback
    def _updated(self, entry: ConfigEntry, *, is_new: bool) -> None:
        """Compare an entry with what was last seen of it."""
        now = self._look_at(entry)
        before = self._accounts.get(entry.entry_id)
        self._accounts[entry.entry_id] = now
        if before is None:
            self._learn(entry)
            if is_new and now.access:
                self._linked(entry)
            self._tell(now.item_id)
            return
        now.asked_for, now.link_end = before.asked_for, before.link_end
        if (now.access, now.link) != (before.access, before.link):
            self._token_changed(entry, is_new=now.access not in ("", before.access))
        elif is_asked(self._hass, entry):
            self._ask_again(entry)
        if now.item_id != before.item_id:
            self._tell(before.item_id)
            self._tell(now.item_id)
        elif (now.stands, now.link_end) != (before.stands, before.link_end):
            self._tell(now.item_id)

    @callback
    def _token_changed(self, entry: ConfigEntry, *, is_new: bool) -> None:
        """Note that an account has another token; a new one says that the client is accepted."""
        if entry.entry_id in self._flows.values():
            self._changed_now.add(entry.entry_id)
            # Some reload the account in that step, and end the flow after it.
            if not self._is_being_linked(entry):
                self._hass.loop.call_soon(self._changed_now.discard, entry.entry_id)
        link = self._accounts[entry.entry_id].link
        if is_asked(self._hass, entry) and self._asked_with(entry) != link:
            # Some providers give another refresh token with each refresh.
            state = self._hass.data[DATA].state
            state.link_requests[entry.entry_id] = link
            state.async_changed()
        self._learn(entry)
        if is_new:
            self._accept(entry)

    @callback
    def _is_being_linked(self, entry: ConfigEntry) -> bool:
        """Return whether a flow of an account is in the step after the provider's page."""
        return any(
            flow.get("step_id") == _CREATION
            for flow in self._hass.config_entries.flow.async_progress_by_handler(
                entry.domain, match_context={"entry_id": entry.entry_id}
            )
        )

    @callback
    def _accept(self, entry: ConfigEntry) -> None:
        if (record := record_used_by(self._hass, entry)) is None:
            return
        findings = self._hass.data[DATA].findings
        found = findings.get(record["id"])
        if found is None or found.client is not Verdict.ACCEPTED:
            findings.async_accept(record)

    @callback
    def _linked(self, entry: ConfigEntry) -> None:
        """Take note that an account was linked: for the first time, or again."""
        self._forget_request(entry.entry_id)
        if (record := record_used_by(self._hass, entry)) is not None:
            # No provider links an account with a redirect URI that it does not know.
            self._hass.data[DATA].findings.async_accept_redirect_uri(record["id"])
            if note_link(self._hass, entry):
                self._learn(entry)
                self._tell(record["id"])
        self._accept(entry)

    @callback
    def _forget_request(self, entry_id: str) -> None:
        """Take note that an account need not be linked again any more, or is gone."""
        state = self._hass.data[DATA].state
        if state.link_requests.pop(entry_id, None) is not None:
            state.async_changed()

    @callback
    def _removed(self, entry: ConfigEntry) -> None:
        account = self._accounts.pop(entry.entry_id, None)
        self._forget_request(entry.entry_id)
        forget_account(self._hass, entry)
        if account is not None:
            self._tell(account.item_id)

    @callback
    def _flow_changed(self, change: str, flow_id: str) -> None:
        if change == "added":
            self._flow_added(flow_id)
        elif (entry_id := self._flows.pop(flow_id, None)) is not None:
            entry = self._hass.config_entries.async_get_entry(entry_id)
            if entry is None:
                return
            if entry_id in self._changed_now:
                self._changed_now.discard(entry_id)
                self._linked(entry)
            elif is_asked(self._hass, entry):
                # Later: the flow may end amid a step of its own.
                self._hass.loop.call_soon(self._ask_again, entry)

    @callback
    def _flow_added(self, flow_id: str) -> None:
        """Have the provider asked why an account asks to be linked again."""
        try:
            context = self._hass.config_entries.flow.async_get(flow_id)["context"]
        except UnknownFlow:
            return
        if context["source"] not in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return
        entry_id = context.get("entry_id", "")
        self._flows[flow_id] = entry_id
        entry = self._hass.config_entries.async_get_entry(entry_id)
        account = self._accounts.get(entry_id)
        if (
            entry is None
            or account is None
            or context["source"] != SOURCE_REAUTH
            or is_asked(self._hass, entry)
            or (record := record_used_by(self._hass, entry)) is None
            or account.asked_for == (link := account.link + client_fingerprint(record))
        ):
            return
        account.asked_for = link
        found = self._hass.data[DATA].findings.get(record["id"])
        if found and found.last_at and dt_util.utcnow() - found.last_at < _JUST_NOW:
            # A refused refresh has asked, and the flow comes of that.
            return
        # Nobody knows yet in which browser the account will be linked.
        self._hass.data[DATA].findings.async_schedule(
            record["id"], async_my_redirect_uri(self._hass)
        )

    @callback
    def _credential_changed(self, item_id: str) -> None:
        """Look at who uses a credential that is new or gone."""
        record = self._hass.data[DATA_COLLECTION].data.get(item_id)
        domain = record["domain"] if record else None
        for entry_id, account in self._accounts.items():
            entry = self._hass.config_entries.async_get_entry(entry_id)
            if entry and (account.item_id == item_id or entry.domain == domain):
                account.item_id = self._item_id(entry)

    @callback
    def _started(self, _hass: HomeAssistant) -> None:
        """Ask what was asked before the start."""
        for entry_id in list(self._hass.data[DATA].state.link_requests):
            entry = self._hass.config_entries.async_get_entry(entry_id)
            if entry is not None:
                self._ask_again(entry)

    @callback
    def _ask_again(self, entry: ConfigEntry) -> None:
        """Start a flow for an account that was asked to be linked again and has none."""
        if (
            self._hass.state is CoreState.running
            and entry.state not in _CHANGING
            and is_asked(self._hass, entry)
        ):
            start_reauthentication(self._hass, entry)

    @callback
    def _learn(self, entry: ConfigEntry) -> None:
        if (record := record_used_by(self._hass, entry)) is not None:
            learn_from_token(self._hass, entry, record)
            self._accounts[entry.entry_id].link_end = end_of_link(self._hass, entry)

    def _look_at(self, entry: ConfigEntry) -> _Account:
        # An integration may keep its token under a name of its own.
        token: Any = entry.data.get(CONF_TOKEN, dict(entry.data))
        access = token.get("access_token") if isinstance(token, dict) else None
        item_id = self._item_id(entry)
        return _Account(
            access=_fingerprint(access) if access else "",
            link=link_fingerprint(entry.data),
            item_id=item_id,
            stands=(
                entry.title,
                entry.disabled_by is None,
                None if item_id else entry.state,
            ),
        )

    def _asked_with(self, entry: ConfigEntry) -> str:
        """Return the link with which an account was asked to be linked again."""
        return self._hass.data[DATA].state.link_requests.get(entry.entry_id, "")

    def _item_id(self, entry: ConfigEntry) -> str:
        record = record_used_by(self._hass, entry)
        return record["id"] if record else ""

    @callback
    def _tell(self, item_id: str) -> None:
        async_dispatcher_send(self._hass, SIGNAL_CREDENTIAL, item_id)


def _fingerprint(value: Any) -> str:
    """Return what tells a token from others, without keeping it."""
    return sha256(str(value).encode()).hexdigest()
