"""The provider is asked about a credential: the real one, and some that behave badly."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
import json
import time
from typing import Any

import pytest

from playground.home_assistant import HomeAssistant
from playground.process import free_port
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e import hostile_provider
from tests.e2e.common import COMMANDS, OURS, add_credential, issue_id, issues, wait_for
from tests.e2e.forked import ForkedProcess
from tests.e2e.hostile_provider import Answer, HostileProvider

# A check takes 10 s at the most; the rest is for a machine that has much to do.
CHECK_SECONDS = 12
# The authorization page is asked twice, each time with a few redirects at the most.
MAX_PAGES = 2 * 6
UNREGISTERED = "http://127.0.0.1/somewhere/else"

ACCEPTED = {
    "client": "accepted",
    "redirect_uri": "accepted",
    "error": "invalid_grant",
}
UNCLEAR = {
    "client": "unknown",
    "redirect_uri": "unknown",
    "error": None,
    "error_description": None,
    "reason": "unclear",
}
UNREACHABLE = UNCLEAR | {"reason": "unreachable"}
# The same a few times over: what an expression may go through again and again.
REPEATED = ["not_", "redirect_uri ", "unknown ", "not_redirect_uri ", "<<<not_", "\\"]


def record_id(client: Client) -> str:
    """Return the id of the record that was made for a client of the shop."""
    return f"shop_{client.client_id.replace('-', '_')}"


def check(home_assistant: HomeAssistant, client: Client) -> dict[str, Any]:
    """Add a credential and check it; it takes no longer than it may."""
    credential = add_credential(home_assistant, client)
    with home_assistant.websocket() as websocket:
        start = time.monotonic()
        finding: dict[str, Any] = websocket.command(
            f"{COMMANDS}/check", application_credentials_id=credential["id"]
        )
        assert time.monotonic() - start < CHECK_SECONDS
    return finding


def test_the_right_client_is_accepted(
    home_assistant: HomeAssistant, registered_client: Client
) -> None:
    """The provider knows client, secret and redirect URI."""
    assert ACCEPTED.items() <= check(home_assistant, registered_client).items()


def test_a_wrong_secret_is_rejected(
    home_assistant: HomeAssistant, registered_client: Client
) -> None:
    """The client is rejected; nothing is said of its redirect URI then."""
    finding = check(
        home_assistant, replace(registered_client, client_secret="mistyped")
    )

    assert (finding["client"], finding["redirect_uri"]) == ("rejected", "unknown")
    assert finding["error"] == "invalid_client"


def test_an_unknown_client_is_rejected(
    home_assistant: HomeAssistant, client: Client
) -> None:
    """What is not known of the client is not said of its redirect URI."""
    finding = check(home_assistant, client)

    assert (finding["client"], finding["redirect_uri"]) == ("rejected", "unknown")
    assert finding["error"] == "invalid_client"


def test_an_unregistered_redirect_uri_is_rejected(
    home_assistant: HomeAssistant, shop: Shop, client: Client
) -> None:
    """The client is right, and the person has registered something else with it."""
    shop.register(client, UNREGISTERED)

    finding = check(home_assistant, client)

    assert (finding["client"], finding["redirect_uri"]) == ("accepted", "rejected")
    issue = issue_id("redirect_uri_rejected", record_id(client))
    found = wait_for(lambda: issues(home_assistant).get(issue))
    assert found
    assert found["translation_placeholders"] == {"name": "Playground Shop"}


def test_nothing_is_said_of_a_provider_that_is_not_there(
    home_assistant: HomeAssistant, shop: Shop, registered_client: Client
) -> None:
    """The server is stopped; the same client is accepted when it is back and knows it again."""
    shop.stop()
    try:
        assert check(home_assistant, registered_client) == UNREACHABLE
    finally:
        shop.start()
    assert issues(home_assistant) == {}

    shop.register(registered_client, home_assistant.redirect_uri)
    with home_assistant.websocket() as websocket:
        finding = websocket.command(
            f"{COMMANDS}/check",
            application_credentials_id=record_id(registered_client),
        )
    assert ACCEPTED.items() <= finding.items()


def test_a_wrong_secret_is_reported_without_being_asked_for_until_it_is_right(
    home_assistant: HomeAssistant,
    websocket: WebSocketClient,
    registered_client: Client,
) -> None:
    """A repair issue comes after the credential was added, and goes after it was corrected."""
    mistyped = replace(registered_client, client_secret="mistyped-s3cret")
    credential = add_credential(home_assistant, mistyped)
    issue = issue_id("client_rejected", credential["id"])

    found = wait_for(lambda: issues(home_assistant))

    assert set(found) == {issue}
    assert found[issue]["is_fixable"]
    assert mistyped.client_secret not in json.dumps(found)
    websocket.command(
        f"{COMMANDS}/update",
        application_credentials_id=credential["id"],
        client_secret=registered_client.client_secret,
    )
    assert wait_for(lambda: not issues(home_assistant))
    finding = websocket.command(
        f"{COMMANDS}/check", application_credentials_id=credential["id"]
    )
    assert ACCEPTED.items() <= finding.items()
    assert issues(home_assistant) == {}


@pytest.fixture(scope="module")
def provider() -> Iterator[HostileProvider]:
    """The provider of the demo integrations, in the hands of somebody else."""
    with HostileProvider() as provider:
        yield provider


@pytest.fixture(scope="module")
def cheated_home_assistant(
    provider: HostileProvider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HomeAssistant]:
    """A Home Assistant whose demo integrations have the hostile provider."""
    home_assistant = HomeAssistant(
        tmp_path_factory.mktemp("cheated"),
        free_port(),
        ours=OURS,
        environment={"SHOP_AUTHORIZATION_SERVER": provider.url},
        process=ForkedProcess,
    )
    try:
        home_assistant.start()
        yield home_assistant
    finally:
        home_assistant.stop()


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (hostile_provider.hangs, UNREACHABLE),
        (hostile_provider.drips, UNREACHABLE),
        (hostile_provider.drips_headers, UNREACHABLE),
        (hostile_provider.floods_with_interim_answers, UNREACHABLE),
        (hostile_provider.is_not_http, UNREACHABLE),
        (hostile_provider.sends_random_bytes, UNCLEAR),
        (hostile_provider.sends_json_of_another_shape, UNCLEAR),
        (hostile_provider.sends_deep_json, UNCLEAR),
        (hostile_provider.redirects_in_a_loop, UNCLEAR),
        (hostile_provider.breaks_off, UNREACHABLE),
        (hostile_provider.fails, UNCLEAR),
    ],
)
def test_nothing_is_said_of_a_provider_that_does_not_answer_properly(
    cheated_home_assistant: HomeAssistant,
    provider: HostileProvider,
    client: Client,
    answer: Answer,
    finding: dict[str, Any],
) -> None:
    """Both verdicts are unknown, and nobody waits for long."""
    provider.become(answer)

    assert check(cheated_home_assistant, client) == finding

    asked = [request.partition(" ")[0] for request in provider.requests]
    # Two checks at the most: after the credential was added, and on request.
    assert 1 <= asked.count("POST") <= 2
    assert 1 <= asked.count("GET") <= 2 * MAX_PAGES
    # The secret goes to the token endpoint alone.
    assert all(
        client.client_secret not in request
        for request in provider.requests
        if not request.startswith("POST /oauth2/token ")
    )
    assert issues(cheated_home_assistant) == {}


def test_a_huge_body_is_not_read_to_its_end(
    cheated_home_assistant: HomeAssistant, provider: HostileProvider, client: Client
) -> None:
    """After the beginning the connection is closed, long before time is up."""
    provider.become(hostile_provider.sends_a_huge_body)
    start = time.monotonic()

    assert check(cheated_home_assistant, client) == UNCLEAR

    assert time.monotonic() - start < CHECK_SECONDS / 2
    assert provider.left.wait(CHECK_SECONDS)
    # What is read, and what fits into the sockets in between, for each request.
    assert provider.sent < len(provider.requests) * 20 * 1024 * 1024


@pytest.mark.parametrize("words", REPEATED)
def test_a_long_page_holds_nobody_up(
    cheated_home_assistant: HomeAssistant,
    provider: HostileProvider,
    client: Client,
    words: str,
) -> None:
    """Whatever stands in it, and however often; others are answered meanwhile."""
    provider.become(hostile_provider.repeats(words))
    start = time.monotonic()

    assert check(cheated_home_assistant, client)["client"] == "unknown"

    assert time.monotonic() - start < CHECK_SECONDS / 4
    # A page that says a redirect URI is wrong, however often, has said so.
    with cheated_home_assistant.websocket() as websocket:
        websocket.command(
            f"{COMMANDS}/delete", application_credentials_id=record_id(client)
        )


def test_many_checks_at_one_provider_end_in_time(
    cheated_home_assistant: HomeAssistant, provider: HostileProvider
) -> None:
    """Also where it hangs, and each has to wait for its turn."""
    provider.become(hostile_provider.hangs)
    start = time.monotonic()
    with ThreadPoolExecutor(12) as pool:
        findings = list(
            pool.map(
                lambda number: check(
                    cheated_home_assistant, Client(f"many-{number}", "s3cret")
                ),
                range(12),
            )
        )
    assert time.monotonic() - start < CHECK_SECONDS + 3
    assert {finding["client"] for finding in findings} == {"unknown"}


def test_cookies_of_a_provider_go_nowhere(
    cheated_home_assistant: HomeAssistant, provider: HostileProvider, client: Client
) -> None:
    """Not even back to it."""
    provider.become(hostile_provider.sets_cookies)

    check(cheated_home_assistant, client)
    check(cheated_home_assistant, Client("another", "s3cret"))

    assert len(provider.requests) >= 4
    assert not any("planted" in request for request in provider.requests)


def test_the_secret_follows_no_redirect(
    cheated_home_assistant: HomeAssistant, provider: HostileProvider, client: Client
) -> None:
    """A token endpoint that sends us elsewhere with the request does not get the secret there."""
    with HostileProvider() as elsewhere:
        elsewhere.become(hostile_provider.fails)
        provider.become(hostile_provider.redirects_to(elsewhere.url))

        assert check(cheated_home_assistant, client) == UNCLEAR

        assert any(request.startswith("POST ") for request in provider.requests)
        assert [
            request
            for request in elsewhere.requests
            if client.client_secret in request or not request.startswith("GET ")
        ] == []


def test_a_secret_that_the_provider_quotes_is_not_passed_on(
    cheated_home_assistant: HomeAssistant, provider: HostileProvider, client: Client
) -> None:
    """What the provider says is shown short, printable and without the secret."""
    provider.become(hostile_provider.quotes_what_it_was_sent)

    finding = check(cheated_home_assistant, client)

    assert (finding["client"], finding["error"]) == ("rejected", "invalid_client")
    assert finding["error_description"].startswith("The secret … is wrong, …, xxx")
    assert len(finding["error_description"]) <= 300
    found = wait_for(lambda: issues(cheated_home_assistant))
    assert found
    assert "The secret" not in json.dumps(found)
    assert client.client_secret not in json.dumps(found)
    assert client.client_secret not in cheated_home_assistant.log.read_text()
    with cheated_home_assistant.websocket() as websocket:
        websocket.command(
            f"{COMMANDS}/delete", application_credentials_id=record_id(client)
        )
    assert wait_for(lambda: not issues(cheated_home_assistant))


def test_nobody_waits_for_a_check_that_nobody_asked_for(
    cheated_home_assistant: HomeAssistant, provider: HostileProvider, client: Client
) -> None:
    """While the provider hangs, credentials are added, changed and deleted as usual."""
    provider.become(hostile_provider.hangs)
    start = time.monotonic()

    credential = add_credential(cheated_home_assistant, client)
    assert wait_for(lambda: provider.requests)
    with cheated_home_assistant.websocket() as websocket:
        for change, fields in (
            ("update", {"client_secret": "another"}),
            ("delete", {}),
        ):
            websocket.command(
                f"{COMMANDS}/{change}",
                application_credentials_id=credential["id"],
                **fields,
            )

    assert time.monotonic() - start < 5
