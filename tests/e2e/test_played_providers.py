"""All questions to all played providers, over the network and the websocket."""

from collections.abc import Iterator

import pytest

from playground.home_assistant import HomeAssistant
from playground.played_provider import Provider, Question
from playground.played_providers import PROVIDERS
from playground.process import free_port
from playground.provider_server import PlayedProviders
from tests.e2e.common import COMMANDS, OURS

pytestmark = pytest.mark.skipif(not OURS, reason="the original checks nothing")


@pytest.fixture(scope="module")
def home_assistant_abroad(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HomeAssistant]:
    """A Home Assistant with an integration of all the played providers."""
    folder = tmp_path_factory.mktemp("abroad")
    port = free_port()
    providers = PlayedProviders(
        folder, free_port(), f"http://127.0.0.1:{port}/auth/external/callback"
    )
    home_assistant = HomeAssistant(
        folder, port, ours=OURS, environment=providers.environment
    )
    try:
        providers.start()
        home_assistant.start()
        yield home_assistant
    finally:
        home_assistant.stop()
        providers.stop()


def ask(home_assistant: HomeAssistant, played: Provider, question: Question) -> str:
    """Return the verdict on a question."""
    with home_assistant.websocket() as websocket:
        record = websocket.command(
            f"{COMMANDS}/create",
            domain="shop_abroad",
            client_id=f"{played.slug}.{question.client_id}",
            client_secret=question.client_secret,
        )
        finding = websocket.command(
            f"{COMMANDS}/check", application_credentials_id=record["id"]
        )
        websocket.command(f"{COMMANDS}/delete", application_credentials_id=record["id"])
    return str(finding[question.about])


@pytest.mark.parametrize("played", PROVIDERS, ids=[each.slug for each in PROVIDERS])
def test_a_check_says_what_is_right(
    home_assistant_abroad: HomeAssistant, played: Provider
) -> None:
    """To every question about a provider, or else that it does not know, where that is said."""
    said = {
        (question.about, question.case): ask(home_assistant_abroad, played, question)
        for question in played.questions()
    }
    assert said == {
        (question.about, question.case): question.expected
        for question in played.questions()
    }
