"""The rows that an open dialog is about to bring by itself.

A dialog that adds a credential ends in its row. Until it has ended, nobody else
makes a row for that client; if it is left before, the row is made as any other.
"""

from collections.abc import Callable
from typing import Final

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..models import CredentialRecord


class NewRows:
    """The clients whose rows are brought by dialogs."""

    def __init__(self) -> None:
        """Start with none."""
        self._brought: dict[tuple[str, str], object] = {}
        self._listeners: list[Callable[[], None]] = []

    @callback
    def async_listen(self, listener: Callable[[], None]) -> CALLBACK_TYPE:
        """Have `listener` called when a dialog has ended, with its row or without."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def bring(self, dialog: object, domain: str, client_id: str) -> None:
        """Take note that `dialog` brings the row of a client."""
        self._brought[domain, client_id] = dialog

    @callback
    def end(self, dialog: object) -> None:
        """Take note that `dialog` brings none any more."""
        ended = [client for client, each in self._brought.items() if each is dialog]
        for client in ended:
            del self._brought[client]
        if ended:
            for listener in list(self._listeners):
                listener()

    @callback
    def is_brought(self, record: CredentialRecord) -> bool:
        """Return whether a dialog brings the row of a credential."""
        return (record["domain"], record["client_id"]) in self._brought


DATA_NEW_ROWS: Final[HassKey[NewRows]] = HassKey(f"{DOMAIN}_new_rows")
