"""Notice when an account has been linked, for the first time or again."""

from collections.abc import Callable
from typing import Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.const import CONF_TOKEN
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.data_entry_flow import UnknownFlow
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..ending import all_of
from ..models import CredentialRecord
from .usage import record_used_by

type LinkedListener = Callable[[CredentialRecord], None]


@callback
def async_listen_linked(hass: HomeAssistant, listener: LinkedListener) -> CALLBACK_TYPE:
    """Have `listener` called with the credential that an account was linked with.

    Returns what ends it.
    """
    linked = _Linked(hass, listener)
    return all_of(
        (
            hass.config_entries.flow.async_subscribe_flow(linked.flow_changed),
            async_dispatcher_connect(
                hass, SIGNAL_CONFIG_ENTRY_CHANGED, linked.entry_changed
            ),
        )
    )


class _Linked:
    """Tells an account that is linked from one whose token is refreshed.

    That is a new config entry, or one that has another token than it had when a
    flow began in which it is linked again.
    """

    def __init__(self, hass: HomeAssistant, listener: LinkedListener) -> None:
        self._hass = hass
        self._listener = listener
        # By entry id, what those that are being linked again had when that began.
        self._tokens: dict[str, Any] = {}

    @callback
    def flow_changed(self, change: str, flow_id: str) -> None:
        """Remember the token of an entry that is about to be linked again."""
        if change != "added":
            return
        try:
            context = self._hass.config_entries.flow.async_get(flow_id)["context"]
        except UnknownFlow:
            return
        if context["source"] not in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return
        entry_id = context["entry_id"]
        entry = self._hass.config_entries.async_get_entry(entry_id)
        self._tokens[entry_id] = entry and entry.data.get(CONF_TOKEN)

    @callback
    def entry_changed(self, change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Tell of an entry that has been linked."""
        token = entry.data.get(CONF_TOKEN)
        if change is ConfigEntryChange.UPDATED:
            if self._tokens.get(entry.entry_id, token) == token:
                return
            is_linked = self._is_being_linked(entry)
        else:
            is_linked = change is ConfigEntryChange.ADDED and token is not None
        self._tokens.pop(entry.entry_id, None)
        if is_linked and (record := record_used_by(self._hass, entry)) is not None:
            self._listener(record)

    def _is_being_linked(self, entry: ConfigEntry) -> bool:
        flows = self._hass.config_entries.flow.async_progress_by_handler(
            entry.domain, include_uninitialized=True
        )
        return any(flow["context"].get("entry_id") == entry.entry_id for flow in flows)
