"""The pictures of the user guide, taken of one home, in the order of the guide.

`scripts/screenshots` puts them into docs/images. No other run takes them, since that takes a minute.
"""

from collections.abc import Callable, Iterator
import re

from playwright.sync_api import Browser, Page, Route, expect
import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.browser.camera import FOR_GUIDE, WIDE, Camera, hide_debug_logging
from tests.e2e.browser.conftest import be_owner, kept, new_page
from tests.e2e.browser.pages import (
    DASHBOARD,
    OUR_PAGE,
    CredentialsPage,
    OurDialog,
    close_notifications,
    open_notifications,
    open_repair,
    start_adding_integration,
)
from tests.e2e.common import ANNA, BEN, add_credential, wait_for
from tests.e2e.results import folder_of

pytestmark = pytest.mark.skipif(
    not FOR_GUIDE, reason="only scripts/screenshots takes them"
)

MY_REDIRECT_URI = "https://my.home-assistant.io/redirect/oauth"

FAMILY = Client("family-client", "secret-of-family")
OFFICE = Client("office-client", "secret-of-office")

# In the place of the icons that Home Assistant fetches from elsewhere.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
    '<rect x="2" y="2" width="20" height="20" rx="5" fill="#90a4ae"/></svg>'
)


@pytest.fixture
def home(new_home_assistant: Callable[[], HomeAssistant], shop: Shop) -> HomeAssistant:
    """A home as most are: with My Home Assistant, credentials that work, and accounts."""
    home = new_home_assistant()
    home.start()
    for client in (FAMILY, OFFICE):
        shop.register(client, home.redirect_uri, MY_REDIRECT_URI)
    family = add_credential(home, FAMILY, name="Family")
    add_credential(home, OFFICE, name="Office")
    add_credential(
        home,
        Client("8273-h4v7.apps.googleusercontent.com", "s3cret"),
        "google_tasks",
        name="Google",
    )
    # Before My Home Assistant leads away from this machine.
    for user in (ANNA, BEN):
        frontend.link_account(home, "shop", user=user, credential=family["id"])
    with home.websocket() as websocket:
        # Home Assistant counts it among the repairs where it is missing.
        websocket.command("config/core/update", country="NL")
    home.stop()
    home.my = True
    home.start()
    with home.websocket() as websocket:
        for client in (FAMILY, OFFICE):
            finding = websocket.command(
                "application_credentials/check",
                application_credentials_id=f"shop_{client.client_id.replace('-', '_')}",
            )
            assert finding["client"] == "accepted"
    hide_debug_logging(home)
    return home


@pytest.fixture
def page(
    browser: Browser, home: HomeAssistant, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page where the owner is signed in to the home, in the light."""
    with new_page(browser, home.url) as page, kept(page, request.node):
        be_owner(page, home)
        page.emulate_media(color_scheme="light")
        page.route(re.compile(r"/api/brands/(?!.*application_credentials)"), show_icon)
        yield page


def state(home: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity."""
    with home.http() as client:
        answer = client.get(f"/api/states/{entity_id}").raise_for_status().json()
    return str(answer["state"])


def show_icon(route: Route) -> None:
    """Answer with an icon."""
    route.fulfill(content_type="image/svg+xml", body=ICON)


NOT_DELETED = "Credential not deleted"


def test_the_pictures_of_the_guide(
    home: HomeAssistant, page: Page, request: pytest.FixtureRequest
) -> None:
    """Each is taken when all that belongs to it is there."""
    camera = Camera(page, folder_of(request.node))
    dialog = OurDialog(page)

    page.goto(DASHBOARD)
    expect(page.get_by_role("link", name="Application credentials")).to_be_visible()
    camera.guide("integrations-page", height=340)

    page.goto(OUR_PAGE)
    expect(dialog.row("Office")).to_be_visible()
    camera.guide("overview")
    camera.guide_narrow("overview-narrow")

    page.locator("ha-config-entry-device-row").filter(has_text="Family").click()
    expect(page.get_by_text("Last checked").first).to_be_visible()
    page.get_by_text("Press", exact=True).first.click()
    assert wait_for(lambda: state(home, "binary_sensor.family_problem") == "off")
    camera.guide("device", height=530)

    original = CredentialsPage(page)
    original.open()
    # The frontend learns the name of an integration that is not set up a little later.
    expect(original.row("Google")).to_contain_text("Google Tasks")
    camera.guide("original-page", height=530)

    dialog.start_adding("Google Tasks")
    dialog.expect_text(MY_REDIRECT_URI)
    camera.guide_dialog("add")
    camera.guide_narrow("add-narrow")

    dialog.start_adding("Playground Shop")
    dialog.fill(name="Guests", client_id="guest-client", client_secret="mistyped")
    dialog.press("Add")
    dialog.expect_text(re.compile("is not saved yet"))
    camera.guide_dialog("rejected")

    flow = start_adding_integration(page, "Playground Shop")
    flow.expect_title("Pick authentication method")
    camera.guide_dialog("pick")

    dialog.open_credential("Family")
    dialog.expect_text(BEN)
    camera.guide_dialog("edit")

    dialog.do("Move accounts to another credential")
    dialog.expect_title("Move accounts")
    dialog.pick(re.compile("Office"))
    camera.guide_dialog("move")

    original.open()
    original.delete("Family")
    open_notifications(page, NOT_DELETED)
    camera.guide("in-use-notification", height=420)
    close_notifications(page, NOT_DELETED)

    page.set_viewport_size(WIDE)
    with home.websocket() as websocket:
        websocket.command(
            "application_credentials/update",
            application_credentials_id="shop_family_client",
            client_secret="has-expired",
        )
    repair = open_repair(page, re.compile("Rejected by the provider: "))
    expect(repair.field("Client ID")).to_have_value(FAMILY.client_id)
    camera.guide_dialog("repair")
