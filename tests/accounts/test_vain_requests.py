"""One cause, one issue: nobody is asked for what a rejected credential makes impossible."""

from collections.abc import Iterator
from typing import Any

import pytest

from custom_components.application_credentials.provider.check import Finding, Verdict
from custom_components.application_credentials.provider.findings import DATA_FINDINGS
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.common import Wire, add_account, add_integration, issue_id, link_flow


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire) -> Any:
    """Return an account that uses shop_abc."""
    add_integration(hass)
    await wire.create()
    return add_account(hass, "shop_abc", entry_id="anna")


@pytest.fixture(autouse=True)
def flow() -> Iterator[None]:
    """Have accounts be able to ask."""
    with link_flow():
        yield


def find(hass: HomeAssistant, verdict: Verdict) -> None:
    """Have a verdict about the client known."""
    record = hass.data[DATA_COLLECTION].record("shop_abc")
    hass.data[DATA_FINDINGS].async_adopt("shop_abc", record, Finding(client=verdict))


async def ask(hass: HomeAssistant, account: Any) -> None:
    """Have an account ask to be linked again, as its integration does."""
    account.async_start_reauth(hass)
    await hass.async_block_till_done()


def request_of(hass: HomeAssistant, entry_id: str = "anna") -> ir.IssueEntry | None:
    """Return the issue of Home Assistant's in which the account asks."""
    return ir.async_get(hass).async_get_issue(
        HOMEASSISTANT_DOMAIN, f"config_entry_reauth_shop_{entry_id}"
    )


def is_shown(hass: HomeAssistant, entry_id: str = "anna") -> bool:
    """Return whether the request is among the issues that a person is shown."""
    issue = request_of(hass, entry_id)
    assert issue is not None
    assert issue.active
    return issue.dismissed_version is None


async def test_a_request_is_shown_as_long_as_it_can_be_answered(
    hass: HomeAssistant, account: Any
) -> None:
    """It is Home Assistant's, and nothing is the matter with the credential."""
    await ask(hass, account)
    assert is_shown(hass)
    find(hass, Verdict.ACCEPTED)
    assert is_shown(hass)


@pytest.mark.parametrize("asks_first", [False, True])
async def test_a_request_in_vain_makes_room_for_our_issue(
    hass: HomeAssistant, account: Any, asks_first: bool
) -> None:
    """Whichever of the two comes first."""
    if asks_first:
        await ask(hass, account)
    find(hass, Verdict.REJECTED)
    if not asks_first:
        await ask(hass, account)
    await hass.async_block_till_done()
    assert not is_shown(hass)
    assert issue_id("client_rejected") in {key for _, key in ir.async_get(hass).issues}


async def test_the_request_is_shown_again_when_the_credential_is_good(
    hass: HomeAssistant, account: Any
) -> None:
    """The account can be linked then."""
    find(hass, Verdict.REJECTED)
    await ask(hass, account)
    find(hass, Verdict.ACCEPTED)
    assert is_shown(hass)


async def test_who_does_not_ask_is_not_asked_for(
    hass: HomeAssistant, account: Any
) -> None:
    """The cause may go before the account has noticed anything."""
    find(hass, Verdict.REJECTED)
    find(hass, Verdict.ACCEPTED)
    assert request_of(hass) is None


async def test_the_request_goes_with_the_cause(
    hass: HomeAssistant, wire: Wire, account: Any
) -> None:
    """With the right secret the account goes on, and has nothing to ask for."""
    find(hass, Verdict.REJECTED)
    await ask(hass, account)
    await wire.get(
        "update", application_credentials_id="shop_abc", client_secret="right"
    )
    await hass.async_block_till_done()
    assert request_of(hass) is None
    await ask(hass, account)
    assert is_shown(hass)


async def test_what_a_person_has_ignored_or_wants_to_see_stays_so(
    hass: HomeAssistant, account: Any
) -> None:
    """We hide a request once, and show only what can be answered since."""
    await ask(hass, account)
    name = "config_entry_reauth_shop_anna"
    ir.async_ignore_issue(hass, HOMEASSISTANT_DOMAIN, name, True)
    find(hass, Verdict.ACCEPTED)
    assert not is_shown(hass)
    find(hass, Verdict.REJECTED)
    ir.async_ignore_issue(hass, HOMEASSISTANT_DOMAIN, name, False)
    await hass.async_block_till_done()
    assert is_shown(hass)


async def test_other_requests_are_left_alone(
    hass: HomeAssistant, wire: Wire, account: Any
) -> None:
    """Those of other credentials, of accounts without one, and other issues."""
    await wire.create("other")
    ben = add_account(hass, "shop_other", entry_id="ben")
    cloud = add_account(hass, "cloud", entry_id="cloud")
    find(hass, Verdict.REJECTED)
    for each in (ben, cloud):
        await ask(hass, each)
        assert is_shown(hass, each.entry_id)
    for domain, key in (
        ("shop", "config_entry_reauth_shop_anna"),
        (HOMEASSISTANT_DOMAIN, "config_entry_reauth_shop_gone"),
        (HOMEASSISTANT_DOMAIN, "another"),
    ):
        ir.async_create_issue(
            hass,
            domain,
            key,
            is_fixable=False,
            severity=ir.IssueSeverity.ERROR,
            translation_key="another",
        )
        await hass.async_block_till_done()
        issue = ir.async_get(hass).async_get_issue(domain, key)
        assert issue is not None
        assert issue.dismissed_version is None


async def test_a_credential_that_is_gone_hides_nothing_any_more(
    hass: HomeAssistant, wire: Wire, account: Any
) -> None:
    """Nor one that comes back under the same id."""
    find(hass, Verdict.REJECTED)
    await hass.config_entries.async_remove("anna")
    await hass.data[DATA_COLLECTION].async_delete_item("shop_abc")
    await wire.create()
    anna = add_account(hass, "shop_abc", entry_id="anna")
    await ask(hass, anna)
    assert is_shown(hass)
