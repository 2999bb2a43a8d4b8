"""OAuth2 credentials for the integrations of Home Assistant.

Takes the place of the integration of the same name that Home Assistant ships:
its file, its websocket API and its platform hook. This module is the door.
Behind it is our component, or the original if ours cannot be set up.

The door imports our modules only when they are needed, since a release of Home
Assistant may lack something that they need. The same holds for config_flow,
diagnostics, repairs and system_health, which Home Assistant imports by name.
"""

from functools import cache
from importlib import import_module
import logging
from typing import Any

from homeassistant.components import application_credentials as original
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform, __version__ as home_assistant_version
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ConfigEntryError
from homeassistant.helpers import config_validation as cv, issue_registry as ir
from homeassistant.helpers.typing import ConfigType
from homeassistant.loader import async_get_integration

_LOGGER = logging.getLogger(__name__)

DOMAIN = "application_credentials"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)

PLATFORMS = (Platform.BINARY_SENSOR, Platform.BUTTON, Platform.SENSOR)

# To import these is to import all of our modules.
ENTRANCES = (
    "component",
    "binary_sensor",
    "button",
    "sensor",
    "dialog.flow",
    "fixes",
    "report",
)

# The id of the repair issue, and the key of its texts and of the entry's.
ORIGINAL_SERVES = "original_serves"


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Set up our component, or else the original and an issue that says so.

    Raises what the original's set-up raises, if ours has failed.
    """
    try:
        component = await hass.async_add_import_executor_job(import_component)
        await component.async_setup(hass)
    except Exception:
        _LOGGER.exception(
            "Home Assistant's own %s is set up, since ours cannot be", DOMAIN
        )
        await _async_create_issue(hass)
        return await original.async_setup(hass, config)
    ir.async_delete_issue(hass, DOMAIN, ORIGINAL_SERVES)
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Set up the entities of the credentials, which work without the entry, too.

    Raises ConfigEntryError if the original serves.
    """
    if original_serves(hass):
        raise ConfigEntryError(
            translation_domain=DOMAIN,
            translation_key=ORIGINAL_SERVES,
            translation_placeholders=await _async_versions(hass),
        )
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Unload the entities; the credentials stay."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


async def async_remove_entry(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Remove what we keep beside the credentials, which stay."""
    if not original_serves(hass) and not hass.config_entries.async_entries(DOMAIN):
        await import_component().async_remove_entry(hass)


@callback
def original_serves(hass: HomeAssistant) -> bool:
    """Return whether the original is set up in our place."""
    return isinstance(
        hass.data.get(DOMAIN), original.ApplicationCredentialsStorageCollection
    )


async def _async_create_issue(hass: HomeAssistant) -> None:
    """Create the issue that names the versions that do not go together."""
    integration = await async_get_integration(hass, DOMAIN)
    ir.async_create_issue(
        hass,
        DOMAIN,
        ORIGINAL_SERVES,
        is_fixable=False,
        learn_more_url=integration.documentation,
        severity=ir.IssueSeverity.ERROR,
        translation_key=ORIGINAL_SERVES,
        translation_placeholders=await _async_versions(hass),
    )


async def _async_versions(hass: HomeAssistant) -> dict[str, str]:
    integration = await async_get_integration(hass, DOMAIN)
    return {
        "version": str(integration.version),
        "home_assistant": home_assistant_version,
    }


@cache
def import_component() -> Any:
    """Import all of our modules, and return the one that sets them up.

    So a module that cannot be imported is known before anything is set up.
    """
    component, *_ = [import_module(f".{name}", __package__) for name in ENTRANCES]
    return component
