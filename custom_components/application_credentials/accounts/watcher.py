"""Watch the config entries that use a credential, and the flows in which they are linked.

This is the one place that follows other integrations' entries and flows. It reads public
attributes, and changes nothing:

- another access token in an entry: the provider accepts the client,
- a reauthentication flow that Home Assistant or the integration starts: the provider is
  asked once why,
- a token that changes in the step in which the account's own flow redeems the code, or in
  the turn of the event loop in which its reauthentication ends: the account was linked.

A person's request to link an account again stays until the account is linked. Home
Assistant forgets it with every reload, with a page that is closed, and with a restart.
Then it is made again here; flows that others have started are left to them.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any, Final, NamedTuple

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_REAUTH,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_TOKEN
from homeassistant.core import CoreState, Event, HomeAssistant, callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED, UnknownFlow
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.helpers.start import async_at_started

from ..const import CONF_AUTH_IMPLEMENTATION, DOMAIN
from ..data import DATA
from ..models import client_fingerprint, fingerprint, link_fingerprint
from ..provider.redirect_uri import async_my_redirect_uri
from ..signals import async_tell
from .ends import forget_links, learn_link
from .relink import forget_requests, is_link_requested, start_reauthentication
from .usage import async_learn_own_names, record_used_by

_HOUR: Final = timedelta(hours=1)

_CHANGING: Final = (
    ConfigEntryState.SETUP_IN_PROGRESS,
    ConfigEntryState.UNLOAD_IN_PROGRESS,
)

# The step in which Home Assistant's OAuth2 flow redeems the code.
_CREATION: Final = "creation"


class _Seen(NamedTuple):
    """What is seen of a config entry; of tokens and client only what tells them from others."""

    access: str
    link: str
    token: str
    # With which it was set up, empty if that is not known.
    client: str
    # The id of its credential, empty if none serves it.
    item_id: str
    # What else of it can raise or change an issue.
    issue_state: tuple[str, bool, ConfigEntryState | None]


class AccountWatcher:
    """Watches from `async_start` on."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Initialize the watcher."""
        self._hass = hass
        # By entry id.
        self._seen: dict[str, _Seen] = {}
        # By entry id: the link and the client for which the provider was asked why it ended.
        self._asked_about: dict[str, str] = {}
        # The ids of entries whose token has changed in this turn of the event loop.
        self._changed_now: set[str] = set()
        # By flow id: the entry ids of the reauthentication flows in progress.
        self._flows: dict[str, str] = {}
        # The ids of those of these flows that redeem a code.
        self._redeeming: set[str] = set()

    @callback
    def async_start(self, undo: ExitStack) -> None:
        """Look at all entries, and follow what changes; `undo` gets what ends that."""
        requests = self._hass.data[DATA].state.link_requests
        for entry in self._hass.config_entries.async_entries():
            if CONF_AUTH_IMPLEMENTATION in entry.data:
                self._seen[entry.entry_id] = seen = self._look_at(entry)
                asked_with = requests.get(entry.entry_id)
                if asked_with and seen.link not in asked_with:
                    # It was linked while the original served.
                    forget_requests(self._hass, [entry.entry_id])
                learn_link(self._hass, entry)
        undo.callback(
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._entry_changed
            )
        )
        undo.callback(
            self._hass.config_entries.flow.async_subscribe_flow(self._flow_changed)
        )
        undo.callback(
            self._hass.bus.async_listen(
                EVENT_DATA_ENTRY_FLOW_PROGRESSED, self._flow_progressed
            )
        )
        undo.callback(async_at_started(self._hass, self._learn_own_names))
        undo.callback(async_at_started(self._hass, self._ask_all_again))
        # Home Assistant does not tell when a reconfiguration is given up.
        undo.callback(
            async_track_time_interval(
                self._hass, self._ask_all_again, _HOUR, cancel_on_shutdown=True
            )
        )

    @callback
    def _learn_own_names(self, _: Any) -> None:
        self._hass.async_create_background_task(
            async_learn_own_names(self._hass), f"{DOMAIN} own names"
        )

    @callback
    def _ask_all_again(self, _: Any) -> None:
        """Ask the accounts that have no flow: after a start, and where one has ended."""
        for entry_id in list(self._hass.data[DATA].state.link_requests):
            if entry := self._hass.config_entries.async_get_entry(entry_id):
                self._ask_again(entry)

    @callback
    def _entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if change is ConfigEntryChange.REMOVED:
            self._removed(entry)
            return
        if CONF_AUTH_IMPLEMENTATION not in entry.data:
            return
        before = self._seen.get(entry.entry_id)
        now = self._seen[entry.entry_id] = self._look_at(entry, before)
        if before is not None:
            self._updated(entry, before, now)
            return
        if change is ConfigEntryChange.ADDED and now.access:
            self._linked(entry)
        async_tell(self._hass, now.item_id)

    @callback
    def _updated(self, entry: ConfigEntry, before: _Seen, now: _Seen) -> None:
        """Handle what has changed in an entry."""
        is_news = (now.item_id, now.issue_state) != (before.item_id, before.issue_state)
        # Compare the whole token, too: some providers return the same tokens with a new expiry.
        if (now.link, now.token) != (before.link, before.token):
            self._note_token(entry, before, now)
            is_new_link = now.link != before.link
            is_news |= learn_link(self._hass, entry, is_new=is_new_link)
            if now.access not in ("", before.access):
                self._accept(entry, before.client)
        if is_link_requested(self._hass, entry):
            self._ask_again_soon(entry)
        if is_news:
            for item_id in {before.item_id, now.item_id}:
                async_tell(self._hass, item_id)

    @callback
    def _removed(self, entry: ConfigEntry) -> None:
        self._asked_about.pop(entry.entry_id, None)
        forget_requests(self._hass, [entry.entry_id])
        if (seen := self._seen.pop(entry.entry_id, None)) is not None:
            forget_links(self._hass, seen.item_id, [entry])

    @callback
    def _note_token(self, entry: ConfigEntry, before: _Seen, now: _Seen) -> None:
        """Note that an account has another token, which its own flow may have got."""
        entry_id = entry.entry_id
        if self._is_being_linked(entry):
            # Its flow may go on for a while: some reload the account before they end it.
            self._linked(entry)
        elif entry_id in self._flows.values():
            self._changed_now.add(entry_id)
            self._hass.loop.call_soon(self._changed_now.discard, entry_id)
        if is_link_requested(self._hass, entry) and now.link != before.link:
            # Some providers issue a new refresh token with each refresh. The next start takes
            # one that is not kept here for a link that was made while the original served.
            # It may still find the one before, since the entry is saved a second later.
            state = self._hass.data[DATA].state
            state.link_requests[entry_id] = f"{before.link} {now.link}"
            self._hass.async_create_task(
                state.async_try_to_save(), f"{DOMAIN} link request"
            )

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
    def _linked(self, entry: ConfigEntry) -> None:
        """Handle an account that was linked: for the first time, or again."""
        forget_requests(self._hass, [entry.entry_id])
        is_news = learn_link(self._hass, entry, is_linked=True)
        item_id = self._seen[entry.entry_id].item_id
        # No provider links an account with a redirect URI that it does not know.
        self._hass.data[DATA].findings.async_accept_redirect_uri(item_id)
        self._accept(entry)
        if is_news:
            async_tell(self._hass, item_id)

    @callback
    def _accept(self, entry: ConfigEntry, client: str = "") -> None:
        """Record that a provider has given a token to the client of an account.

        Unless it is another by now than the `client` with which the account was set up.
        """
        record = record_used_by(self._hass, entry)
        if record and client in ("", client_fingerprint(record)):
            self._hass.data[DATA].findings.async_accept(record)

    @callback
    def _flow_changed(self, change: str, flow_id: str) -> None:
        if change == "added":
            self._flow_added(flow_id)
        elif flow_id in self._flows:
            self._flow_removed(flow_id)

    @callback
    def _flow_added(self, flow_id: str) -> None:
        try:
            context = self._hass.config_entries.flow.async_get(flow_id)["context"]
        except UnknownFlow:
            return
        entry = self._hass.config_entries.async_get_entry(context.get("entry_id", ""))
        if entry is not None and context["source"] == SOURCE_REAUTH:
            self._flows[flow_id] = entry.entry_id
            self._ask_why(entry)

    @callback
    def _flow_progressed(self, event: Event[Any]) -> None:
        """Note the step of a flow after the provider's page."""
        flow_id = event.data["flow_id"]
        if flow_id in self._flows:
            flow = self._hass.config_entries.flow.async_get(flow_id)
            if flow.get("step_id") == _CREATION:
                self._redeeming.add(flow_id)

    @callback
    def _flow_removed(self, flow_id: str) -> None:
        """Handle the end of a reauthentication."""
        entry = self._hass.config_entries.async_get_entry(self._flows[flow_id])
        if entry is not None and flow_id in self._redeeming:
            # Some reload the account with every update of its entry (xbox). That ends the
            # flow, and only then Home Assistant tells of the update.
            self._entry_changed(ConfigEntryChange.UPDATED, entry)
        del self._flows[flow_id]
        self._redeeming.discard(flow_id)
        if entry is None:
            return
        if entry.entry_id in self._changed_now:
            self._changed_now.discard(entry.entry_id)
            self._linked(entry)
        else:
            self._ask_again_soon(entry)

    @callback
    def _ask_why(self, entry: ConfigEntry) -> None:
        """Have the provider asked once why an account asks to be linked again."""
        record = record_used_by(self._hass, entry)
        if record is None or is_link_requested(self._hass, entry):
            return
        about = link_fingerprint(entry.data) + client_fingerprint(record)
        if self._asked_about.get(entry.entry_id) != about:
            self._asked_about[entry.entry_id] = about
            # It is not known yet in which browser the account will be linked.
            self._hass.data[DATA].findings.async_schedule(
                record["id"], async_my_redirect_uri(self._hass)
            )

    @callback
    def _ask_again_soon(self, entry: ConfigEntry) -> None:
        """Ask again after this turn of the event loop: a flow may end amid its own step."""
        self._hass.loop.call_soon(self._ask_again, entry)

    @callback
    def _ask_again(self, entry: ConfigEntry) -> None:
        """Start a flow for an account that was asked to be linked again and has none."""
        if (
            self._hass.state is CoreState.running
            and entry.state not in _CHANGING
            and is_link_requested(self._hass, entry)
        ):
            start_reauthentication(self._hass, entry)

    def _look_at(self, entry: ConfigEntry, before: _Seen | None = None) -> _Seen:
        # An integration may keep its token under a name of its own.
        token: Any = entry.data.get(CONF_TOKEN, entry.data)
        access = token.get("access_token") if isinstance(token, Mapping) else None
        record = record_used_by(self._hass, entry)
        item_id = record["id"] if record else ""
        client = before.client if before else ""
        if record and (not client or entry.state is ConfigEntryState.SETUP_IN_PROGRESS):
            client = client_fingerprint(record)
        return _Seen(
            access=fingerprint(access) if access else "",
            link=link_fingerprint(entry.data),
            token=fingerprint(entry.data.get(CONF_TOKEN)),
            client=client,
            item_id=item_id,
            issue_state=(
                entry.title,
                entry.disabled_by is None,
                None if item_id else entry.state,
            ),
        )
