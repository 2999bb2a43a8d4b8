"""Keep a person from the page of a provider at which they can achieve nothing."""

from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import AbortFlow
from homeassistant.helpers.translation import async_get_translations

from ..const import DOMAIN
from ..models import CredentialRecord, title_of
from ..text import as_markdown, async_language

CLIENT_REJECTED: Final = "client_rejected"

# Where the repair issue about the credential is.
_REPAIRS: Final = "/config/repairs"


async def async_rejection(hass: HomeAssistant, record: CredentialRecord) -> AbortFlow:
    """Return what ends a flow of an integration with the reason, and the way to the repair.

    The reason is translated by us. Where a release of Home Assistant does not let an
    exception say so, it is the text itself, which the frontend shows as it is.
    """
    placeholders = {"name": as_markdown(title_of(record)), "link": _REPAIRS}
    # Not in all releases that we run on.
    of_ours: Any = {"translation_domain": DOMAIN}
    try:
        return AbortFlow(CLIENT_REJECTED, placeholders, **of_ours)
    except TypeError:
        texts = await async_get_translations(
            hass, await async_language(hass), "config", {DOMAIN}
        )
        text = texts[f"component.{DOMAIN}.config.abort.{CLIENT_REJECTED}"]
        return AbortFlow(text.format(**placeholders))
