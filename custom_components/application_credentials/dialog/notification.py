"""Say why a credential was not deleted or renamed, where nothing else does.

The page of credentials in Home Assistant's settings shows no errors, and neither do
the rows of our config entry. Everybody who is signed in reads a notification: it
names no account.
"""

from collections.abc import Iterable

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.collection import CollectionChange
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from ..accounts.usage import entries_using
from ..const import DOMAIN, SIGNAL_CREDENTIAL
from ..ending import all_of
from ..errors import CredentialError, CredentialInUse
from ..models import CredentialRecord
from ..records.collection import DATA_COLLECTION
from ..text import as_markdown
from .texts import (
    async_error_text,
    async_full_title,
    async_get_texts_for_all,
    async_way_out,
)


@callback
def async_follow(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Take a notification back once its credential is changed, deleted, or unused.

    Returns what ends that.
    """

    async def credentials_changed(changes: Iterable[CollectionChange]) -> None:
        for change in changes:
            persistent_notification.async_dismiss(hass, _id_of(change.item_id))

    @callback
    def changed(item_id: str) -> None:
        record = hass.data[DATA_COLLECTION].data.get(item_id)
        if record is not None and not entries_using(hass, record):
            persistent_notification.async_dismiss(hass, _id_of(item_id))

    return all_of(
        (
            hass.data[DATA_COLLECTION].async_add_change_set_listener(
                credentials_changed
            ),
            async_dispatcher_connect(hass, SIGNAL_CREDENTIAL, changed),
        )
    )


async def async_notify_not_deleted(
    hass: HomeAssistant, record: CredentialRecord, err: CredentialError
) -> None:
    """Say why a credential could not be deleted."""
    texts = await async_get_texts_for_all(hass)
    title = texts.text("not_deleted")
    if not isinstance(err, CredentialInUse):
        await _async_notify(hass, record, title, await async_error_text(hass, err))
        return
    told = texts.text(
        "in_use_message",
        link=f"/config/integrations/integration/{DOMAIN}",
        way_out=await async_way_out(hass, record, texts),
    )
    await _async_notify(hass, record, title, told)


async def async_notify_not_renamed(
    hass: HomeAssistant, record: CredentialRecord, err: CredentialError
) -> None:
    """Say why a credential could not be renamed."""
    title = (await async_get_texts_for_all(hass)).text("not_renamed")
    await _async_notify(hass, record, title, await async_error_text(hass, err))


async def _async_notify(
    hass: HomeAssistant, record: CredentialRecord, title: str, told: str
) -> None:
    credential = as_markdown(await async_full_title(hass, record))
    persistent_notification.async_create(
        hass, f"**{credential}**\n\n{told}", title, _id_of(record["id"])
    )


def _id_of(item_id: str) -> str:
    return f"{DOMAIN}_in_use_{item_id}"
