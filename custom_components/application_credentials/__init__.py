"""OAuth2 credentials for the integrations of Home Assistant.

Takes the place of the integration of the same name that Home Assistant ships,
and of its file, its websocket API and its platform hook.
"""

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_entry_oauth2_flow, config_validation as cv
from homeassistant.helpers.typing import ConfigType

from . import issues, websocket_api
from .collection import DATA_COLLECTION, CredentialCollection
from .const import DOMAIN
from .findings import DATA_FINDINGS, Findings
from .hooks import DATA_HOOKS, HookProtocol, Hooks
from .implementation import (
    DATA_OWN_NAMES,
    AuthImplementation,
    async_provide_implementations,
)
from .models import AuthorizationServer, ClientCredential, CredentialRecord
from .reauthentication import follow_reauthentication
from .redaction import redact_websocket_log
from .usage import entries_using

__all__ = [
    "AuthImplementation",
    "AuthorizationServer",
    "ClientCredential",
    "HookProtocol",
]

CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up what everything else stands on: the records, the provider, the wire."""
    redact_websocket_log()

    def titles_using(record: CredentialRecord) -> list[str]:
        return [entry.title for entry in entries_using(hass, record)]

    hooks = hass.data[DATA_HOOKS] = Hooks(hass)
    hass.data[DATA_OWN_NAMES] = {}
    credentials = CredentialCollection(
        hass, has_hook=hooks.async_exists, titles_using=titles_using
    )
    await credentials.async_load()
    hass.data[DATA_COLLECTION] = credentials
    hass.data[DATA_FINDINGS] = Findings(hass, credentials)

    config_entry_oauth2_flow.async_add_implementation_provider(
        hass, DOMAIN, async_provide_implementations
    )
    websocket_api.async_setup(hass)
    follow_reauthentication(hass)
    issues.async_setup(hass)

    if not hass.config_entries.async_entries(DOMAIN):
        hass.async_create_task(
            hass.config_entries.flow.async_init(
                DOMAIN, context={"source": SOURCE_IMPORT}
            ),
            f"{DOMAIN} entry",
        )
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Offer the dialog; everything else is there without an entry."""
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Take the dialog away."""
    return True
