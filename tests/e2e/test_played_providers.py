"""All questions to all played providers, over the network and the websocket."""

import pytest

from playground.home_assistant import HomeAssistant
from playground.played_provider import Provider, Question
from playground.played_providers import PROVIDERS
from tests.e2e.common import COMMANDS, OURS, Abroad

pytestmark = pytest.mark.skipif(not OURS, reason="the original checks nothing")


def ask(home_assistant: HomeAssistant, played: Provider, question: Question) -> str:
    """Return the verdict on a question."""
    with home_assistant.websocket() as websocket:
        record = websocket.command(
            f"{COMMANDS}/create",
            domain="shop_own_way" if played.own_way else "shop_abroad",
            client_id=f"{played.slug}.{question.client_id}",
            client_secret=question.client_secret,
        )
        finding = websocket.command(
            f"{COMMANDS}/check", application_credentials_id=record["id"]
        )
        websocket.command(f"{COMMANDS}/delete", application_credentials_id=record["id"])
    return str(finding[question.about])


@pytest.mark.parametrize("played", PROVIDERS, ids=[each.slug for each in PROVIDERS])
def test_a_check_says_what_is_right(abroad: Abroad, played: Provider) -> None:
    """To every question about a provider, or else that it does not know, where that is said."""
    said = {
        (question.about, question.case): ask(abroad.home_assistant, played, question)
        for question in played.questions()
    }
    assert said == {
        (question.about, question.case): question.expected
        for question in played.questions()
    }
