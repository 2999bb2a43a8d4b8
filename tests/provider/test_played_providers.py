"""All questions to all played providers: what a check says is never wrong, and mostly known."""

from collections.abc import Awaitable, Callable
import re
from typing import Any, override

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from playground.played_provider import Provider, Question, read_client
from playground.played_providers import NOT_SEEN, PROVIDERS
from playground.provider_table import PATH, provider_table
from tests.common import REDIRECT_URI, Wire, add_hook

PLAYED = "https://played.test"
# A check may find nothing out for one in eight questions of which the right answer is known. Half of
# these are about integrations with a way of their own to ask for a token: no refusal of theirs counts.
MAX_UNKNOWN = 1 / 8


class InItsOwnWay(LocalOAuth2Implementation):
    """Asks for a token in a way that a check does not know."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        raise AssertionError("a check must not run it")


@pytest.fixture
def ask(
    hass: HomeAssistant, wire: Wire, browser: Wire, provider: AiohttpClientMocker
) -> Callable[[Provider, Question], Awaitable[dict[str, Any]]]:
    """Return a function that asks a simulated provider through the websocket."""

    async def ask(played: Provider, question: Question) -> dict[str, Any]:
        async def hook(hass: HomeAssistant, auth_domain: str, credential: Any) -> Any:
            implementation = (
                InItsOwnWay if played.own_way else LocalOAuth2Implementation
            )
            return implementation(
                hass,
                auth_domain,
                credential.client_id,
                credential.client_secret,
                f"{PLAYED}/{played.slug}/authorize",
                f"{PLAYED}/{played.slug}/token",
            )

        async def token(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
            header = (provider.mock_calls[-1][3] or {}).get("Authorization")
            client_id, secret = read_client(data, header)
            answer = played.answer_token(client_id, secret, is_basic=bool(header))
            return AiohttpClientMockResponse(
                method, url, status=answer.status, response=answer.content
            )

        async def page(method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
            answer = played.answer_authorize(
                url.query["client_id"], url.query["redirect_uri"], REDIRECT_URI
            )
            assert answer is not None
            return AiohttpClientMockResponse(
                method,
                url,
                status=answer.status,
                response=answer.content,
                headers={"Location": answer.location} if answer.location else {},
            )

        add_hook(hass, async_get_auth_implementation=hook)
        provider.clear_requests()
        provider.post(f"{PLAYED}/{played.slug}/token", side_effect=token)
        if played.authorize:
            provider.get(
                re.compile(rf"^{PLAYED}/{played.slug}/authorize\?"), side_effect=page
            )
            provider.get(
                re.compile(rf"^{PLAYED}/{played.slug}/(?!authorize)"),
                content=played.authorize.elsewhere.content,
            )
        record = await wire.create(
            question.client_id, client_secret=question.client_secret
        )
        answer: dict[str, Any] = await browser.get(
            "check", application_credentials_id=record["id"]
        )
        await wire.get("delete", application_credentials_id=record["id"])
        return answer

    return ask


@pytest.mark.parametrize("played", PROVIDERS, ids=[each.slug for each in PROVIDERS])
async def test_a_check_says_what_is_right(
    ask: Callable[[Provider, Question], Awaitable[dict[str, Any]]], played: Provider
) -> None:
    """To every question about a provider, or else that it does not know, where that is said."""
    said = {
        (question.about, question.case): (await ask(played, question))[question.about]
        for question in played.questions()
    }
    assert said == {
        (question.about, question.case): question.expected
        for question in played.questions()
    }


def test_a_check_is_never_wrong_and_knows_most() -> None:
    """Of what the test above has asked, at the least as much is right as was promised."""
    questions = [each for played in PROVIDERS for each in played.questions()]
    assert len(questions) >= 112
    wrong = [each for each in questions if each.expected not in (each.right, "unknown")]
    assert wrong == []
    not_told = [each for each in questions if each.expected != each.right]
    assert len(not_told) <= MAX_UNKNOWN * len(questions)


def test_every_integration_is_in_the_table() -> None:
    """With its provider, or as one of which nothing was seen; none twice."""
    listed = [
        *NOT_SEEN,
        *(domain for played in PROVIDERS for domain in played.integrations),
    ]
    assert len(listed) == len(set(listed))
    assert set(APPLICATION_CREDENTIALS) <= set(listed)


def test_the_table_of_the_documentation_is_up_to_date() -> None:
    """It is made by scripts/providers."""
    assert PATH.read_text() == provider_table()
