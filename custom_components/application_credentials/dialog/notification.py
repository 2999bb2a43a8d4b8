"""Notify that a credential was not deleted or renamed, where nothing else shows it.

The page of credentials in Home Assistant's settings shows no errors, and neither do
the rows of our config entry. Every user can read a notification, so it names no account.
"""

from contextlib import ExitStack

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..const import DOMAIN
from ..errors import CredentialError, CredentialInUse
from ..records.collection import DATA_COLLECTION
from ..signals import SIGNAL_CREDENTIAL
from ..text import as_markdown
from .texts import async_error_text, async_get_texts


@callback
def async_follow(hass: HomeAssistant, undo: ExitStack) -> None:
    """Take a notification back once anything about its credential has changed.

    `undo` gets what ends that.
    """

    @callback
    def changed(item_id: str) -> None:
        persistent_notification.async_dismiss(hass, _id_of(item_id))

    undo.callback(async_dispatcher_connect(hass, SIGNAL_CREDENTIAL, changed))


async def async_notify(
    hass: HomeAssistant, item_id: str, err: CredentialError, *, title: str
) -> None:
    """Notify why something was not done to a credential; `title` is the key of what."""
    record = hass.data[DATA_COLLECTION].record(item_id)
    texts = await async_get_texts(hass, hass.config.language)
    if isinstance(err, CredentialInUse):
        link = f"/config/integrations/integration/{DOMAIN}"
        way_out = await texts.async_way_out(record)
        told = texts.text("in_use_message", link=link, way_out=way_out)
    else:
        told = await async_error_text(hass, err)
    message = f"**{as_markdown(texts.full_title(record))}**\n\n{told}"
    persistent_notification.async_create(
        hass, message, texts.text(title), _id_of(item_id)
    )


def _id_of(item_id: str) -> str:
    return f"{DOMAIN}_in_use_{item_id}"
