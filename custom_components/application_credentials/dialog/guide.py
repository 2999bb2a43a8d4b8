"""The guides, where a person gets a client, finds it again, or registers a redirect URI."""

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..accounts.ends import end_of_wait
from ..const import DOMAIN
from ..data import DATA
from ..guides.sentences import async_telling
from ..guides.table import is_of_no_use
from ..models import CredentialRecord, Finding, is_same_client
from ..records.collection import DATA_COLLECTION
from ..text import as_paragraph, async_texts
from .texts import async_get_texts


async def async_instructions(
    hass: HomeAssistant, domain: str, redirect_uri: str | None
) -> str:
    """Return whether a client is needed, how to get one, and what to enter then.

    Without a guide: the redirect URI to register, and what the integration itself says,
    or where its documentation is.
    """
    texts = await async_get_texts(hass)
    own_text = await _async_own_text(hass, domain)
    enter = texts.text("enter_own" if is_of_no_use(domain) else "then_enter")
    if telling := await async_telling(hass, domain, redirect_uri):
        return telling.whole(then=enter, own_text=own_text)
    if not own_text and (link := texts.documentation(domain)):
        own_text = texts.text("see_documentation", link=link)
    register = await async_where_to_register(hass, domain, redirect_uri)
    return "\n\n".join(filter(None, (register, own_text, enter)))


async def async_where_to_copy(hass: HomeAssistant, domain: str) -> str:
    """Return where a client ID and a client secret are found again."""
    if telling := await async_telling(hass, domain):
        return telling.values()
    return (await async_get_texts(hass)).text("copy_both")


async def async_where_to_register(
    hass: HomeAssistant, domain: str, redirect_uri: str | None
) -> str:
    """Return where the redirect URI is registered, with the redirect URI."""
    texts = await async_get_texts(hass)
    telling = await async_telling(hass, domain, redirect_uri)
    told = telling.redirect_uri() if telling else ""
    return told or texts.text("register", redirect_uri=texts.uri(redirect_uri))


async def async_patience_text(
    hass: HomeAssistant, record: CredentialRecord, finding: Finding | None
) -> str:
    """Return that what is rejected may be too new, and when the provider is asked again.

    Also of a record that is not stored, or not as it is about to be.
    """
    if finding is None or not finding.is_rejection:
        return ""
    if (telling := await async_telling(hass, record["domain"])) is None:
        return ""
    stored = hass.data[DATA_COLLECTION].data.get(record["id"])
    if not is_same_client(record, stored):
        return telling.wait()
    if (end := end_of_wait(hass, record["id"])) is None:
        return ""
    time = dt_util.as_local(end).strftime("%H:%M")
    asked_again = (await async_get_texts(hass)).text("asked_again", time=time)
    return as_paragraph(telling.wait(), asked_again)


async def _async_own_text(hass: HomeAssistant, domain: str) -> str:
    """Return what an integration itself says about its credentials."""
    texts = await async_texts(hass, DOMAIN, domain)
    text = texts.get(f"component.{domain}.{DOMAIN}.description", "")
    if text:
        described = (await hass.data[DATA].hooks.async_describe([domain])).get(domain)
        placeholders = described if isinstance(described, dict) else {}
        for name, value in placeholders.items():
            text = text.replace(f"{{{name}}}", str(value))
    return text
