"""The playground, started and used as its welcome says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
import re
import sys

from playwright.sync_api import Browser, BrowserContext, Page, expect
import pytest

from playground import REPOSITORY
from playground.played_provider import SECRET, Client
from playground.process import Process, free_port
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.conftest import kept, new_context
from tests.e2e.browser.pages import (
    DASHBOARD,
    OurDialog,
    agree_at_provider,
    start_adding_integration,
)
from tests.e2e.common import OURS
from tests.e2e.results import folder_of

pytestmark = pytest.mark.skipif(not OURS, reason="the welcome is about ours")


@dataclass(frozen=True)
class Playground:
    """What is running, and what it said."""

    welcome: str

    def said(self, pattern: str) -> str:
        """Return the group of a pattern in the welcome."""
        found = re.search(pattern, self.welcome)
        assert found, self.welcome
        return found[1]

    @property
    def url(self) -> str:
        """Where Home Assistant is."""
        return self.said(r"Home Assistant +(http\S+)")


@pytest.fixture(scope="module")
def playground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playground]:
    """A playground that has said where everything is."""
    folder = tmp_path_factory.mktemp("playground")
    ports = [
        f"{name}={free_port()}"
        for name in ("--port", "--shop-port", "--providers-port")
    ]
    process = Process(
        "The playground",
        [sys.executable, "-m", "playground", f"--folder={folder / 'home'}", *ports],
        folder=REPOSITORY,
        log=folder / "said.log",
    )
    try:
        process.start()
        process.wait_until(
            lambda: "Ctrl-C ends everything." in process.log.read_text(), seconds=180
        )
        yield Playground(process.log.read_text())
    finally:
        process.stop()


@pytest.fixture(scope="module")
def signed_in(browser: Browser, playground: Playground) -> Iterator[BrowserContext]:
    """A browser where somebody has signed in with the words of the welcome."""
    with new_context(browser, playground.url) as context:
        page = context.new_page()
        page.goto("/")
        for field, pattern in {
            "username": r"Sign in as +(\w+),",
            "password": r"password (\w+)",
        }.items():
            page.locator(f"input[name={field}]").fill(playground.said(pattern))
        page.keyboard.press("Enter")
        # Kept in the browser, for the pages to come.
        expect(page.get_by_role("link", name="Settings")).to_be_visible()
        yield context


@pytest.fixture
def page(signed_in: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of that browser."""
    page = signed_in.new_page()
    with kept(page, request.node):
        yield page
    for each in signed_in.pages[1:]:
        each.close()


@pytest.fixture
def camera(page: Page, request: pytest.FixtureRequest) -> Camera:
    """Takes pictures of `page`."""
    return Camera(page, folder_of(request.node))


def test_nothing_is_wrong_at_first_sight(page: Page, camera: Camera) -> None:
    """No issue and no warning; what happens is kept, and can be looked at."""
    page.goto("/")
    for name in ("Activity", "History"):
        expect(page.get_by_role("link", name=name)).to_be_visible()
    page.goto(DASHBOARD)
    expect(page.get_by_role("link", name="Application credentials")).to_be_visible()
    camera.keep("integrations")
    expect(page.get_by_text("Debug logging enabled")).to_have_count(0)
    page.goto("/config/repairs")
    expect(page.get_by_text("There are currently no repairs")).to_be_visible()
    camera.keep("repairs")


def close_unclear(dialog: OurDialog) -> None:
    """Save what the provider has said nothing about, and close the dialog."""
    dialog.expect_title("No clear answer")
    dialog.choose("Save")
    dialog.close()


@pytest.mark.parametrize(
    ("integration", "client_id", "secret", "end"),
    [
        (
            "Playground Shop",
            r"Client ID +([\w-]+),",
            r"secret +([\w-]+),",
            OurDialog.leave_saved,
        ),
        ("Google Tasks", None, r"secret +(\S+)\n\n +Their", OurDialog.leave_saved),
        ("Spotify", None, r"secret +(\S+)\n\n +Their", OurDialog.close),
        # Its provider looks at the code first.
        ("Xbox", None, r"secret +(\S+)\n\n +Their", close_unclear),
    ],
    ids=["shop", "google", "spotify", "xbox"],
)
def test_what_the_welcome_names_is_checked_and_linked(
    playground: Playground,
    page: Page,
    camera: Camera,
    integration: str,
    client_id: str | None,
    secret: str,
    end: Callable[[OurDialog], None],
) -> None:
    """With any name on the provider's page, and without the libraries of the integration."""
    dialog = OurDialog(page)
    dialog.start_adding(integration)
    dialog.fill(
        client_id=playground.said(client_id) if client_id else "1234.any",
        client_secret=playground.said(secret),
    )
    dialog.press("Add")
    dialog.expect_text(re.compile("The provider (accepts|answered, but)"))
    camera.keep("checked")
    end(dialog)

    with page.context.expect_page() as provider:
        flow = start_adding_integration(page, integration)
    provider.value.bring_to_front()
    # Where the cursor is.
    expect(provider.value.locator("input[name=sub]")).to_be_focused()
    camera.keep("waiting")
    agree_at_provider(provider.value, "Anna Smith")
    flow.expect_text(re.compile("Created configuration|Name and assign"))
    camera.keep("linked")
    page.goto(DASHBOARD)
    expect(page.get_by_role("link", name=integration)).to_be_visible()


def test_the_shop_has_a_second_client_to_move_to(
    playground: Playground, page: Page
) -> None:
    """And it is accepted, too."""
    dialog = OurDialog(page)
    dialog.start_adding("Playground Shop")
    dialog.fill(
        client_id=playground.said(r"Client ID +[\w-]+, or ([\w-]+)"),
        client_secret=playground.said(r"secret +[\w-]+, or ([\w-]+)"),
    )
    dialog.press("Add")
    dialog.expect_text("The provider accepts the client ID and client secret.")


def test_the_shop_abroad_has_every_played_provider(page: Page) -> None:
    """The client ID says which; its page has a button, and comes back with an account."""
    dialog = OurDialog(page)
    dialog.start_adding("Playground Shop Abroad")
    dialog.fill(client_id=f"microsoft.{Client.KNOWN}", client_secret=SECRET)
    dialog.press("Add")
    close_unclear(dialog)
    with page.context.expect_page() as provider:
        flow = start_adding_integration(page, "Playground Shop Abroad")
    agree_at_provider(provider.value, "Anna Smith")
    flow.expect_text("Created configuration for Anna Smith")
