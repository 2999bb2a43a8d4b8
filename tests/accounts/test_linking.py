"""An account that asks to be linked again is linked with the credential that it has."""

import sys
from types import ModuleType
from typing import Any, override
from unittest.mock import MagicMock, patch

import pytest
from yarl import URL

from custom_components.application_credentials.models import Finding, Verdict
from custom_components.application_credentials.provider.findings import DATA_FINDINGS
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    LocalOAuth2Implementation,
    async_add_implementation_provider,
)
from tests.common import (
    SHOP,
    Wire,
    add_account,
    add_integration,
    link_flow,
    move,
    reauthentications,
)

# Core integrations with reauthentication flows of different styles.
REAL = ["google_tasks", "miele", "netatmo", "spotify", "tesla_fleet", "xbox"]


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


@pytest.fixture
def second_provider(hass: HomeAssistant, wire: Wire) -> None:
    """Have Home Assistant Cloud offer its own implementation for everything."""

    async def provide(
        hass: HomeAssistant, domain: str
    ) -> list[AbstractOAuth2Implementation]:
        return [
            LocalOAuth2Implementation(
                hass, "cloud", "c", "s", "https://cloud.test", "t"
            )
        ]

    async_add_implementation_provider(hass, "cloud", provide)


async def reauthenticate(hass: HomeAssistant, entry: ConfigEntry) -> Any:
    """Answer the flow with which an account asks; return the step after it."""
    flows = hass.config_entries.flow.async_progress_by_handler(entry.domain)
    assert [flow["step_id"] for flow in flows] == ["reauth_confirm"]
    assert flows[0]["context"]["entry_id"] == entry.entry_id
    return await hass.config_entries.flow.async_configure(flows[0]["flow_id"], {})


def adopt(hass: HomeAssistant, item_id: str, verdict: Verdict) -> None:
    """Have a verdict about a client known."""
    record = hass.data[DATA_COLLECTION].record(item_id)
    hass.data[DATA_FINDINGS].async_adopt(item_id, record, Finding(client=verdict))


async def moved(hass: HomeAssistant, wire: Wire, domain: str) -> ConfigEntry:
    """Return an account that was moved from one credential of an integration to another."""
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
@pytest.mark.parametrize("domain", REAL)
@pytest.mark.parametrize("providers", [1, 2])
async def test_a_moved_account_is_linked_with_the_new_credential(
    hass: HomeAssistant,
    wire: Wire,
    domain: str,
    providers: int,
    request: pytest.FixtureRequest,
) -> None:
    """Nobody is asked which one; nor does the flow go back to the old one."""
    if providers == 2:
        request.getfixturevalue("second_provider")
    account = await moved(hass, wire, domain)
    step = await reauthenticate(hass, account)
    assert step["type"] is FlowResultType.EXTERNAL_STEP, step
    assert URL(step["url"]).query["client_id"] == "two"


@pytest.mark.usefixtures("current_request_with_host")
@pytest.mark.parametrize("domain", [domain for domain in REAL if domain != "spotify"])
async def test_a_person_may_choose_another_credential_than_a_rejected_one(
    hass: HomeAssistant, wire: Wire, domain: str
) -> None:
    """To link with the old one again would end at the provider's error page."""
    account = await moved(hass, wire, domain)
    adopt(hass, f"{domain}_two", Verdict.REJECTED)
    step = await reauthenticate(hass, account)
    assert step["step_id"] == "pick_implementation"
    choice = step["data_schema"].schema["implementation"].container
    assert set(choice) == {f"{domain}_one", f"{domain}_two", f"{domain}_three"}

    step = await hass.config_entries.flow.async_configure(
        step["flow_id"], {"implementation": f"{domain}_three"}
    )
    assert URL(step["url"]).query["client_id"] == "three"


@pytest.mark.usefixtures("current_request_with_host")
@pytest.mark.parametrize("verdict", [Verdict.ACCEPTED, Verdict.UNKNOWN])
async def test_a_credential_that_is_not_rejected_is_kept(
    hass: HomeAssistant, wire: Wire, verdict: Verdict
) -> None:
    """A provider that does not answer has said nothing against it."""
    add_integration(hass)
    with link_flow():
        account = await moved(hass, wire, SHOP)
        adopt(hass, "shop_two", verdict)
        step = await reauthenticate(hass, account)
    assert URL(step["url"]).query["client_id"] == "two"


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_person_may_choose_where_the_credential_has_gone_meanwhile(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The flow may be open for days."""
    add_integration(hass)
    with link_flow():
        account = await moved(hass, wire, SHOP)
        hass.config_entries.async_update_entry(
            account, data={**account.data, "auth_implementation": "shop_gone"}
        )
        step = await reauthenticate(hass, account)
    assert step["step_id"] == "pick_implementation"


async def test_the_credential_of_an_account_that_asks_is_checked(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """It may be the reason."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    checks.clear()
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    assert checks == ["shop_abc"]


async def test_an_account_that_another_provider_serves_is_left_alone(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """It is none of ours."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "cloud")
    checks.clear()
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
        assert reauthentications(hass) == [account.entry_id]
        step = await reauthenticate(hass, account)
    assert step["step_id"] == "pick_implementation"
    assert checks == []


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_person_who_adds_an_account_is_asked_which_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Only who has an account has a credential already."""
    add_integration(hass)
    await wire.create("one")
    await wire.create("two")
    with link_flow():
        step: Any = await hass.config_entries.flow.async_init(
            SHOP, context={"source": SOURCE_USER}
        )
    assert step["step_id"] == "pick_implementation"


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_person_who_reconfigures_an_account_is_asked_which_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """That is what reconfiguring is for."""
    for client_id in ("one", "two"):
        await wire.create(client_id, domain="miele")
    account = add_account(hass, "miele_one", domain="miele")
    step: Any = await hass.config_entries.flow.async_init(
        "miele", context={"source": SOURCE_RECONFIGURE, "entry_id": account.entry_id}
    )
    assert step["step_id"] == "pick_implementation"


async def test_flows_that_are_no_links_are_left_alone(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """A discovered device, and the reauthentication of an integration without OAuth2."""
    from pytest_homeassistant_custom_component.common import mock_config_flow  # noqa: PLC0415

    from homeassistant.config_entries import ConfigFlow  # noqa: PLC0415

    class PasswordFlow(ConfigFlow):
        @override
        async def async_step_zeroconf(self, discovery_info: Any) -> Any:
            return self.async_show_form(step_id="zeroconf")

        async def async_step_reauth(self, entry_data: Any) -> Any:
            return self.async_show_form(step_id="reauth")

    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    checks.clear()
    with mock_config_flow(SHOP, PasswordFlow):
        await hass.config_entries.flow.async_init(SHOP, context={"source": "zeroconf"})
        assert checks == []
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
    assert reauthentications(hass) == [account.entry_id]
    # It says the name of one of our credentials, so that is checked; the flow is as it was.
    assert checks == ["shop_abc"]


async def test_a_flow_that_ended_before_we_hear_of_it_is_no_error(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """Another listener may have ended it."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    checks.clear()
    manager = hass.config_entries.flow
    ours = manager._flow_subscriptions[:]
    manager._flow_subscriptions[:] = [
        lambda change, flow_id: (
            manager.async_abort(flow_id) if change == "added" else None
        ),
        *ours,
    ]
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
    assert reauthentications(hass) == []
    assert checks == []


async def test_the_end_of_a_flow_that_we_did_not_follow_is_no_matter_of_ours(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Its account is served by others."""
    add_integration(hass)
    account = add_account(hass, "cloud")
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
        (flow,) = hass.config_entries.flow.async_progress_by_handler(SHOP)
        hass.config_entries.flow.async_abort(flow["flow_id"])
        await hass.async_block_till_done()
    assert reauthentications(hass) == []
