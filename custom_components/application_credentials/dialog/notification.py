"""Say why a credential was not deleted, where the page that asked for it does not.

The page of credentials in Home Assistant's settings shows no errors.
"""

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant

from ..accounts.usage import entries_using
from ..const import DOMAIN
from ..models import CredentialRecord, title_of
from .texts import account_list, async_get_texts, async_names


async def async_notify_in_use(hass: HomeAssistant, record: CredentialRecord) -> None:
    """Say what uses a credential, and where its accounts can be moved."""
    texts = await async_get_texts(hass)
    names = await async_names(hass, [record["domain"]])
    persistent_notification.async_create(
        hass,
        texts.text(
            "in_use_message",
            name=title_of(record),
            integration=names[record["domain"]],
            accounts=account_list(entries_using(hass, record), texts),
            link=f"/config/integrations/integration/{DOMAIN}",
        ),
        texts.text("in_use_title"),
        f"{DOMAIN}_in_use_{record['id']}",
    )
