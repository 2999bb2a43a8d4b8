"""A real Home Assistant and a real authorization server for every test.

The processes are shared by the tests that ask for `home_assistant`; after each of them everything about the shop
is forgotten. A test that needs an empty configuration folder makes its own with `new_home_assistant`.

With E2E_ORIGINAL=1 the tests run against Home Assistant's own component.
"""

from collections.abc import Generator, Iterator
from pathlib import Path
import secrets
import shutil

import pytest

from playground import REPOSITORY, frontend
from playground.home_assistant import HomeAssistant
from playground.process import free_port
from playground.provider_server import PlayedProviders
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.common import ANNA, OURS, Abroad, Linked, add_credential
from tests.e2e.forked import ForkedProcess
from tests.e2e.results import folder_of


class HomeAssistants:
    """Makes Home Assistants with empty configuration folders, and stops them in the end."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        """Make them in a folder; their demo integrations use the shop."""
        self.made: list[HomeAssistant] = []
        self._folder = folder
        self._shop = shop

    def __call__(self) -> HomeAssistant:
        """Return a new one, not yet started."""
        folder = self._folder / f"home-assistant-{len(self.made)}"
        folder.mkdir()
        home_assistant = HomeAssistant(
            folder,
            free_port(),
            ours=OURS,
            environment=self._shop.environment,
            process=ForkedProcess,
        )
        self.made.append(home_assistant)
        return home_assistant

    def stop(self) -> None:
        """Stop all that are running."""
        for home_assistant in self.made:
            home_assistant.stop()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The authorization server."""
    shop = Shop(tmp_path_factory.mktemp("shop"), free_port())
    try:
        shop.start()
        yield shop
    finally:
        shop.stop()


@pytest.fixture(scope="session")
def shared_home_assistant(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HomeAssistant]:
    """The Home Assistant that tests share; ask for `home_assistant`, which cleans up."""
    home_assistants = HomeAssistants(tmp_path_factory.mktemp("shared"), shop)
    try:
        home_assistant = home_assistants()
        home_assistant.start()
        yield home_assistant
    finally:
        home_assistants.stop()


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Abroad]:
    """A Home Assistant with an integration of all the played providers."""
    folder = tmp_path_factory.mktemp("abroad")
    port = free_port()
    providers = PlayedProviders(
        folder, free_port(), f"http://127.0.0.1:{port}/auth/external/callback"
    )
    home_assistant = HomeAssistant(
        folder,
        port,
        ours=OURS,
        environment=providers.environment,
        process=ForkedProcess,
    )
    try:
        providers.start()
        home_assistant.start()
        yield Abroad(home_assistant, providers)
    finally:
        home_assistant.stop()
        providers.stop()


@pytest.fixture
def home_assistant(shared_home_assistant: HomeAssistant) -> Iterator[HomeAssistant]:
    """A running Home Assistant without credentials, accounts and flows."""
    yield shared_home_assistant
    if not shared_home_assistant.process.is_running:
        shared_home_assistant.start()
    forget_the_shop(shared_home_assistant)


@pytest.fixture
def new_home_assistant(tmp_path: Path, shop: Shop) -> Iterator[HomeAssistants]:
    """A function that makes a Home Assistant of one's own, to be started by the test."""
    home_assistants = HomeAssistants(tmp_path, shop)
    yield home_assistants
    home_assistants.stop()


@pytest.fixture
def websocket(home_assistant: HomeAssistant) -> Iterator[WebSocketClient]:
    """The owner's websocket connection to `home_assistant`."""
    with home_assistant.websocket() as websocket:
        yield websocket


@pytest.fixture
def client() -> Client:
    """A client ID and a secret, used by no other test; the test registers it at the shop."""
    return Client(f"client-{secrets.token_hex(4)}", secrets.token_urlsafe(16))


@pytest.fixture
def registered_client(
    client: Client, shop: Shop, home_assistant: HomeAssistant
) -> Client:
    """The client, registered at the shop for `home_assistant`."""
    shop.register(client, home_assistant.redirect_uri)
    return client


@pytest.fixture
def other_client(client: Client, shop: Shop, home_assistant: HomeAssistant) -> Client:
    """A second client that is registered at the shop."""
    other = Client(f"other-{client.client_id}", f"other-{client.client_secret}")
    shop.register(other, home_assistant.redirect_uri)
    return other


@pytest.fixture
def linked(home_assistant: HomeAssistant, registered_client: Client) -> Linked:
    """Anna's account of the shop, linked with a credential of its own."""
    credential = add_credential(home_assistant, registered_client)
    entry = frontend.link_account(home_assistant, "shop", user=ANNA)
    return Linked(credential, entry["entry_id"])


def forget_the_shop(home_assistant: HomeAssistant) -> None:
    """Remove the demo integrations' accounts and flows, and all credentials."""
    with home_assistant.websocket() as websocket:
        for flow in frontend.flows_in_progress(home_assistant):
            if flow["handler"].startswith("shop"):
                frontend.abort_flow(home_assistant, flow["flow_id"])
        for entry in websocket.command("config_entries/get"):
            if entry["domain"].startswith("shop"):
                frontend.remove_entry(home_assistant, entry["entry_id"])
        for credential in websocket.command("application_credentials/list"):
            websocket.command(
                "application_credentials/delete",
                application_credentials_id=credential["id"],
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep Home Assistant's log of a test that failed, and show its end."""
    report = yield
    if report.failed:
        for number, home_assistant in enumerate(home_assistants_of(item)):
            folder = folder_of(item)
            folder.mkdir(parents=True, exist_ok=True)
            kept = folder / (
                "home-assistant.log" if number == 0 else f"home-assistant-{number}.log"
            )
            shutil.copy(home_assistant.log, kept)
            report.sections.append(
                (
                    f"log: {kept.relative_to(REPOSITORY)}",
                    home_assistant.process.log_tail(),
                )
            )
    return report


def home_assistants_of(item: pytest.Item) -> Iterator[HomeAssistant]:
    """Yield the Home Assistants that a test used and that have a log."""
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, HomeAssistants):
            yield from (
                home_assistant
                for home_assistant in value.made
                if home_assistant.log.exists()
            )
        elif isinstance(value, Abroad):
            yield value.home_assistant
        elif isinstance(value, HomeAssistant):
            yield value
