"""Accounts with the played providers: what is told of each when its provider refuses to refresh a token.

All of them are linked once, in one Home Assistant; the tests follow them, in order, through what may become of them.
"""

from datetime import timedelta
from typing import Any

import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.played_provider import (
    SECRET,
    WRONG_SECRET,
    Client as PlayedClient,
    Mood,
)
from playground.played_providers import PROVIDERS
from playground.shop import Client
from tests.e2e.common import (
    COMMANDS,
    OURS,
    Abroad,
    Linked,
    add_credential,
    asks,
    entry_state,
    issue_id,
    issues,
    link_again,
    reason_of,
    reauthentications,
    reload,
    status,
    wait_for,
)

ours_alone = pytest.mark.skipif(not OURS, reason="the original cannot")

SLUGS = [played.slug for played in PROVIDERS if played.links]

# Those that look at the code before they look at the client: only the refusal itself tells.
TOLD_BY = dict.fromkeys(SLUGS, "check") | {
    "microsoft": "token_request",
    "azure-b2c": "token_request",
}


@pytest.fixture(scope="module")
def accounts(abroad: Abroad) -> dict[str, Linked]:
    """An account with each provider, which is its title."""
    home_assistant = abroad.home_assistant
    found = {}
    for slug in SLUGS:
        known = Client(f"{slug}.{PlayedClient.KNOWN}", SECRET)
        credential = add_credential(home_assistant, known, "shop_abroad")
        entry = frontend.link_account(
            home_assistant, "shop_abroad", user=slug, credential=credential["id"]
        )
        found[slug] = Linked(credential, entry["entry_id"])
    return found


@pytest.fixture
def account(accounts: dict[str, Linked], slug: str) -> Linked:
    """The account with the provider that the test is about."""
    return accounts[slug]


def client_of(home_assistant: HomeAssistant, account: Linked) -> str:
    """Return what is known of the client that an account is linked with."""
    return str(status(home_assistant, account.credential)["client"])


def rejected(account: Linked) -> str:
    """Return the id of the issue that the client of an account is rejected."""
    return issue_id("client_rejected", account.credential["id"])


def ends(account: Linked) -> str:
    """Return the id of the issue that the link of an account ends by itself."""
    return f"link_ends_{account.entry_id}"


def day_of_end(home_assistant: HomeAssistant, account: Linked) -> str:
    """Return the day on which the link of an account ends, as its issue has it."""
    day: str = issues(home_assistant)[ends(account)]["translation_placeholders"]["day"]
    return day


def restart_on_day(home_assistant: HomeAssistant, days: int) -> None:
    """Restart so many days after the accounts were linked."""
    home_assistant.stop()
    home_assistant.ahead = timedelta(days=days)
    home_assistant.start()


def link_anew(home_assistant: HomeAssistant, account: Linked, slug: str) -> None:
    """Link an account that asks for it, and see that it works."""
    step = link_again(home_assistant, account.entry_id, user=slug)
    assert reason_of(step) == "reauth_successful"
    assert wait_for(lambda: entry_state(home_assistant, account.entry_id) == "loaded")


def add_account(
    home_assistant: HomeAssistant, credential: dict[str, Any]
) -> dict[str, Any]:
    """Begin to add an account with a credential, of which there are several; return the next step."""
    step = frontend.start_flow(home_assistant, "shop_abroad")
    return frontend.submit_step(
        home_assistant, step["flow_id"], implementation=credential["id"]
    )


def template(home_assistant: HomeAssistant, text: str) -> str:
    """Return what Home Assistant makes of a template."""
    with home_assistant.http() as client:
        return client.post("/api/template", json={"template": text}).text


def opened(home_assistant: HomeAssistant, issue: str) -> dict[str, Any]:
    """Return the first step of the flow that fixes an issue, as a browser is shown it."""
    with home_assistant.http() as client:
        step: dict[str, Any] = (
            client.post(
                "/api/repairs/issues/fix",
                json={"handler": COMMANDS, "issue_id": issue},
            )
            .raise_for_status()
            .json()
        )
        client.delete(f"/api/repairs/issues/fix/{step['flow_id']}")
    return step


@pytest.mark.parametrize("slug", SLUGS)
def test_an_account_that_is_linked_works(abroad: Abroad, account: Linked) -> None:
    """Its token says so of its client."""
    home_assistant = abroad.home_assistant
    assert entry_state(home_assistant, account.entry_id) == "loaded"
    if OURS:
        assert client_of(home_assistant, account) == "accepted"


@ours_alone
def test_of_links_that_are_renewed_nothing_is_said(
    abroad: Abroad, accounts: dict[str, Linked]
) -> None:
    """Of Google's, which are not, it is said on the day of linking."""
    home_assistant = abroad.home_assistant
    for account in accounts.values():
        assert reload(home_assistant, account.entry_id) == "loaded"

    assert set(wait_for(lambda: issues(home_assistant))) == {ends(accounts["google"])}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_provider_that_does_not_answer_has_said_nothing(
    abroad: Abroad, account: Linked, slug: str
) -> None:
    """Neither of the client nor of the link."""
    home_assistant = abroad.home_assistant
    abroad.providers.put(slug, Mood.SILENT)

    assert reload(home_assistant, account.entry_id) == "setup_retry"

    assert reauthentications(home_assistant, account.entry_id) == []
    if OURS:
        assert client_of(home_assistant, account) == "accepted"
        assert rejected(account) not in issues(home_assistant)
    abroad.providers.put(slug, Mood.WORKS)
    assert reload(home_assistant, account.entry_id) == "loaded"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_link_that_has_ended_is_the_accounts(
    abroad: Abroad, account: Linked, slug: str
) -> None:
    """It asks to be linked again; its client is good."""
    home_assistant = abroad.home_assistant
    abroad.providers.put(slug, Mood.ENDED)

    reload(home_assistant, account.entry_id)

    assert asks(home_assistant, account.entry_id)
    if OURS:
        assert client_of(home_assistant, account) == "accepted"
        assert rejected(account) not in issues(home_assistant)
    abroad.providers.put(slug, Mood.WORKS)
    link_anew(home_assistant, account, slug)


@ours_alone
@pytest.mark.parametrize("slug", SLUGS)
def test_a_client_that_is_refused_is_an_issue(
    abroad: Abroad, account: Linked, slug: str
) -> None:
    """Linking again says so first; and it goes when the client is accepted again."""
    home_assistant = abroad.home_assistant
    abroad.providers.put(slug, Mood.REFUSES)

    reload(home_assistant, account.entry_id)

    assert wait_for(lambda: rejected(account) in issues(home_assistant))
    known = status(home_assistant, account.credential)
    assert (known["client"], known["by"]) == ("rejected", TOLD_BY[slug])
    step = link_again(home_assistant, account.entry_id, user=slug)
    assert reason_of(step) == "client_rejected"
    said = opened(home_assistant, rejected(account))["description_placeholders"]["said"]
    for cause, told in (
        ("microsoft", "The client secret has expired."),
        ("google", "The client ID was deleted"),
    ):
        assert said.startswith(told) is (slug == cause)
    abroad.providers.put(slug, Mood.WORKS)
    assert reload(home_assistant, account.entry_id) == "loaded"
    assert wait_for(lambda: rejected(account) not in issues(home_assistant))
    assert wait_for(lambda: not reauthentications(home_assistant, account.entry_id))


@ours_alone
@pytest.mark.parametrize("slug", ["microsoft", "azure-b2c"])
def test_a_wrong_secret_that_no_check_can_find_is_told_when_the_code_is_refused(
    abroad: Abroad, accounts: dict[str, Linked], slug: str
) -> None:
    """At the first set-up; whoever tries again is told before they are sent to the provider."""
    home_assistant = abroad.home_assistant
    mistyped = Client(f"{slug}.{PlayedClient.MISTYPED}", WRONG_SECRET)
    credential = add_credential(home_assistant, mistyped, "shop_abroad")

    step = add_account(home_assistant, credential)
    step = frontend.authorize(home_assistant, step, user="new")

    assert reason_of(step) == "oauth_unauthorized"
    issue = issue_id("client_rejected", credential["id"])
    assert wait_for(lambda: issue in issues(home_assistant))
    step = add_account(home_assistant, credential)
    assert reason_of(step) == "client_rejected"
    with home_assistant.websocket() as websocket:
        websocket.command(
            f"{COMMANDS}/delete", application_credentials_id=credential["id"]
        )
    assert wait_for(lambda: issue not in issues(home_assistant))


@ours_alone
def test_days_later_all_is_told_as_before(
    abroad: Abroad, accounts: dict[str, Linked]
) -> None:
    """A restart five days later, with a link that ended, a client that expired, and a provider that is silent."""
    home_assistant, google = abroad.home_assistant, accounts["google"]
    day = day_of_end(home_assistant, google)
    abroad.providers.put("microsoft", Mood.REFUSES)
    abroad.providers.put("netatmo", Mood.ENDED)
    for slug in ("microsoft", "netatmo"):
        reload(home_assistant, accounts[slug].entry_id)
    assert wait_for(lambda: rejected(accounts["microsoft"]) in issues(home_assistant))
    assert asks(home_assistant, accounts["netatmo"].entry_id)
    abroad.providers.put("azure-b2c", Mood.SILENT)

    restart_on_day(home_assistant, 5)

    assert wait_for(
        lambda: (
            set(issues(home_assistant))
            == {ends(google), rejected(accounts["microsoft"])}
        )
    ), issues(home_assistant)
    assert day_of_end(home_assistant, google) == day
    assert {
        slug: client_of(home_assistant, account) for slug, account in accounts.items()
    } == dict.fromkeys(SLUGS, "accepted") | {"microsoft": "rejected"}
    assert asks(home_assistant, accounts["netatmo"].entry_id)
    for slug in ("google", "keycloak"):
        assert entry_state(home_assistant, accounts[slug].entry_id) == "loaded"
    for slug in ("microsoft", "netatmo", "azure-b2c"):
        abroad.providers.put(slug, Mood.WORKS)


@ours_alone
def test_on_the_day_after_the_end_the_account_asks_to_be_linked_again(
    abroad: Abroad, accounts: dict[str, Linked]
) -> None:
    """Its app was published meanwhile, so that the next link lasts."""
    home_assistant, google = abroad.home_assistant, accounts["google"]
    day = day_of_end(home_assistant, google)
    abroad.providers.put("google", Mood.ENDED)

    restart_on_day(home_assistant, 8)

    assert day < template(home_assistant, "{{ now().date() }}")
    assert asks(home_assistant, google.entry_id)
    assert client_of(home_assistant, google) == "accepted"
    assert set(issues(home_assistant)) == {ends(google)}
    abroad.providers.put("google", Mood.LASTS)
    link_anew(home_assistant, google, "google")
    assert wait_for(lambda: issues(home_assistant) == {})
