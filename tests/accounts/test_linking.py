"""Accounts are linked again in flows of their own, which are left as they are."""

import asyncio
from collections.abc import Generator
import sys
from types import ModuleType
from typing import Any, override
from unittest.mock import MagicMock, patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from homeassistant.config_entries import (
    HANDLERS,
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ConfigEntryAuthFailed
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2Implementation,
    async_add_implementation_provider,
)
from tests.common import (
    REDIRECT_URI,
    SHOP,
    Wire,
    add_account,
    add_integration,
    link_again,
    link_flow,
    move,
    reauthentications,
    request_with,
    under_way,
)

# Integrations of Home Assistant's that ask in their flows which credential it is to be.
ASKING = ["google_tasks", "miele", "netatmo", "tesla_fleet", "xbox"]


class CloudStandIn(ModuleType):
    """The cloud integration, as far as netatmo looks at it when it is imported."""

    DOMAIN = "cloud"

    @override
    def __getattr__(self, name: str) -> Any:
        """Have whatever is imported."""
        if name.startswith("__"):
            raise AttributeError(name)
        return MagicMock()


@pytest.fixture(autouse=True)
def netatmo(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make its flow run without the voice assistant, and with the test's web server."""
    hass.config.components.add("webhook")
    name = "homeassistant.components.cloud"
    if name not in sys.modules:
        monkeypatch.setitem(sys.modules, name, CloudStandIn(name))


@pytest.fixture(autouse=True)
def shop_flow() -> Generator[None]:
    """Have the shop link accounts, for the first time and again."""
    with link_flow():
        yield


async def answer(hass: HomeAssistant, account: ConfigEntry) -> Any:
    """Answer the flow in which an account asks, as a person does; return the next step."""
    (flow,) = hass.config_entries.flow.async_progress_by_handler(account.domain)
    assert flow["context"]["entry_id"] == account.entry_id
    return await hass.config_entries.flow.async_configure(flow["flow_id"], {})


def choice(step: Any) -> list[str]:
    """Return the credentials that a person may choose from, the preselected one first."""
    assert step["step_id"] == "pick_implementation"
    schema = step["data_schema"].schema
    (field,) = schema
    names = list(schema[field].container)
    assert field.default() == names[0]
    return names


async def moved(hass: HomeAssistant, wire: Wire, domain: str) -> MockConfigEntry:
    """Return an account that was moved from the first of three credentials to the second."""
    for client_id in ("one", "two", "three"):
        await wire.create(client_id, domain=domain)
    account = add_account(
        hass,
        f"{domain}_one",
        domain=domain,
        unique_id=domain,
        # Asked for by older releases (spotify).
        data={"id": "anna"},
    )
    # What the account does with the provider is no concern here.
    with patch.object(hass.config_entries, "async_reload"):
        await move(hass, wire, account, f"{domain}_two")
    return account


@pytest.mark.usefixtures("current_request_with_host")
@pytest.mark.parametrize("domain", ASKING)
async def test_a_person_is_asked_which_credential_and_the_accounts_comes_first(
    hass: HomeAssistant, wire: Wire, domain: str
) -> None:
    """So that it is a click, and another one can be chosen."""
    account = await moved(hass, wire, domain)
    step = await answer(hass, account)
    first, *others = choice(step)
    assert first == f"{domain}_two"
    assert set(others) == {f"{domain}_one", f"{domain}_three"}
    step = await hass.config_entries.flow.async_configure(
        step["flow_id"], {"implementation": first}
    )
    assert step["type"] is FlowResultType.EXTERNAL_STEP
    assert URL(step["url"]).query["client_id"] == "two"


@pytest.mark.usefixtures("current_request_with_host")
async def test_an_integration_that_does_not_ask_is_left_to_it(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Spotify answers by itself, with the credential of the account."""
    account = await moved(hass, wire, "spotify")
    step = await answer(hass, account)
    assert URL(step["url"]).query["client_id"] == "two"


@pytest.mark.usefixtures("current_request_with_host")
@pytest.mark.parametrize("domain", [*ASKING, "spotify"])
async def test_nobody_is_asked_about_the_only_credential(
    hass: HomeAssistant, wire: Wire, domain: str
) -> None:
    """As without ours."""
    await wire.create("one", domain=domain)
    account = add_account(
        hass, f"{domain}_one", domain=domain, unique_id=domain, data={"id": "anna"}
    )
    await wire.get("link_again", config_entry_id=account.entry_id)
    await hass.async_block_till_done()
    step = await answer(hass, account)
    assert step["type"] is FlowResultType.EXTERNAL_STEP


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_second_provider_of_implementations_is_one_to_choose(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Home Assistant Cloud offers its own for some integrations."""

    async def provide(
        hass: HomeAssistant, domain: str
    ) -> list[AbstractOAuth2Implementation]:
        return [LocalOAuth2Implementation(hass, "cloud", "c", "s", "a", "t")]

    async_add_implementation_provider(hass, "cloud", provide)
    add_integration(hass)
    account = await moved(hass, wire, SHOP)
    step = await answer(hass, account)
    offered = choice(step)
    assert set(offered) == {"shop_one", "shop_two", "shop_three", "cloud"}
    assert offered.index("shop_two") < offered.index("shop_one")


@pytest.mark.usefixtures("current_request_with_host")
async def test_the_accounts_credential_comes_first_when_it_is_reconfigured(
    hass: HomeAssistant, wire: Wire
) -> None:
    """In the order of the flow that a person is in."""
    for client_id in ("one", "two"):
        await wire.create(client_id, domain="miele")
    account = add_account(hass, "miele_two", domain="miele")
    step: Any = await hass.config_entries.flow.async_init(
        "miele", context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id}
    )
    assert choice(step) == ["miele_two", "miele_one"]


# The flows of integrations.


async def begin_at_once(self: Any, entry_data: Any) -> Any:
    """Ask nothing before the credential is chosen, as august and yale do."""
    return await self.async_step_user()


async def test_a_flow_that_asks_nothing_first_waits_for_a_person(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """Who asks for the link, or ends the flow, is not yet at the account's page."""
    with patch.object(HANDLERS[SHOP], "async_step_reauth", begin_at_once):
        await wire.get("link_again", config_entry_id=account.entry_id)
        await hass.async_block_till_done()
        flows = hass.config_entries.flow
        (asked,) = flows.async_progress_by_handler(SHOP)
        assert asked["step_id"] == "pick_implementation"
        with under_way(request_with({})):
            flows.async_abort(asked["flow_id"])
            await hass.async_block_till_done()
        (asked_again,) = flows.async_progress_by_handler(SHOP)
        assert asked_again["step_id"] == "pick_implementation"


async def test_a_reload_that_is_refused_waits_for_a_person(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Home Assistant starts the flow then, within our reload."""

    def refuse(entry: ConfigEntry) -> None:
        raise ConfigEntryAuthFailed

    add_integration(hass).fails = refuse
    await wire.create()
    account = add_account(hass, "shop_abc")
    with patch.object(HANDLERS[SHOP], "async_step_reauth", begin_at_once):
        await wire.get(
            "update", application_credentials_id="shop_abc", client_secret="new"
        )
        await hass.async_block_till_done()
        assert reauthentications(hass) == [account.entry_id]


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire) -> MockConfigEntry:
    """Return an account that is set up."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    assert await hass.config_entries.async_setup(account.entry_id)
    return account


async def ask(hass: HomeAssistant, account: ConfigEntry) -> Any:
    """Have an account ask to be linked again by itself; return its flow."""
    account.async_start_reauth(hass)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress_by_handler(SHOP)
    return flow


def give(hass: HomeAssistant, account: ConfigEntry, **token: Any) -> None:
    """Have an account get another token."""
    hass.config_entries.async_update_entry(
        account, data={**account.data, "token": {**account.data["token"], **token}}
    )


async def test_a_refresh_ends_neither_a_flow_nor_its_issue(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    """An integration may ask for a new scope while the link works."""
    issue = "homeassistant", f"config_entry_reauth_{SHOP}_{account.entry_id}"
    flow = await ask(hass, account)
    shown = ir.async_get(hass).async_get_issue(*issue)
    assert shown is not None
    give(hass, account, access_token="new", refresh_token="new")
    await hass.async_block_till_done()
    assert hass.config_entries.flow.async_progress_by_handler(SHOP) == [flow]
    assert ir.async_get(hass).async_get_issue(*issue) is shown
    assert shown.dismissed_version is None


async def withdraw(hass: HomeAssistant, account: ConfigEntry, flow_id: str) -> None:
    """Have the integration end its flow."""
    hass.config_entries.flow.async_abort(flow_id)


async def succeed(hass: HomeAssistant, account: ConfigEntry, flow_id: str) -> None:
    """Have the flow end well, without a new token."""

    async def confirm(self: Any, user_input: Any = None) -> Any:
        return self.async_abort(reason="reauth_successful")

    with patch.object(HANDLERS[SHOP], "async_step_reauth_confirm", confirm):
        await hass.config_entries.flow.async_configure(flow_id, {})


async def reload(hass: HomeAssistant, account: ConfigEntry, flow_id: str) -> None:
    """Have a reload work, which ends the flow."""
    await hass.config_entries.async_reload(account.entry_id)


@pytest.mark.parametrize("end", [withdraw, succeed, reload])
@pytest.mark.parametrize("asked_by_person", [False, True])
async def test_a_flow_that_ends_is_started_again_where_a_person_has_asked_alone(
    hass: HomeAssistant,
    wire: Wire,
    account: MockConfigEntry,
    end: Any,
    asked_by_person: bool,
) -> None:
    """What the integration asks for is the integration's."""
    flow = await ask(hass, account)
    if asked_by_person:
        await wire.get("link_again", config_entry_id=account.entry_id)
        await hass.async_block_till_done()
        # It has its flow already.
        assert reauthentications(hass) == [account.entry_id]
    await end(hass, account, flow["flow_id"])
    await hass.async_block_till_done()
    expected = [account.entry_id] if asked_by_person else []
    assert reauthentications(hass) == expected


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_flow_that_takes_no_foreign_attribute_works(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """Nor is one of its steps replaced, whatever arguments it has."""

    def refuse(self: Any, name: str, value: Any) -> None:
        if name.startswith("async_"):
            raise AttributeError(name)
        object.__setattr__(self, name, value)

    async def pick(self: Any, user_input: Any = None, *, more: int = 0) -> Any:
        picked = super(HANDLERS[SHOP], self).async_step_pick_implementation
        return await picked(user_input)

    with (
        patch.object(HANDLERS[SHOP], "__setattr__", refuse, create=True),
        patch.object(HANDLERS[SHOP], "async_step_pick_implementation", pick),
    ):
        await wire.get("link_again", config_entry_id=account.entry_id)
        await hass.async_block_till_done()
        step = await answer(hass, account)
    assert step["type"] is FlowResultType.EXTERNAL_STEP


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_flow_may_take_its_time_after_the_account_was_linked(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """geocaching, lyric and netatmo reload the account, and end their flow after it."""

    async def create_entry(self: Any, data: dict[str, Any]) -> Any:
        hass.config_entries.async_update_entry(account, data=data)
        await asyncio.sleep(0.01)
        await hass.config_entries.async_reload(account.entry_id)
        return self.async_abort(reason="reauth_successful")

    with patch.object(HANDLERS[SHOP], "async_oauth_create_entry", create_entry):
        # The second time, the tokens are the same.
        for _ in range(2):
            await wire.get("link_again", config_entry_id=account.entry_id)
            await hass.async_block_till_done()
            await link_again(hass, account)
            assert account.data["token"]["access_token"] == "new"
            assert reauthentications(hass) == []
            # Also not by the next reload.
            await hass.config_entries.async_reload(account.entry_id)
            await hass.async_block_till_done()
            assert reauthentications(hass) == []


@pytest.fixture
def reloading(hass: HomeAssistant, account: MockConfigEntry) -> Generator[None]:
    """Have an account reload itself with every update, as xbox does."""

    async def reload(hass: HomeAssistant, entry: ConfigEntry) -> None:
        await hass.config_entries.async_reload(entry.entry_id)

    async def create_entry(self: Any, data: dict[str, Any]) -> Any:
        return self.async_update_and_abort(self._get_reauth_entry(), data=data)

    account.add_update_listener(reload)
    with patch.object(HANDLERS[SHOP], "async_oauth_create_entry", create_entry):
        yield


@pytest.mark.usefixtures("current_request_with_host", "reloading")
async def test_an_account_that_reloads_itself_when_it_is_linked_asks_no_more(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """The reload ends its flow before anybody hears of the token."""
    await wire.get("link_again", config_entry_id=account.entry_id)
    await hass.async_block_till_done()
    await link_again(hass, account)
    assert account.data["token"]["access_token"] == "new"
    assert reauthentications(hass) == []
    assert (await wire.get("status"))["shop_abc"]["client"] == "accepted"


@pytest.mark.usefixtures("current_request_with_host", "reloading")
@pytest.mark.parametrize("is_at_provider", [False, True])
async def test_a_refresh_of_an_account_that_reloads_itself_is_no_link(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry, is_at_provider: bool
) -> None:
    """Every hour, the reload ends the flow in which a person has asked for the link."""
    await wire.get("link_again", config_entry_id=account.entry_id)
    await hass.async_block_till_done()
    if is_at_provider:
        await answer(hass, account)
    give(hass, account, access_token="new", refresh_token="new")
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]


@pytest.mark.usefixtures("current_request_with_host")
async def test_an_account_that_gets_the_same_tokens_again_was_linked(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """Some providers give them as long as they hold; until when they do is new."""
    for _ in range(2):
        await wire.get("link_again", config_entry_id=account.entry_id)
        await hass.async_block_till_done()
        await link_again(hass, account)
        assert account.data["token"]["access_token"] == "new"
        assert reauthentications(hass) == []


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_flow_that_is_given_up_at_the_providers_page_links_nothing(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """Also with a refresh beside it."""
    await wire.get("link_again", config_entry_id=account.entry_id)
    await hass.async_block_till_done()
    step = await answer(hass, account)
    assert step["type"] is FlowResultType.EXTERNAL_STEP
    give(hass, account, access_token="new", refresh_token="new")
    await hass.async_block_till_done()
    hass.config_entries.flow.async_abort(step["flow_id"])
    await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    flows = hass.config_entries.flow.async_progress_by_handler(SHOP)
    assert [flow["context"]["source"] for flow in flows] == [SOURCE_REAUTH]


@pytest.mark.usefixtures("current_request_with_host")
async def test_an_account_that_is_linked_by_reconfiguring_asks_no_more(
    hass: HomeAssistant, wire: Wire, account: MockConfigEntry
) -> None:
    """It has what the person has asked for."""

    async def reconfigure(self: Any, _: Any = None) -> Any:
        return await self.async_step_pick_implementation()

    async def create_entry(self: Any, data: dict[str, Any]) -> Any:
        return self.async_update_reload_and_abort(
            self._get_reconfigure_entry(), data=data
        )

    await wire.get("link_again", config_entry_id=account.entry_id)
    await hass.async_block_till_done()
    flows = hass.config_entries.flow
    with (
        patch.object(
            HANDLERS[SHOP], "async_step_reconfigure", reconfigure, create=True
        ),
        patch.object(HANDLERS[SHOP], "async_oauth_create_entry", create_entry),
    ):
        step: Any = await flows.async_init(
            SHOP,
            context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id},
        )
        external: Any = {"code": "code", "state": {"redirect_uri": REDIRECT_URI}}
        await flows.async_configure(step["flow_id"], external)
        with patch.object(
            LocalOAuth2Implementation,
            "async_resolve_external_data",
            return_value={"access_token": "new", "expires_in": 3600},
        ):
            step = await flows.async_configure(step["flow_id"])
    assert step["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert reauthentications(hass) == []
