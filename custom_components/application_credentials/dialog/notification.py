"""Say why a credential was not deleted, where the page that asked for it does not.

The page of credentials in Home Assistant's settings shows no errors.
"""

from collections.abc import Iterable

from homeassistant.components import persistent_notification
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.collection import CHANGE_REMOVED, CollectionChange

from ..accounts.following import DATA_ACCOUNTS
from ..accounts.usage import entries_using
from ..const import DOMAIN
from ..ending import all_of
from ..errors import CredentialError
from ..models import CredentialRecord, title_of
from ..records.collection import DATA_COLLECTION
from ..text import as_markdown
from .texts import account_links, async_error_text, async_get_texts_for_all, async_name


@callback
def async_follow(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Take a notification back when nobody uses its credential, or it is gone.

    Returns what ends that.
    """
    accounts = hass.data[DATA_ACCOUNTS]

    async def credentials_changed(changes: Iterable[CollectionChange]) -> None:
        for change in changes:
            if change.change_type == CHANGE_REMOVED:
                persistent_notification.async_dismiss(hass, _id_of(change.item_id))

    @callback
    def accounts_changed(item_ids: set[str]) -> None:
        for item_id in item_ids:
            if not accounts.count(item_id):
                persistent_notification.async_dismiss(hass, _id_of(item_id))

    return all_of(
        [
            hass.data[DATA_COLLECTION].async_add_change_set_listener(
                credentials_changed
            ),
            accounts.async_listen(accounts_changed),
        ]
    )


async def async_notify_in_use(hass: HomeAssistant, record: CredentialRecord) -> None:
    """Say what uses a credential, and where its accounts can be moved."""
    texts = await async_get_texts_for_all(hass)
    persistent_notification.async_create(
        hass,
        texts.text(
            "in_use_message",
            name=as_markdown(title_of(record)),
            integration=await async_name(hass, record["domain"]),
            accounts=account_links(entries_using(hass, record)),
            link=f"/config/integrations/integration/{DOMAIN}",
        ),
        texts.text("in_use_title"),
        _id_of(record["id"]),
    )


async def async_notify_not_deleted(
    hass: HomeAssistant, record: CredentialRecord, err: CredentialError
) -> None:
    """Say why a credential that nobody uses could not be deleted."""
    texts = await async_get_texts_for_all(hass)
    persistent_notification.async_create(
        hass,
        f"{as_markdown(title_of(record))}: {await async_error_text(hass, err)}",
        texts.text("in_use_title"),
        _id_of(record["id"]),
    )


def _id_of(item_id: str) -> str:
    return f"{DOMAIN}_in_use_{item_id}"
