"""The ways in which a request about a credential can fail.

Each error names its text in strings.json, under `exceptions`, by a translation key. No
error has a client secret in it.
"""

from typing import ClassVar

from homeassistant.components.websocket_api.const import (
    ERR_HOME_ASSISTANT_ERROR,
    ERR_INVALID_FORMAT,
    ERR_NOT_FOUND,
)
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.collection import ItemNotFound

from .const import DOMAIN


class CredentialError(HomeAssistantError):
    """A request that cannot be granted; `code` is its error code on the websocket."""

    code: ClassVar[str] = ERR_HOME_ASSISTANT_ERROR

    def __init__(self, translation_key: str, **placeholders: str) -> None:
        """Initialize with the key of the text and its placeholders."""
        # Not super(): in CredentialNotFound that is ItemNotFound, which takes an id alone.
        HomeAssistantError.__init__(
            self,
            translation_domain=DOMAIN,
            translation_key=translation_key,
            translation_placeholders=placeholders,
        )


class InvalidCredential(CredentialError, ValueError):
    """A value that cannot be stored; `field` is its key, None if no single one is at fault.

    Also a ValueError, as the original raises and integrations catch.
    """

    code = ERR_INVALID_FORMAT

    def __init__(
        self, translation_key: str, field: str | None = None, **placeholders: str
    ) -> None:
        """Initialize with the key of the text, the field at fault and the placeholders."""
        super().__init__(translation_key, **placeholders)
        self.field = field


class CredentialNotFound(CredentialError, ItemNotFound):
    """No record has this id; also what Home Assistant's collections raise then."""

    code = ERR_NOT_FOUND

    def __init__(self, item_id: str) -> None:
        """Initialize with the id of the record."""
        super().__init__("credential_not_found", id=item_id)
        self.item_id = item_id


class EntryNotFound(CredentialError):
    """No config entry has this id."""

    code = "invalid_config_entry_id"

    def __init__(self, entry_id: str) -> None:
        """Initialize with the id of the config entry."""
        super().__init__("config_entry_not_found", entry_id=entry_id)


class CredentialInUse(CredentialError):
    """The record cannot be deleted, because config entries point at it."""

    def __init__(self, domain: str, titles: list[str]) -> None:
        """Initialize with the integration and the titles of its config entries."""
        super().__init__("credential_in_use", domain=domain, accounts=", ".join(titles))


class StorageFailed(CredentialError):
    """The file was not written; the records are as they were."""
