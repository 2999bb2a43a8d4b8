"""The redirect URI is that of the browser in which a person is, in every step.

Without My Home Assistant, and at an address that is not the one that Home Assistant itself would name.
"""

from collections.abc import Iterator
import json
import time

from playwright.sync_api import Browser, Page
import pytest

from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.browser.camera import Camera, hide_debug_logging
from tests.e2e.browser.conftest import kept
from tests.e2e.browser.pages import SAVED, OurDialog, open_repair
from tests.e2e.common import issues, wait_for
from tests.e2e.results import folder_of


@pytest.fixture
def elsewhere(home_assistant: HomeAssistant) -> str:
    """Another address of the same Home Assistant."""
    return home_assistant.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def page(
    browser: Browser,
    home_assistant: HomeAssistant,
    elsewhere: str,
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """A page where the owner is signed in at the other address."""
    hide_debug_logging(home_assistant)
    signed_in = home_assistant.tokens | {
        "hassUrl": elsewhere,
        "clientId": f"{home_assistant.url}/",
        "expires": (time.time() + home_assistant.tokens["expires_in"]) * 1000,
    }
    with browser.new_context(
        base_url=elsewhere, locale="en", viewport={"width": 1200, "height": 900}
    ) as context:
        context.set_default_timeout(15_000)
        context.add_init_script(
            f"localStorage.hassTokens = {json.dumps(json.dumps(signed_in))}"
        )
        page = context.new_page()
        with kept(page, request.node):
            yield page


def test_every_step_shows_the_redirect_uri_of_the_browser(
    home_assistant: HomeAssistant,
    shop: Shop,
    client: Client,
    page: Page,
    elsewhere: str,
    request: pytest.FixtureRequest,
) -> None:
    """Before and after the provider was asked, and in the repair, until it is registered."""
    camera = Camera(page, folder_of(request.node))
    redirect_uri = f"{elsewhere}/auth/external/callback"
    shop.register(client, "http://127.0.0.1/somewhere/else")
    dialog = OurDialog(page)

    dialog.start_adding("Playground Shop")
    dialog.expect_text(redirect_uri)
    camera.keep("form")
    dialog.fill(
        name="Kitchen", client_id=client.client_id, client_secret=client.client_secret
    )
    dialog.press("Add")
    dialog.expect_title("Redirect URI not known")
    dialog.expect_text("The provider does not know the redirect URI.")
    dialog.expect_text(redirect_uri)
    camera.keep("asked")
    dialog.choose("Save anyway")
    dialog.expect_text(SAVED)
    camera.keep("saved")

    (issue_id,) = wait_for(lambda: issues(home_assistant))
    assert issue_id.startswith("redirect_uri_rejected_")
    repair = open_repair(page, "Redirect URI not known: Kitchen (Playground Shop)")
    repair.expect_text(redirect_uri)
    camera.keep("repair")
    repair.press("Check")
    repair.expect_text("The provider still does not know it.")
    repair.expect_text(redirect_uri)
    camera.keep("repair-again")
    shop.register(client, redirect_uri)
    repair.press("Check")
    assert wait_for(lambda: not issues(home_assistant))
