"""One cause, one issue: nobody is asked for what a rejected credential makes impossible."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.application_credentials.models import Finding, Verdict
from custom_components.application_credentials.provider.findings import DATA_FINDINGS
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import (
    DOMAIN as HOMEASSISTANT_DOMAIN,
    Event,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from tests.common import (
    DOMAIN,
    Disk,
    Wire,
    add_account,
    add_integration,
    issue_id,
    kept_accounts,
    kept_finding,
    link_flow,
    record,
    stored,
)

STORE = f"{DOMAIN}.hidden_requests"
ISSUE_ID = "config_entry_reauth_shop_anna"


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire) -> Any:
    """Return an account that uses shop_abc."""
    add_integration(hass)
    await wire.create()
    await hass.async_block_till_done()
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


def ignore(hass: HomeAssistant, ignored: bool = True) -> None:
    """Ignore the request or show it again, as a person does."""
    ir.async_ignore_issue(hass, HOMEASSISTANT_DOMAIN, ISSUE_ID, ignored)


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
    ignore(hass)
    find(hass, Verdict.ACCEPTED)
    assert not is_shown(hass)
    find(hass, Verdict.REJECTED)
    ignore(hass, False)
    await hass.async_block_till_done()
    assert is_shown(hass)


async def test_what_a_person_has_ignored_stays_so_when_it_can_be_answered(
    hass: HomeAssistant, account: Any
) -> None:
    """We show what we have hidden, and nothing else."""
    await ask(hass, account)
    ignore(hass)
    find(hass, Verdict.REJECTED)
    find(hass, Verdict.ACCEPTED)
    assert not is_shown(hass)


async def test_what_a_person_wanted_to_see_and_has_ignored_since_stays_so(
    hass: HomeAssistant, account: Any
) -> None:
    """From then on it is theirs."""
    find(hass, Verdict.REJECTED)
    await ask(hass, account)
    ignore(hass, False)
    ignore(hass)
    find(hass, Verdict.ACCEPTED)
    assert not is_shown(hass)


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


def our_entry(hass: HomeAssistant) -> str:
    """Return the id of our entry on the Integrations page."""
    return hass.config_entries.async_entries(DOMAIN)[0].entry_id


@pytest.fixture
async def hidden(hass: HomeAssistant, account: Any) -> Any:
    """Return an account whose request is hidden."""
    find(hass, Verdict.REJECTED)
    await ask(hass, account)
    assert not is_shown(hass)
    return account


@pytest.mark.usefixtures("hidden")
async def test_the_request_is_shown_when_our_entry_is_deleted(
    hass: HomeAssistant,
) -> None:
    """That prepares for uninstalling: nobody would show it again."""
    await hass.config_entries.async_remove(our_entry(hass))
    assert is_shown(hass)


@pytest.mark.parametrize("deleted", [False, True])
async def test_nothing_is_hidden_for_who_has_deleted_or_disabled_our_entry(
    hass: HomeAssistant, wire: Wire, hidden: Any, deleted: bool
) -> None:
    """What comes then is shown, and hidden once the entry is back."""
    if deleted:
        await hass.config_entries.async_remove(our_entry(hass))
    else:
        await hass.config_entries.async_set_disabled_by(
            our_entry(hass), ConfigEntryDisabler.USER
        )
    assert is_shown(hass)
    ben = add_account(hass, "shop_abc", entry_id="ben")
    await ask(hass, ben)
    assert is_shown(hass, "ben")
    find(hass, Verdict.REJECTED)
    assert is_shown(hass, "ben")
    if deleted:
        await hass.config_entries.flow.async_init(DOMAIN, context={"source": "user"})
    else:
        await hass.config_entries.async_set_disabled_by(our_entry(hass), None)
    await hass.async_block_till_done()
    assert not is_shown(hass)
    assert not is_shown(hass, "ben")


async def test_what_a_person_has_ignored_stays_so_when_our_entry_is_deleted(
    hass: HomeAssistant, account: Any
) -> None:
    """It is theirs."""
    await ask(hass, account)
    ignore(hass)
    find(hass, Verdict.REJECTED)
    await hass.config_entries.async_remove(our_entry(hass))
    assert not is_shown(hass)


@pytest.mark.usefixtures("hidden")
async def test_a_regular_stop_leaves_nothing_hidden(
    hass: HomeAssistant, wire: Wire, hass_storage: Disk
) -> None:
    """At the next start the original may serve, or nobody who knows of us."""
    await wire.socket.close()
    await hass.async_stop(force=True)
    assert is_shown(hass)
    assert hass_storage[STORE]["data"] == {"accounts": {}}
    dismissed = {
        issue["issue_id"]: issue["dismissed_version"]
        for issue in hass_storage[ir.STORAGE_KEY]["data"]["issues"]
    }
    assert dismissed[ISSUE_ID] is None


@pytest.mark.usefixtures("hidden")
async def test_nothing_is_hidden_while_home_assistant_stops(
    hass: HomeAssistant, wire: Wire
) -> None:
    """What comes then is left alone."""
    await wire.socket.close()

    @callback
    def found(_event: Event) -> None:
        find(hass, Verdict.REJECTED)

    hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, found)
    await hass.async_stop(force=True)
    assert is_shown(hass)


@pytest.mark.usefixtures("hidden")
async def test_what_is_hidden_is_in_a_file_at_once(
    hass: HomeAssistant, hass_storage: Disk
) -> None:
    """Home Assistant may be killed."""
    assert await kept_accounts(hass, hass_storage, STORE) == {"anna": {}}


async def test_a_request_that_is_answered_is_forgotten(
    hass: HomeAssistant, hidden: Any, hass_storage: Disk
) -> None:
    """A later one is another."""
    await hass.config_entries.async_remove("anna")
    assert await kept_accounts(hass, hass_storage, STORE) == {}


@pytest.fixture
async def killed(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> Callable[..., Awaitable[None]]:
    """Return what starts Home Assistant after it was killed while a request was hidden."""

    async def start_again(
        hidden: dict[str, Any], *, fails: bool = False, asks: bool = True
    ) -> None:
        hass_storage[DOMAIN] = stored(record())
        hass_storage.keep(STORE, {"accounts": hidden})
        add_integration(hass)
        anna = add_account(hass, "shop_abc", entry_id="anna")
        if asks:
            await ask(hass, anna)
            ignore(hass)
        if fails:
            with patch(
                f"custom_components.{DOMAIN}.websocket_api.async_setup",
                side_effect=LookupError,
            ):
                await async_setup_component(hass, DOMAIN, {})
        else:
            await start()
        await hass.async_block_till_done()

    return start_again


@pytest.mark.parametrize("fails", [False, True])
async def test_what_was_hidden_when_home_assistant_was_killed_is_shown(
    hass: HomeAssistant, killed: Callable[..., Awaitable[None]], fails: bool
) -> None:
    """Unless it is still in vain; also where the original serves, because we cannot."""
    await killed({"anna": {}}, fails=fails)
    assert is_shown(hass)


async def test_what_a_person_had_ignored_stays_so_over_a_restart(
    hass: HomeAssistant, killed: Callable[..., Awaitable[None]]
) -> None:
    """It is not in our file."""
    await killed({})
    assert not is_shown(hass)


async def test_what_was_hidden_may_be_gone(
    hass: HomeAssistant, killed: Callable[..., Awaitable[None]]
) -> None:
    """The account has been linked or deleted meanwhile."""
    await killed({"anna": {}, "ben": {}}, asks=False)
    assert request_of(hass) is None


async def test_nothing_stays_hidden_where_set_up_fails(
    hass: HomeAssistant,
    killed: Callable[..., Awaitable[None]],
    hass_storage: Disk,
) -> None:
    """What was hidden up to then is shown, since the original serves."""
    finding = kept_finding("abc", "rejected")
    hass_storage.keep(f"{DOMAIN}.findings", {"findings": {"shop_abc": finding}})
    await killed({"anna": {}}, fails=True)
    assert is_shown(hass)
