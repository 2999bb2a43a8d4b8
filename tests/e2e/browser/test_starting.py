"""While Home Assistant starts, and ours is not there yet, a person notices nothing of that."""

from collections.abc import Callable, Iterator
import json
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, expect
import pytest

from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.conftest import be_owner, kept, new_page
from tests.e2e.browser.pages import OurDialog
from tests.e2e.common import OURS, add_credential, wait_for
from tests.e2e.results import folder_of

pytestmark = pytest.mark.skipif(not OURS, reason="The original is there at once")

# A neighbour whose set-up takes until it is told to end, and notes what of ours is imported by then.
MANIFEST = {
    "domain": "late_riser",
    "name": "Late riser",
    "after_dependencies": ["application_credentials", "system_health"],
    "version": "1",
}
CODE = """\
import asyncio
import json
from pathlib import Path
import sys

FOLDER = Path(__file__).parent
OURS = "custom_components.application_credentials."


async def async_setup(hass, config):
    imported = [name.removeprefix(OURS) for name in sys.modules if name.startswith(OURS)]
    (FOLDER / "imported").write_text(json.dumps(imported))
    while not (FOLDER / "end").exists():
        await asyncio.sleep(0.1)
    return True
"""


class Start(NamedTuple):
    """A start that goes on until it is told to end."""

    home_assistant: HomeAssistant
    neighbour: Path

    def imported(self) -> set[str]:
        """Return the modules of ours that are imported when the neighbour's turn has come."""
        path = self.neighbour / "imported"
        assert wait_for(lambda: path.exists() and path.read_text(), seconds=60)
        return set(json.loads(path.read_text()))

    def end(self) -> None:
        """Have it end, and wait for that."""
        assert not self.home_assistant.is_set_up()
        (self.neighbour / "end").touch()
        assert wait_for(self.home_assistant.is_set_up, seconds=60)


@pytest.fixture
def start(new_home_assistant: Callable[[], HomeAssistant]) -> Start:
    """Return the second start of a home without credentials."""
    home_assistant = new_home_assistant()
    home_assistant.start()
    home_assistant.stop()
    neighbour = home_assistant.folder / "custom_components" / "late_riser"
    neighbour.mkdir()
    (neighbour / "manifest.json").write_text(json.dumps(MANIFEST))
    (neighbour / "__init__.py").write_text(CODE)
    home_assistant.neighbour = neighbour.name
    home_assistant.begin()
    return Start(home_assistant, neighbour)


@pytest.fixture
def own_page(
    browser: Browser, start: Start, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page where the owner is signed in while it starts."""
    with (
        new_page(browser, start.home_assistant.url) as page,
        kept(page, request.node),
    ):
        be_owner(page, start.home_assistant)
        yield page


def test_a_start_without_credentials_imports_next_to_nothing_of_ours(
    start: Start, client: Client
) -> None:
    """A script that creates one by then is answered; when the start is over, all is there."""
    assert start.imported() == {
        "config_flow",
        "const",
        "diagnostics",
        "records",
        "records.redaction",
        "repairs",
        "system_health",
        "waiting",
    }
    credential = add_credential(start.home_assistant, client)
    start.end()
    with start.home_assistant.websocket() as websocket:
        assert websocket.command("application_credentials/list") == [credential]


def test_a_person_adds_a_credential_while_home_assistant_starts(
    start: Start,
    own_page: Page,
    shop: Shop,
    client: Client,
    request: pytest.FixtureRequest,
) -> None:
    """In the dialog, which is the same as ever; its row stays when the start is over."""
    shop.register(client, start.home_assistant.redirect_uri)
    assert "component" not in start.imported()
    dialog = OurDialog(own_page)
    dialog.start_adding("Playground Shop")
    Camera(own_page, folder_of(request.node)).keep("starting")
    dialog.fill(
        name="Kitchen",
        client_id=client.client_id,
        client_secret=client.client_secret,
    )
    dialog.press("Next")
    dialog.leave_saved()
    expect(dialog.row("Kitchen")).to_be_visible()
    start.end()
    own_page.reload()
    expect(dialog.row("Kitchen")).to_be_visible()
