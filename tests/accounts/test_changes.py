"""What follows from a change of a credential, and from a copy."""

import json
import sys
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.application_credentials.accounts.changes import (
    async_copy_candidates,
    async_create,
    async_may_copy,
    async_update,
)
from homeassistant.components.application_credentials import (
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
)
from homeassistant.setup import async_setup_component
from tests.common import (
    SHOP,
    TOKEN_URL,
    Disk,
    Neighbours,
    Setups,
    Wire,
    add_account,
    add_hook,
    add_integration,
    broken,
    fail_as_titled,
    import_client,
    link_flow,
    own_implementation,
    real_hook,
    reauthentications,
    record,
)

NEW_SECRET = {"application_credentials_id": "shop_abc", "client_secret": "new"}
NEW_CLIENT = {"application_credentials_id": "shop_abc", "client_id": "new"}
NEW_NAME = {"application_credentials_id": "shop_abc", "name": "Kitchen"}


@pytest.fixture
def setups(hass: HomeAssistant) -> Setups:
    """Make the shop an integration that has accounts."""
    return add_integration(hass)


@pytest.fixture
async def accounts(
    hass: HomeAssistant, wire: Wire, setups: Setups
) -> dict[str, MockConfigEntry]:
    """Make accounts in every state; all but `other` use the credential shop_abc."""
    # `wire` has made the shop a plain one again.
    setups = add_integration(hass)
    hass.data["test_setups"] = setups
    setups.fails = fail_as_titled
    await wire.create("abc")
    await wire.create("other")
    accounts = {
        "loaded": add_account(hass, "shop_abc", title="loaded"),
        "retried": add_account(hass, "shop_abc", title="retried"),
        "failed": add_account(hass, "shop_abc", title="failed"),
        "unloaded": add_account(hass, "shop_abc", title="unloaded"),
        "disabled": add_account(
            hass, "shop_abc", title="disabled", disabled_by=ConfigEntryDisabler.USER
        ),
        "other": add_account(hass, "shop_other", title="other"),
    }
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        await hass.async_block_till_done()
        await hass.config_entries.async_unload(accounts["unloaded"].entry_id)
    assert {title: account.state for title, account in accounts.items()} == {
        "loaded": ConfigEntryState.LOADED,
        "retried": ConfigEntryState.SETUP_RETRY,
        "failed": ConfigEntryState.SETUP_ERROR,
        "unloaded": ConfigEntryState.NOT_LOADED,
        "disabled": ConfigEntryState.NOT_LOADED,
        "other": ConfigEntryState.LOADED,
    }
    setups.count.clear()
    setups.fails = lambda entry: None
    return accounts


def set_up_again(hass: HomeAssistant, accounts: dict[str, MockConfigEntry]) -> set[str]:
    """Return the titles of the accounts that were set up since the fixture, once each."""
    setups: Setups = hass.data["test_setups"]
    assert set(setups.count.values()) <= {1}
    return {
        title for title, account in accounts.items() if account.entry_id in setups.count
    }


USERS = {"loaded", "retried", "failed", "unloaded"}


async def test_a_new_secret_reloads_every_account_that_uses_it(
    hass: HomeAssistant, wire: Wire, accounts: dict[str, MockConfigEntry]
) -> None:
    """Whatever state it is in; no disabled one, and nobody else's. Nobody has to link."""
    with link_flow():
        answer = await wire.get("update", **NEW_SECRET)
        await hass.async_block_till_done()
    assert answer["client_secret"] == "new"
    assert set_up_again(hass, accounts) == USERS
    assert all(accounts[title].state is ConfigEntryState.LOADED for title in USERS)
    assert accounts["disabled"].state is ConfigEntryState.NOT_LOADED
    assert reauthentications(hass) == []
    implementation: Any = await async_get_config_entry_implementation(
        hass, accounts["loaded"]
    )
    assert implementation.client_secret == "new"


async def test_a_new_name_concerns_nobody(
    hass: HomeAssistant, wire: Wire, accounts: dict[str, MockConfigEntry]
) -> None:
    """No account is reloaded or asks for anything."""
    with link_flow():
        await wire.get("update", **NEW_NAME)
        await hass.async_block_till_done()
    assert set_up_again(hass, accounts) == set()
    assert reauthentications(hass) == []


async def test_what_is_as_it_was_concerns_nobody(
    hass: HomeAssistant, wire: Wire, accounts: dict[str, MockConfigEntry]
) -> None:
    """A form sends all of its fields, changed or not."""
    with link_flow():
        await wire.get(
            "update",
            application_credentials_id="shop_abc",
            client_id="abc",
            client_secret=" the-secret ",
        )
        await hass.async_block_till_done()
    assert set_up_again(hass, accounts) == set()
    assert reauthentications(hass) == []


async def test_a_new_client_id_keeps_the_id_and_has_every_account_linked_again(
    hass: HomeAssistant, wire: Wire, accounts: dict[str, MockConfigEntry]
) -> None:
    """Refresh tokens belong to the client that they were issued to."""
    with link_flow():
        answer = await wire.get("update", **NEW_CLIENT)
        await hass.async_block_till_done()
    assert answer == {
        "id": "shop_abc",
        "domain": SHOP,
        "client_id": "new",
        "client_secret": "the-secret",
    }
    assert set_up_again(hass, accounts) == USERS
    assert set(reauthentications(hass)) == {accounts[title].entry_id for title in USERS}
    assert len(reauthentications(hass)) == len(USERS)
    assert (await wire.get("usage"))["shop_abc"] != []


@pytest.mark.usefixtures("current_request_with_host")
async def test_after_a_person_has_linked_again_the_account_is_the_same(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """With the new client's token, under the entry's id."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc", unique_id="anna")
    provider.post(
        TOKEN_URL,
        json={
            "access_token": "new-access",
            "refresh_token": "new-refresh",
            "expires_in": 60,
        },
    )
    client = await hass_client_no_auth()
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        await wire.get("update", **NEW_CLIENT)
        await hass.async_block_till_done()
        (flow,) = hass.config_entries.flow.async_progress_by_handler(SHOP)
        step: Any = await hass.config_entries.flow.async_configure(flow["flow_id"], {})
        url = URL(step["url"])
        assert url.query["client_id"] == "new"
        callback = URL(url.query["redirect_uri"]).path
        answer = await client.get(
            callback, params={"code": "the-code", "state": url.query["state"]}
        )
        assert answer.status == 200
        done: Any = await hass.config_entries.flow.async_configure(flow["flow_id"])
        await hass.async_block_till_done()
    assert (done["type"], done["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    assert hass.config_entries.async_entries(SHOP) == [account]
    assert account.unique_id == "anna"
    assert account.data["auth_implementation"] == "shop_abc"
    assert account.data["token"]["access_token"] == "new-access"
    (_method, _url, sent, _headers) = provider.mock_calls[0]
    assert sent["client_id"] == "new"
    assert sent["client_secret"] == "the-secret"


async def test_accounts_that_cannot_be_linked_again_are_named_in_the_answer(
    hass: HomeAssistant, wire: Wire, setups: Setups
) -> None:
    """The change is saved all the same: that is the only way left to them."""
    setups = add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        answer = await wire.get("update", **NEW_CLIENT)
        await hass.async_block_till_done()
    assert answer.pop("without_reauthentication") == [
        {"config_entry_id": account.entry_id, "title": "anna@shop.test"}
    ]
    assert await wire.get("list") == [answer]
    assert answer["client_id"] == "new"
    assert setups.count == {account.entry_id: 1}
    assert reauthentications(hass) == []


async def test_a_new_secret_is_no_concern_of_integrations_that_cannot_link_again(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The token stays good."""
    add_integration(hass)
    await wire.create()
    add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        assert "without_reauthentication" not in await wire.get("update", **NEW_SECRET)
        await hass.async_block_till_done()


async def test_a_config_flow_that_cannot_be_imported_does_not_hinder_a_change(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """It is the same as one that cannot link again."""
    neighbours.add(
        "flowless",
        "async def async_get_authorization_server(hass): ...\n",
        config_flow="raise ValueError('broken')\n",
    )
    await wire.create(domain="flowless")
    account = add_account(hass, "flowless_abc", domain="flowless")
    answer = await wire.get(
        "update", application_credentials_id="flowless_abc", client_id="new"
    )
    await hass.async_block_till_done()
    assert answer["without_reauthentication"] == [
        {"config_entry_id": account.entry_id, "title": "anna@shop.test"}
    ]


async def test_a_credential_that_nobody_uses_is_changed(
    hass: HomeAssistant, wire: Wire
) -> None:
    """There is nothing to say about accounts."""
    await wire.create()
    assert "without_reauthentication" not in await wire.get("update", **NEW_CLIENT)


# When the provider is asked about a credential.


async def test_the_provider_is_asked_after_a_credential_was_created(
    wire: Wire, checks: list[str]
) -> None:
    """A mistyped secret is best found out now."""
    await wire.create()
    assert checks == ["shop_abc"]


@pytest.mark.parametrize(
    ("update", "checked"),
    [(NEW_SECRET, ["shop_abc"]), (NEW_CLIENT, ["shop_abc"]), (NEW_NAME, [])],
    ids=["secret", "client", "name"],
)
async def test_the_provider_is_asked_after_the_client_changed(
    wire: Wire, checks: list[str], update: dict[str, str], checked: list[str]
) -> None:
    """A name is none of its business."""
    await wire.create()
    checks.clear()
    await wire.get("update", **update)
    assert checks == checked


async def test_the_provider_is_not_asked_about_an_import(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """Integrations import at every start."""
    await import_client(hass)
    assert len(await wire.get("list")) == 1
    assert checks == []


# Copy: the same client for other integrations of the same provider.


async def same_provider(hass: HomeAssistant) -> AuthorizationServer:
    """Be another integration of the provider: another page, the same host for tokens."""
    return AuthorizationServer(
        "https://pages.test/photos", "https://provider.test/v2/token"
    )


async def other_provider(hass: HomeAssistant) -> AuthorizationServer:
    """Be an integration of another provider."""
    return AuthorizationServer(
        "https://provider.test/authorize", "https://other.test/token"
    )


@pytest.fixture
async def shop_credential(hass: HomeAssistant, wire: Wire) -> dict[str, Any]:
    """Make a credential of the shop, and integrations that may want it, too."""
    for domain in ("photos", "mail"):
        add_hook(hass, domain, async_get_authorization_server=same_provider)
    add_hook(hass, "stranger", async_get_authorization_server=other_provider)
    record: dict[str, Any] = await wire.create("abc", name="Kitchen")
    return record


async def copy(wire: Wire, *domains: str) -> Any:
    """Copy the shop's credential."""
    return await wire.get(
        "copy", application_credentials_id="shop_abc", domains=list(domains)
    )


async def refused_copy(wire: Wire, *domains: str) -> tuple[str, str]:
    """Copy the shop's credential in vain; fail if there is a new one."""
    before = await wire.get("list")
    refusal = await wire.refused(
        "copy", application_credentials_id="shop_abc", domains=list(domains)
    )
    assert await wire.get("list") == before
    return refusal


async def test_a_client_is_copied_for_integrations_of_the_same_provider(
    wire: Wire, shop_credential: dict[str, Any], checks: list[str]
) -> None:
    """With its secret and its name; the provider is asked about each."""
    checks.clear()
    created = await copy(wire, "photos", "mail")
    assert created == [
        {**shop_credential, "id": f"{domain}_abc", "domain": domain}
        for domain in ("photos", "mail")
    ]
    assert await wire.get("list") == [shop_credential, *created]
    assert checks == ["photos_abc", "mail_abc"]


async def test_a_copy_of_an_import_is_called_by_its_own_id(
    hass: HomeAssistant, wire: Wire, shop_credential: dict[str, Any]
) -> None:
    """An auth_domain belongs to the accounts of the integration that imported it."""
    await import_client(hass, "old", "shop_old")
    (created,) = await wire.get(
        "copy", application_credentials_id="shop_old", domains=["photos"]
    )
    assert created["id"] == "photos_old"
    assert "auth_domain" not in created


async def test_integrations_that_have_the_client_are_skipped(
    wire: Wire, shop_credential: dict[str, Any]
) -> None:
    """So the same request can be made twice, and may name the integration itself."""
    await copy(wire, "photos")
    created = await copy(wire, SHOP, "photos", "mail", "mail")
    assert [record["id"] for record in created] == ["mail_abc"]
    assert await copy(wire, SHOP, "photos", "mail") == []


async def test_a_client_is_not_copied_for_another_provider(
    wire: Wire, shop_credential: dict[str, Any]
) -> None:
    """The secret is none of its business. All or nothing."""
    code, message = await refused_copy(wire, "photos", "stranger")
    assert code == "home_assistant_error"
    assert "stranger has another provider" in message


async def test_a_client_is_not_copied_for_an_unknown_integration(
    wire: Wire, shop_credential: dict[str, Any]
) -> None:
    """The error is the one of `create`. All or nothing."""
    assert await refused_copy(wire, "photos", "nothing") == (
        "invalid_format",
        "No application_credentials platform for nothing",
    )


async def test_an_unknown_credential_is_not_copied(wire: Wire) -> None:
    """There is nothing to copy."""
    assert await wire.refused(
        "copy", application_credentials_id="nothing", domains=[]
    ) == ("not_found", "Unable to find application_credentials_id nothing")


@pytest.mark.parametrize("function", [own_implementation, broken])
async def test_a_client_is_not_copied_for_a_provider_that_cannot_be_told(
    hass: HomeAssistant, wire: Wire, shop_credential: dict[str, Any], function: Any
) -> None:
    """To whom would the secret be sent?"""
    add_hook(hass, "riddle", async_get_auth_implementation=function)
    _code, message = await refused_copy(wire, "riddle")
    assert "riddle has another provider, or one that cannot be determined" in message


async def test_a_client_of_a_provider_that_cannot_be_told_is_not_copied(
    hass: HomeAssistant, wire: Wire, shop_credential: dict[str, Any]
) -> None:
    """Two providers that cannot be told are not the same for that."""
    for domain in (SHOP, "riddle"):
        add_hook(hass, domain, async_get_auth_implementation=own_implementation)
    _code, message = await refused_copy(wire, "riddle")
    assert "riddle has another provider, or one that cannot be determined" in message


async def test_a_copy_that_is_asked_about_does_not_change_who_uses_what(
    hass: HomeAssistant, wire: Wire, shop_credential: dict[str, Any]
) -> None:
    """Asking another integration's hook about the shop's client leaves no trace."""

    async def own_name(
        hass: HomeAssistant, auth_domain: str, credential: ClientCredential
    ) -> LocalOAuth2Implementation:
        return LocalOAuth2Implementation(hass, "own-name", "c", "s", "a", TOKEN_URL)

    account = add_account(hass, "own-name")
    add_hook(hass, "photos", async_get_auth_implementation=own_name)
    await copy(wire, "photos")
    assert (await wire.get("usage"))["shop_abc"] == []
    assert await wire.get("config_entry", config_entry_id=account.entry_id) == {}


# Copy candidates: what the dialog offers.

SAME = "https://provider.test/token"
SERVER = "async def async_get_authorization_server(hass):\n"
RETURNS_SAME = (
    "from homeassistant.components.application_credentials import AuthorizationServer\n"
    f"{SERVER}    return AuthorizationServer('https://a.test', 'https://provider.test' + '/' + 't')\n"
)


async def candidates(hass: HomeAssistant, record: Any) -> list[str]:
    """Return the integrations that the dialog would offer, without Home Assistant's own."""
    found = await async_copy_candidates(hass, record)
    return [domain for domain in found if domain not in APPLICATION_CREDENTIALS]


async def test_googles_client_can_be_copied_for_all_that_is_googles(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The same client has to be typed in nine times otherwise; none is imported for that."""
    before = set(sys.modules)
    real_hook(hass, "google_drive")
    record = await wire.create(domain="google_drive")
    found = set(await async_copy_candidates(hass, record))
    assert found >= {
        "google_assistant_sdk",
        "google_mail",
        "google_photos",
        "google_sheets",
        "google_tasks",
        "youtube",
    }
    assert not found & {"google_drive", "spotify", "xbox"}
    imported = {name for name in set(sys.modules) - before if name.count(".") == 2}
    assert not imported & {f"homeassistant.components.{domain}" for domain in found}


@pytest.mark.parametrize(
    ("hook", "files", "expected"),
    [
        (f"{SERVER}    return '{SAME}'\n", {}, True),
        (
            f"from .const import TOKEN\n{SERVER}    return TOKEN\n",
            {"const": f"TOKEN = '{SAME}'"},
            True,
        ),
        (RETURNS_SAME, {}, True),
        (RETURNS_SAME, {"const": "TOKEN = 'https://other.test/token'"}, False),
        (f"{SERVER}    return 'https://other.test/token'\n", {}, False),
        (f"{SERVER}    raise ValueError\n", {}, False),
        ("this is no Python\n", {}, False),
        (None, {}, False),
    ],
    ids=[
        "written in the hook",
        "written in the constants",
        "answered",
        "another one written",
        "another provider",
        "broken",
        "no Python",
        "no hook",
    ],
)
async def test_a_custom_integration_is_offered_where_its_provider_is_the_same(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    hook: str | None,
    files: dict[str, str],
    expected: bool,
) -> None:
    """As far as can be told from its files, or else by asking it."""
    record = await wire.create()
    neighbours.add("neighbour", hook, **files)
    assert await candidates(hass, record) == (["neighbour"] if expected else [])


async def test_an_integration_that_has_the_client_is_not_offered(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """There is nothing left to copy."""
    record = await wire.create()
    neighbours.add("neighbour", f"{SERVER}    return '{SAME}'\n")
    await wire.create(domain="neighbour")
    assert await candidates(hass, record) == []


@pytest.mark.parametrize("function", [own_implementation, broken])
async def test_nothing_is_offered_for_a_provider_that_cannot_be_told(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours, function: Any
) -> None:
    """Nobody knows whose it is."""
    add_hook(hass, async_get_auth_implementation=function)
    record = await wire.create()
    neighbours.add("neighbour", f"{SERVER}    return '{SAME}'\n")
    assert await async_copy_candidates(hass, record) == []


PAGE = "https://provider.test/apps"
GUIDE = "https://www.home-assistant.io/integrations/shop"


@pytest.mark.parametrize(
    ("own", "neighbour", "expected"),
    [
        (SAME, f"{SERVER}    return '{SAME}'\n", True),
        (SAME, f"TOKEN = 'https://other.test/token'\nPAGE = '{PAGE}'\n", True),
        (SAME, RETURNS_SAME, True),
        (SAME, f"{SERVER}    return 'https://other.test/token'\n", False),
        (SAME, f"{SERVER}    return 'https://other.test/token', '{GUIDE}'\n", False),
        (SAME, "this is no Python\n", False),
        (PAGE, f"{SERVER}    return 'https://other.test/token'\n", True),
    ],
    ids=[
        "the same endpoint",
        "a page of the same provider",
        "would have to be asked",
        "another provider",
        "another provider, the same guide",
        "no Python",
        "its own endpoint is not written down",
    ],
)
async def test_whether_there_may_be_another_is_known_without_an_import(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    own: str,
    neighbour: str,
    expected: bool,
) -> None:
    """So the dialog need not wait for it."""
    neighbours.add("own", f"{SERVER}    return '{own}', '{GUIDE}'\n")
    neighbours.add("neighbour", neighbour)
    record = await wire.create(domain="own")
    assert await async_may_copy(hass, record) is expected
    assert "custom_components.neighbour" not in sys.modules


async def test_whoever_has_the_client_everywhere_cannot_copy_it(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """There is nothing left to copy."""
    for domain in ("own", "neighbour"):
        neighbours.add(domain, f"{SERVER}    return '{SAME}'\n")
        record = await wire.create(domain=domain)
    assert not await async_may_copy(hass, record)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [("google_mail", True), ("google", True), ("youtube", True), ("fitbit", False)],
)
async def test_whether_there_is_another_of_home_assistants_own_is_known(
    hass: HomeAssistant, wire: Wire, domain: str, expected: bool
) -> None:
    """Most providers have one integration."""
    assert await async_may_copy(hass, record(domain=domain)) is expected  # type: ignore[arg-type]


async def test_who_has_asked_the_provider_already_need_not_ask_again(
    hass: HomeAssistant, wire: Wire, checks: list[str]
) -> None:
    """The dialog asks before it saves."""
    await async_create(
        hass,
        {"domain": SHOP, "client_id": "abc", "client_secret": "the-secret"},
        check=False,
    )
    await async_update(hass, "shop_abc", {"client_secret": "new"}, check=False)
    assert checks == []


async def test_a_copy_is_as_durable_as_a_create(
    wire: Wire, shop_credential: dict[str, Any], hass_storage: Disk
) -> None:
    """What was answered is stored."""
    await copy(wire, "photos")
    stored = json.loads(
        json.dumps(hass_storage["application_credentials"]["data"]["items"])
    )
    assert [record["id"] for record in stored] == ["shop_abc", "photos_abc"]
