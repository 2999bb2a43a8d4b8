"""How words are shown: as Markdown, and in which language."""

from typing import Any

from aiohttp import web
import pytest

from custom_components.application_credentials.dialog.texts import async_get_texts
from custom_components.application_credentials.text import as_markdown, async_language
from homeassistant.auth.models import User
from homeassistant.components.frontend import storage
from homeassistant.components.frontend.storage import async_user_store
from homeassistant.components.http.const import KEY_HASS_USER
from homeassistant.core import HomeAssistant
from tests.common import Wire


def test_what_others_have_written_is_no_markdown() -> None:
    """A link, an address, an image: it is shown as it stands."""
    assert as_markdown("[a](http://b) anna@shop.test ![c](d) <e> `f`") == (
        r"\[a\]\(http\:\/\/b\) anna\@shop\.test \!\[c\]\(d\) \<e\> \`f\`"
    )


@pytest.fixture
def frontend(hass: HomeAssistant) -> None:
    """Have a home with a frontend, which keeps the profiles."""
    hass.config.components.add("frontend")


async def choose(hass: HomeAssistant, user: User, chosen: Any) -> None:
    """Have something stand in the profile of a user, as the frontend writes it."""
    store = await async_user_store(hass, user.id)
    await store.async_set_item("language", chosen)


async def test_without_a_request_it_is_that_of_home_assistant(
    hass: HomeAssistant, frontend: None, hass_admin_user: User
) -> None:
    """Nobody asks."""
    await choose(hass, hass_admin_user, {"language": "de"})
    assert await async_language(hass) == "en"


async def test_a_request_of_nobody_is_answered_in_that_of_home_assistant(
    hass: HomeAssistant, frontend: None, request_under_way: web.Request
) -> None:
    """The websocket signs people in after the request."""
    assert await async_language(hass) == "en"


async def test_it_is_the_one_of_the_profile(
    hass: HomeAssistant,
    frontend: None,
    request_under_way: web.Request,
    hass_admin_user: User,
) -> None:
    """As of the next text, when it is changed."""
    request_under_way[KEY_HASS_USER] = hass_admin_user
    assert await async_language(hass) == "en"
    await choose(hass, hass_admin_user, {"language": "de", "number_format": "none"})
    assert await async_language(hass) == "de"


@pytest.mark.parametrize(
    "chosen",
    [None, "de", {}, {"language": None}, {"language": ["de"]}, {"language": "../de"}],
    ids=repr,
)
async def test_what_is_no_language_is_left_out(
    hass: HomeAssistant,
    frontend: None,
    request_under_way: web.Request,
    hass_admin_user: User,
    chosen: Any,
) -> None:
    """Scripts can write it, too, and it becomes the name of a file."""
    request_under_way[KEY_HASS_USER] = hass_admin_user
    await choose(hass, hass_admin_user, chosen)
    assert await async_language(hass) == "en"


async def test_profiles_that_are_kept_elsewhere_are_left_out(
    hass: HomeAssistant,
    frontend: None,
    request_under_way: web.Request,
    hass_admin_user: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As another release of Home Assistant may do."""
    request_under_way[KEY_HASS_USER] = hass_admin_user
    await choose(hass, hass_admin_user, {"language": "de"})
    monkeypatch.delattr(storage, "async_user_store")
    assert await async_language(hass) == "en"


async def test_a_home_without_a_frontend_has_no_profiles(
    hass: HomeAssistant,
    frontend: None,
    request_under_way: web.Request,
    hass_admin_user: User,
) -> None:
    """They are kept by the frontend."""
    request_under_way[KEY_HASS_USER] = hass_admin_user
    await choose(hass, hass_admin_user, {"language": "de"})
    hass.config.components.remove("frontend")
    assert await async_language(hass) == "en"


async def test_a_dialog_speaks_to_one_and_a_notification_to_all(
    hass: HomeAssistant,
    wire: Wire,
    frontend: None,
    request_under_way: web.Request,
    hass_admin_user: User,
) -> None:
    """What others read as well is in the language of Home Assistant."""
    request_under_way[KEY_HASS_USER] = hass_admin_user
    await choose(hass, hass_admin_user, {"language": "de"})
    assert (await async_get_texts(hass)).text("no_accounts") == (
        "Kein Konto verwendet diese Anmeldedaten."
    )
    texts = await async_get_texts(hass, hass.config.language)
    assert texts.text("no_accounts") == "No account uses it."
