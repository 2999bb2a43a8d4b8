"""The component is installed and removed as users do, on a Home Assistant with credentials and an account."""

from collections.abc import Callable, Iterator
from pathlib import Path
import subprocess
import zipfile

from playwright.sync_api import Browser, Page, expect
import pytest

from playground import REPOSITORY, frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.conftest import be_owner, kept, new_page
from tests.e2e.browser.pages import CredentialsPage, OurDialog
from tests.e2e.common import ANNA, BEN, add_credential, entry_state
from tests.e2e.results import folder_of

COMPONENT = REPOSITORY / "custom_components" / "application_credentials"


@pytest.fixture(scope="module")
def release() -> Path:
    """The zip of a release."""
    subprocess.run([REPOSITORY / "scripts" / "release"], check=True)
    return REPOSITORY / "dist" / "application_credentials.zip"


@pytest.fixture
def original(new_home_assistant: Callable[[], HomeAssistant]) -> HomeAssistant:
    """A running Home Assistant with its own component."""
    home_assistant = new_home_assistant()
    home_assistant.ours = False
    home_assistant.start()
    return home_assistant


@pytest.fixture
def own_page(
    browser: Browser, original: HomeAssistant, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page where the owner is signed in to `original`."""
    with new_page(browser, original.url) as page, kept(page, request.node):
        be_owner(page, original)
        yield page


def test_a_release_holds_the_component_alone(release: Path) -> None:
    """Its files are at the root, as HACS wants them, without caches and tests."""
    with zipfile.ZipFile(release) as packed:
        names = set(packed.namelist())
        for name in names:
            assert packed.read(name) == (COMPONENT / name).read_bytes()

    assert {"__init__.py", "manifest.json", "strings.json"} < names
    assert "translations/en.json" in names
    assert names == {
        str(path.relative_to(COMPONENT))
        for path in COMPONENT.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def test_it_takes_over_from_the_original_and_hands_back(
    original: HomeAssistant,
    release: Path,
    shop: Shop,
    client: Client,
    own_page: Page,
    request: pytest.FixtureRequest,
) -> None:
    """Installed, everything is there and works; removed, the original has it all."""
    camera = Camera(own_page, folder_of(request.node))
    credentials = CredentialsPage(own_page)
    shop.register(client, original.redirect_uri)
    before = add_credential(original, client, name="Kitchen")
    anna = frontend.link_account(original, "shop", user=ANNA)["entry_id"]
    original.stop()

    original.install(release)
    original.start()
    assert entry_state(original, anna) == "loaded"
    dialog = OurDialog(own_page)
    dialog.open_credential("Kitchen")
    dialog.expect_text(ANNA)
    camera.keep("installed")
    added = Client("added-meanwhile", "s3cret")
    shop.register(added, original.redirect_uri)
    dialog.start_adding("Playground Shop")
    dialog.fill(
        name="Garden", client_id=added.client_id, client_secret=added.client_secret
    )
    dialog.press("Add")
    dialog.leave_saved()
    with original.websocket() as websocket:
        records = websocket.command("application_credentials/list")
        [ours] = websocket.command(
            "config_entries/get", domain="application_credentials"
        )
    assert before in records
    assert [record["name"] for record in records] == ["Kitchen", "Garden"]
    frontend.link_account(original, "shop", user=BEN, credential=records[1]["id"])

    frontend.remove_entry(original, ours["entry_id"])
    original.stop()
    original.uninstall()
    original.start()
    credentials.open()
    expect(credentials.row("Kitchen")).to_be_visible()
    expect(credentials.row("Garden")).to_be_visible()
    camera.keep("removed")
    with original.websocket() as websocket:
        assert websocket.command("application_credentials/list") == records
        states = {
            entry["title"]: entry["state"]
            for entry in websocket.command("config_entries/get")
            if entry["domain"] in ("shop", "application_credentials")
        }
    assert states == {ANNA: "loaded", BEN: "loaded"}
