"""The flows that fix the issues, over the API that Home Assistant's frontend uses."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.application_credentials.provider.findings import DATA_FINDINGS
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from custom_components.application_credentials.repairs import async_create_fix_flow
from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.auth.models import User
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component

from .common import (
    AUTHORIZE_URL,
    DOMAIN,
    ORIGIN,
    REDIRECT_URI,
    TOKEN_URL,
    Disk,
    Shown,
    Wire,
    add_account,
    add_integration,
    answer_token_requests,
    client,
    disk_is_full,
    issue_id,
    link_flow,
    reauthentications,
)

MISMATCH = "https://provider.test/error?error=redirect_uri_mismatch"


class Fix(Shown):
    """The flow that fixes an issue, from opening it in the list of repairs."""

    def __init__(self, http: Any) -> None:
        """Take a browser that is signed in."""
        self._http = http
        self.shown: dict[str, Any] = {}

    @property
    def step(self) -> str:
        """The step that is shown, or how the flow has ended."""
        return str(
            self.shown.get("step_id") or self.shown.get("reason") or self.shown["type"]
        )

    @property
    def suggested(self) -> dict[str, Any]:
        """What stands in the fields of the form."""
        return {
            field["name"]: field["description"]["suggested_value"]
            for field in self.shown["data_schema"]
            if "suggested_value" in field.get("description", {})
        }

    @property
    def options(self) -> dict[str, str]:
        """The labels that the field lets a person pick from, by value."""
        (field,) = self.shown["data_schema"]
        return {
            option["value"]: option["label"]
            for option in field["selector"]["select"]["options"]
        }

    async def open(self, issue_id: str) -> None:
        """Press the issue in the list."""
        await self._post("", {"handler": DOMAIN, "issue_id": issue_id})

    async def submit(self, **user_input: Any) -> None:
        """Submit the form."""
        await self._post(f"/{self.shown['flow_id']}", user_input)

    async def insist(self, **user_input: Any) -> None:
        """Submit, and once more where the provider has not told."""
        await self.submit(**user_input)
        if self.step != "create_entry" and self.errors == {"base": "client_unclear"}:
            await self.submit(**user_input)

    async def _post(self, path: str, data: dict[str, Any]) -> None:
        answer = await self._http.post(
            f"/api/repairs/issues/fix{path}", json=data, headers={"Origin": ORIGIN}
        )
        assert answer.status == HTTPStatus.OK, await answer.text()
        self.shown = await answer.json()


@pytest.fixture
async def repairs(hass: HomeAssistant) -> None:
    """Have Home Assistant offer repairs, before anything is connected to it."""
    assert await async_setup_component(hass, "repairs", {})


@pytest.fixture
async def begin(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    repairs: None,
    start: Callable[[], Awaitable[Wire]],
) -> Callable[[], Awaitable[tuple[Wire, Fix]]]:
    """Return what starts a home whose own address is not the one of the browser.

    It returns wire and flow.
    """

    async def begin() -> tuple[Wire, Fix]:
        wire = await start()
        await hass.config.async_update(external_url="https://outside.test")
        return wire, Fix(await hass_client())

    return begin


@pytest.fixture
async def home(
    begin: Callable[[], Awaitable[tuple[Wire, Fix]]],
) -> tuple[Wire, Fix]:
    """Start a home; return its wire, and a flow that is opened yet."""
    return await begin()


@pytest.fixture
def wire(home: tuple[Wire, Fix]) -> Wire:
    """Return the websocket API."""
    return home[0]


@pytest.fixture
def fix(home: tuple[Wire, Fix]) -> Fix:
    """Return a flow that is to be opened."""
    return home[1]


def issue_ids(hass: HomeAssistant) -> set[str]:
    """Return the ids of our issues."""
    return {
        issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN
    }


def answers(
    provider: AiohttpClientMocker,
    error: str,
    said: str | None = None,
    location: str | None = None,
) -> None:
    """Have the provider answer a code with `error`, and a person with `location`."""
    provider.clear_requests()
    answer_token_requests(provider, error, said)
    if location:
        provider.get(AUTHORIZE_URL, status=302, headers={"Location": location})


async def delete(hass: HomeAssistant, item_id: str = "shop_abc") -> None:
    """Delete a credential while its flow is open."""
    await hass.data[DATA_COLLECTION].async_delete_item(item_id)
    await hass.async_block_till_done()


def records(hass: HomeAssistant) -> list[Any]:
    """Return what is stored."""
    return list(hass.data[DATA_COLLECTION].data.values())


# The provider rejects the client.

REJECTED = issue_id("client_rejected")


@pytest.fixture
async def rejected(wire: Wire, provider: AiohttpClientMocker) -> None:
    """Have the provider reject the credential shop_abc."""
    await wire.create(name="Kitchen")
    answers(provider, "invalid_client", "Unknown: the-secret")
    await wire.get("check", application_credentials_id="shop_abc")


async def test_a_rejected_client_is_shown_with_whom_it_concerns(
    hass: HomeAssistant, rejected: None, fix: Fix
) -> None:
    """And with what the provider said; opening it changes nothing."""
    add_account(hass, "shop_abc")
    await fix.open(REJECTED)
    assert fix.step == "init"
    assert fix.errors == {}
    assert fix.told == {
        "name": "Kitchen",
        "integration": "shop",
        "use": fix.told["use"],
        "said": "The provider said: invalid_client: Unknown: …",
    }
    assert "[anna@shop.test](/config/integrations/" in fix.told["use"]
    assert "with a new client ID they would stop working" in fix.told["use"]
    assert fix.suggested == {"client_id": "abc"}


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ({"client_id": "abc", "client_secret": "new"}, "invalid_grant"),
        ({"client_id": "new"}, "invalid_grant"),
        ({"client_id": "new"}, "server_error"),
    ],
)
async def test_the_right_client_is_saved_and_mends_it(
    hass: HomeAssistant,
    rejected: None,
    provider: AiohttpClientMocker,
    fix: Fix,
    typed: dict[str, str],
    error: str,
) -> None:
    """Its accounts use it at once; a provider without a clear answer is insisted on."""
    setups = add_integration(hass)
    account = add_account(hass, "shop_abc")
    await fix.open(REJECTED)
    answers(provider, error)
    with link_flow():
        await fix.insist(**typed)
        await hass.async_block_till_done()
        linked = reauthentications(hass)
    assert fix.step == "create_entry"
    assert records(hass) == [{"id": "shop_abc", **client(name="Kitchen", **typed)}]
    assert setups.count == {account.entry_id: 1}
    assert linked == ([account.entry_id] if typed["client_id"] == "new" else [])
    assert REJECTED not in issue_ids(hass)
    finding = hass.data[DATA_FINDINGS].get("shop_abc")
    assert finding is not None
    assert finding.client == ("accepted" if error == "invalid_grant" else "unknown")


async def test_a_client_that_is_rejected_too_is_not_saved(
    hass: HomeAssistant, rejected: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """What was typed stays in the form, with what the provider says of it."""
    await fix.open(REJECTED)
    answers(provider, "unauthorized_client", "Not for you, new-secret")
    await fix.submit(client_id="new", client_secret="new-secret")
    assert fix.step == "init"
    assert fix.errors == {"base": "client_rejected"}
    assert fix.told["said"] == "The provider said: unauthorized_client: Not for you, …"
    assert fix.suggested["client_id"] == "new"
    assert records(hass) == [{"id": "shop_abc", **client(name="Kitchen")}]
    assert REJECTED in issue_ids(hass)


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {"client_id": "empty_field"}),
        ({"client_id": "other"}, {"client_id": "client_exists"}),
        (
            {"client_id": "abc", "client_secret": "\u200b"},
            {"client_secret": "invalid_character"},
        ),
        ({"client_id": "a" * 1025}, {"client_id": "too_long"}),
    ],
)
async def test_what_cannot_be_stored_is_an_error_at_its_field(
    wire: Wire,
    rejected: None,
    provider: AiohttpClientMocker,
    fix: Fix,
    typed: dict[str, str],
    errors: dict[str, str],
) -> None:
    """The provider is not bothered; the form is still about the same credential."""
    await wire.create("other", name="Bath")
    await fix.open(REJECTED)
    asked = provider.call_count
    await fix.submit(**typed)
    assert fix.errors == errors
    assert fix.told["name"] == "Kitchen"
    assert provider.call_count == asked


async def test_invisible_characters_of_both_fields_are_reported_together(
    rejected: None, fix: Fix
) -> None:
    """Each with its place, as where a credential is added or edited."""
    await fix.open(REJECTED)
    await fix.submit(client_id="a\u200bb", client_secret="abc\u00a0d")
    assert fix.errors == {
        "client_id": "invalid_character",
        "client_secret": "invalid_character_too",
    }
    assert (fix.told["position"], fix.told["position_too"]) == ("2", "4")


async def test_a_name_is_no_markdown(wire: Wire, rejected: None, fix: Fix) -> None:
    """It is shown as somebody has chosen it, and told apart from its equal."""
    await wire.create("other", name="*Kitchen*")
    await wire.get("update", application_credentials_id="shop_abc", name="*Kitchen*")
    await fix.open(REJECTED)
    shown = fix.shown["description_placeholders"]["name"]
    assert shown.startswith(r"\*Kitchen\* ")
    assert fix.told["name"] == "*Kitchen* (abc)"


@pytest.mark.parametrize("insists", [False, True])
async def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(
    hass: HomeAssistant,
    rejected: None,
    provider: AiohttpClientMocker,
    fix: Fix,
    insists: bool,
) -> None:
    """The form says so, shows what is there now, and takes it from there."""
    await fix.open(REJECTED)
    await hass.data[DATA_COLLECTION].async_update_item(
        "shop_abc", {"client_id": "theirs", "name": "Cellar"}
    )
    answers(provider, "server_error")
    await fix.submit(client_id="mine", client_secret="new")
    assert fix.errors == {"client_id": "changed_meanwhile"}
    assert fix.suggested == {"client_id": "theirs", "client_secret": "new"}
    assert records(hass)[0]["client_id"] == "theirs"
    client_id = "mine" if insists else "theirs"
    await fix.insist(client_id=client_id, client_secret="new")
    assert fix.step == "create_entry"
    assert records(hass) == [
        {
            "id": "shop_abc",
            **client(client_id, client_secret="new", name="Cellar"),
        }
    ]


async def test_a_secret_that_somebody_else_has_changed_meanwhile_stays(
    hass: HomeAssistant, rejected: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Whoever mends the client ID alone does not bring the old secret back."""
    await fix.open(REJECTED)
    await hass.data[DATA_COLLECTION].async_update_item(
        "shop_abc", {"client_secret": "theirs"}
    )
    answers(provider, "server_error")
    await fix.insist(client_id="mine")
    assert fix.step == "create_entry"
    assert records(hass)[0]["client_id"] == "mine"
    assert records(hass)[0]["client_secret"] == "theirs"


async def test_nothing_is_saved_of_who_is_no_administrator_when_the_provider_answers(
    hass: HomeAssistant,
    rejected: None,
    provider: AiohttpClientMocker,
    fix: Fix,
    hass_admin_user: User,
) -> None:
    """Asking takes seconds, in which the person may have lost the right."""
    await fix.open(REJECTED)

    async def demote(*_: Any) -> Any:
        await hass.auth.async_update_user(
            hass_admin_user, group_ids=[GROUP_ID_READ_ONLY]
        )
        raise TimeoutError

    provider.clear_requests()
    provider.post(TOKEN_URL, side_effect=demote)
    await fix.submit(client_id="mine")
    assert fix.step == "not_administrator"
    assert records(hass)[0]["client_id"] == "abc"


async def test_a_full_disk_is_said(
    hass: HomeAssistant, rejected: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Nothing is changed, and the issue stays."""
    await fix.open(REJECTED)
    answers(provider, "invalid_grant")
    with disk_is_full():
        await fix.submit(client_id="new")
    assert fix.errors == {"base": "storage_failed"}
    assert fix.told["reason"] == "No space left"
    assert records(hass)[0]["client_id"] == "abc"
    assert REJECTED in issue_ids(hass)


async def test_a_credential_that_is_gone_needs_no_fixing(
    hass: HomeAssistant, rejected: None, fix: Fix
) -> None:
    """The flow that is open says so; the issue went with the credential."""
    await fix.open(REJECTED)
    await delete(hass)
    await fix.submit(client_id="new")
    assert fix.step == "gone"
    assert REJECTED not in issue_ids(hass)


async def test_a_credential_may_go_while_the_provider_is_asked(
    hass: HomeAssistant, rejected: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Then there is nothing to save the client in."""
    await fix.open(REJECTED)
    answers(provider, "invalid_grant")

    async def deletion(*_: Any) -> Any:
        await hass.data[DATA_COLLECTION].async_delete_item("shop_abc")

    provider.get(AUTHORIZE_URL, side_effect=deletion)
    await fix.submit(client_id="new")
    assert fix.step == "gone"
    assert records(hass) == []


# The provider does not know the redirect URI.

UNREGISTERED = issue_id("redirect_uri_rejected")


@pytest.fixture
async def unregistered(
    wire: Wire, browser: Wire, provider: AiohttpClientMocker
) -> None:
    """Have the provider say that it does not know the redirect URI."""
    await wire.create(name="Kitchen")
    answers(provider, "invalid_grant", location=MISMATCH)
    await browser.get("check", application_credentials_id="shop_abc")


async def test_the_redirect_uri_to_register_is_shown(
    unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Opening it asks nobody."""
    asked = provider.call_count
    await fix.open(UNREGISTERED)
    assert fix.step == "init"
    assert fix.errors == {}
    assert fix.told["redirect_uri"] == f"`{REDIRECT_URI}`"
    assert fix.told["name"] == "Kitchen"
    assert fix.told["integration"] == "shop"
    assert provider.call_count == asked


async def test_a_redirect_uri_that_is_registered_mends_it(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """The provider is asked, and sends people there."""
    await fix.open(UNREGISTERED)
    answers(provider, "invalid_grant", location=REDIRECT_URI)
    await fix.submit()
    assert fix.step == "create_entry"
    assert UNREGISTERED not in issue_ids(hass)


async def test_a_provider_that_cannot_be_asked_mends_nothing(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """The form says so, and stays."""
    await fix.open(UNREGISTERED)
    provider.clear_requests()
    await fix.submit()
    assert fix.errors == {"base": "redirect_uri_unknown"}
    assert UNREGISTERED in issue_ids(hass)


async def test_the_redirect_uri_is_that_of_the_browser_in_which_it_is_mended(
    wire: Wire,
    open_browser: Callable[[str], Awaitable[Wire]],
    provider: AiohttpClientMocker,
    fix: Fix,
) -> None:
    """It may be another one than that of the browser that found it."""
    await wire.create()
    answers(provider, "invalid_grant", location=MISMATCH)
    elsewhere = await open_browser("http://192.0.2.7:8123")
    await elsewhere.get("check", application_credentials_id="shop_abc")
    await fix.open(UNREGISTERED)
    assert fix.told["redirect_uri"] == f"`{REDIRECT_URI}`"
    await fix.submit()
    assert fix.told["redirect_uri"] == f"`{REDIRECT_URI}`"
    asked = [
        url.query["redirect_uri"] for _, url, *_ in provider.mock_calls if url.query
    ]
    assert asked[-1] == REDIRECT_URI


async def test_a_linked_account_mends_it(
    hass: HomeAssistant, unregistered: None, fix: Fix
) -> None:
    """The provider has sent somebody to the redirect URI; what is open has nothing to do."""
    add_integration(hass)
    await fix.open(UNREGISTERED)
    await hass.config_entries.async_add(
        MockConfigEntry(
            domain="shop", data={"auth_implementation": "shop_abc", "token": {}}
        )
    )
    await hass.async_block_till_done()
    assert UNREGISTERED not in issue_ids(hass)
    await fix.submit()
    assert fix.step == "create_entry"


async def test_a_redirect_uri_that_is_still_unknown_stays_an_issue(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Registering takes some minutes with some; it can be tried again."""
    await fix.open(UNREGISTERED)
    await fix.submit()
    assert fix.errors == {"base": "redirect_uri_rejected"}
    assert fix.told["redirect_uri"] == f"`{REDIRECT_URI}`"
    assert UNREGISTERED in issue_ids(hass)
    answers(provider, "invalid_grant", location=REDIRECT_URI)
    await fix.submit()
    assert fix.step == "create_entry"


async def test_the_redirect_uri_of_a_credential_that_is_gone_needs_no_registering(
    hass: HomeAssistant, unregistered: None, fix: Fix
) -> None:
    """The flow that is open says so."""
    await fix.open(UNREGISTERED)
    await delete(hass)
    await fix.submit()
    assert fix.step == "gone"


async def test_a_credential_may_go_while_its_redirect_uri_is_checked(
    hass: HomeAssistant, unregistered: None, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """Then there is nothing to register any more."""
    await fix.open(UNREGISTERED)

    async def deleted_meanwhile(*_: Any) -> Any:
        await delete(hass)
        raise TimeoutError

    provider.clear_requests()
    provider.post(TOKEN_URL, side_effect=deleted_meanwhile)
    await fix.submit()
    assert fix.step == "gone"


@pytest.mark.parametrize("kind", ["client_rejected", "redirect_uri_rejected"])
async def test_an_issue_that_is_opened_when_its_credential_has_just_gone_says_so(
    hass: HomeAssistant, wire: Wire, kind: str
) -> None:
    """The issue may still be in somebody's list."""
    flow: Any = await async_create_fix_flow(hass, "", {"kind": kind, "id": "0" * 16})
    flow.hass, flow.flow_id, flow.handler = hass, "", DOMAIN
    assert (await flow.async_step_init())["reason"] == "gone"


# An account whose credential is gone.


@pytest.fixture
async def account(hass: HomeAssistant, wire: Wire) -> Any:
    """Make an account that points at a credential which does not exist."""
    add_integration(hass)
    account = add_account(hass, "shop_gone", entry_id="anna")
    with link_flow():
        hass.config_entries.async_update_entry(account, title="Anna")
        yield account


MISSING = "credential_missing_anna"


async def test_an_account_moves_to_a_credential_of_its_integration(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix
) -> None:
    """Which then asks to be linked again."""
    await wire.create(name="Kitchen")
    await fix.open(MISSING)
    assert fix.step == "init"
    assert fix.told == {"account": "Anna", "integration": "shop"}
    assert fix.options == {
        "shop_abc": "shop: Kitchen (accounts: 0; not checked yet)",
        "add": "Add a credential",
    }
    await fix.submit(target="shop_abc")
    await hass.async_block_till_done()
    assert fix.step == "create_entry"
    assert account.data["auth_implementation"] == "shop_abc"
    assert reauthentications(hass) == ["anna"]
    assert MISSING not in issue_ids(hass)


async def test_a_credential_can_be_added_instead(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix
) -> None:
    """The provider is asked first; who insists decides where it has not told."""
    await wire.create()
    await fix.open(MISSING)
    await fix.submit(target="add")
    assert fix.step == "add"
    assert fix.told == {
        "account": "Anna",
        "integration": "shop",
        "instructions": "",
        "redirect_uri": fix.told["redirect_uri"],
        "said": "",
    }
    await fix.submit(client_id="new", client_secret="s")
    assert fix.errors == {"base": "client_unclear"}
    assert "did not answer" in fix.told["said"]
    assert fix.suggested == {"client_id": "new", "client_secret": "s"}
    assert len(records(hass)) == 1
    await fix.submit(client_id="new", client_secret="s", name="Cellar")
    await hass.async_block_till_done()
    assert fix.step == "create_entry"
    assert account.data["auth_implementation"] == "shop_new"
    assert records(hass)[1]["name"] == "Cellar"
    finding = hass.data[DATA_FINDINGS].get("shop_new")
    assert finding is not None
    assert issue_ids(hass) == set()


async def test_a_new_credential_that_the_provider_rejects_is_not_saved(
    hass: HomeAssistant, account: Any, provider: AiohttpClientMocker, fix: Fix
) -> None:
    """The form says what it said."""
    answers(provider, "invalid_client", "No such client")
    await fix.open(MISSING)
    for _ in range(2):
        await fix.submit(client_id="new", client_secret="xyz")
        assert fix.errors == {"base": "client_rejected"}
        assert fix.told["said"] == "The provider said: invalid_client: No such client"
    assert records(hass) == []


async def test_no_credential_is_added_for_who_is_no_administrator_any_more(
    hass: HomeAssistant, account: Any, fix: Fix
) -> None:
    """When the provider has answered."""
    await fix.open(MISSING)
    with patch(
        f"custom_components.{DOMAIN}.repairs.async_is_administrator", return_value=False
    ):
        await fix.submit(client_id="new")
    assert fix.step == "not_administrator"
    assert records(hass) == []


async def test_an_integration_without_any_credential_asks_for_one(
    hass: HomeAssistant, account: Any, fix: Fix
) -> None:
    """There is nothing to pick from."""
    await fix.open(MISSING)
    assert fix.step == "add"
    assert fix.suggested == {}
    await fix.insist(client_id="new")
    assert fix.step == "create_entry"
    assert account.data["auth_implementation"] == "shop_new"


async def test_the_very_credential_that_was_gone_can_be_added_again(
    hass: HomeAssistant, account: Any, fix: Fix
) -> None:
    """With the same client ID it has the same id."""
    await fix.open(MISSING)
    await fix.insist(client_id="gone", client_secret="s")
    await hass.async_block_till_done()
    assert fix.step == "create_entry"
    assert account.data["auth_implementation"] == "shop_gone"
    assert issue_ids(hass) == set()


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {"client_id": "empty_field"}),
        ({"client_id": "abc"}, {"client_id": "client_exists"}),
        ({"client_id": "\u200b"}, {"client_id": "invalid_character"}),
        (
            {"client_id": "b", "client_secret": "s" * 4097},
            {"client_secret": "too_long"},
        ),
    ],
)
async def test_an_error_in_a_new_credential_stands_at_its_field(
    hass: HomeAssistant,
    wire: Wire,
    account: Any,
    fix: Fix,
    typed: dict[str, str],
    errors: dict[str, str],
) -> None:
    """What was typed stays there, and the account where it is."""
    await wire.create(name="Kitchen")
    await fix.open(MISSING)
    await fix.submit(target="add")
    await fix.submit(**typed)
    assert fix.step == "add"
    assert fix.errors == errors
    assert fix.suggested == typed
    assert account.data["auth_implementation"] == "shop_gone"


async def test_an_error_names_the_integration_as_people_do(
    wire: Wire, account: Any, fix: Fix
) -> None:
    """Not by its domain, of both fields at once."""
    await wire.create(name="Kitchen")
    await fix.open(MISSING)
    await fix.submit(target="add")
    with patch(
        f"custom_components.{DOMAIN}.dialog.texts.async_names",
        return_value={"shop": "The Shop"},
    ):
        await fix.submit(client_id="abc")
    assert fix.errors == {"client_id": "client_exists"}
    assert fix.told["domain"] == "The Shop"
    await fix.submit(client_id="a\u200bb", client_secret="abc\u00a0d")
    assert fix.errors == {
        "client_id": "invalid_character",
        "client_secret": "invalid_character_too",
    }


async def test_a_full_disk_is_said_of_a_new_credential(
    hass: HomeAssistant, account: Any, fix: Fix
) -> None:
    """The account stays where it is."""
    await fix.open(MISSING)
    with disk_is_full():
        await fix.insist(client_id="new")
    assert fix.errors == {"base": "storage_failed"}
    assert account.data["auth_implementation"] == "shop_gone"
    assert records(hass) == []


async def test_a_credential_that_went_meanwhile_cannot_be_moved_to(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix
) -> None:
    """The form offers those that are left."""
    await wire.create()
    await wire.create("other")
    await fix.open(MISSING)
    await delete(hass)
    await fix.submit(target="shop_abc")
    assert fix.errors == {"base": "credential_not_found"}
    assert set(fix.options) == {"shop_other", "add"}
    assert MISSING in issue_ids(hass)


async def test_the_last_credential_may_go_meanwhile(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix
) -> None:
    """Then a new one is asked for."""
    await wire.create()
    await fix.open(MISSING)
    await delete(hass)
    await fix.submit(target="shop_abc")
    assert fix.step == "add"
    assert fix.errors == {}


@pytest.mark.parametrize("is_new", [True, False])
async def test_an_integration_that_cannot_link_again_says_so(
    hass: HomeAssistant, wire: Wire, fix: Fix, is_new: bool
) -> None:
    """Whether the credential is there already or not."""
    account = add_account(hass, "shop_gone", entry_id="anna")
    await wire.create()
    with link_flow(reauthentication=False):
        await fix.open(MISSING)
        if is_new:
            await fix.submit(target="add")
            await fix.insist(client_id="new")
        else:
            await fix.submit(target="shop_abc")
    assert fix.step == ("add" if is_new else "init")
    assert fix.errors == {"base": "move_no_reauthentication"}
    assert account.data["auth_implementation"] == "shop_gone"


@pytest.mark.parametrize("is_new", [True, False])
async def test_an_account_that_is_gone_needs_no_credential(
    hass: HomeAssistant, wire: Wire, account: Any, fix: Fix, is_new: bool
) -> None:
    """The flow that is open says so."""
    if not is_new:
        await wire.create()
    await fix.open(MISSING)
    await hass.config_entries.async_remove("anna")
    await fix.submit(**({"client_id": "new"} if is_new else {"target": "shop_abc"}))
    assert fix.step == "gone"
    assert MISSING not in issue_ids(hass)


# A record that cannot be read.


@pytest.fixture
async def damaged(
    hass: HomeAssistant,
    hass_storage: Disk,
    begin: Callable[[], Awaitable[tuple[Wire, Fix]]],
) -> tuple[Wire, Fix, str]:
    """Start with a damaged record; return wire, flow and the id of the issue."""
    hass_storage[DOMAIN] = {
        "version": 1,
        "data": {
            "items": [
                {"id": "shop_abc", **client()},
                {"id": "shop_b", "name": "Bath", "client_secret": "s3cr3t"},
            ]
        },
    }
    wire, fix = await begin()
    (issue_id,) = issue_ids(hass)
    return wire, fix, issue_id


async def test_a_damaged_record_is_shown_and_deleted_on_request(
    hass: HomeAssistant, hass_storage: Disk, damaged: tuple[Wire, Fix, str]
) -> None:
    """Not its secret, and not before."""
    _, fix, issue_id = damaged
    await fix.open(issue_id)
    assert fix.step == "init"
    assert fix.told == {"record": "id: shop_b, name: Bath"}
    assert len(hass_storage[DOMAIN]["data"]["items"]) == 2
    assert len(hass.data[DATA_COLLECTION].unreadable) == 1
    await fix.submit()
    assert fix.step == "create_entry"
    assert hass_storage[DOMAIN]["data"]["items"] == [{"id": "shop_abc", **client()}]
    assert issue_ids(hass) == set()


async def test_a_damaged_record_stays_where_the_disk_is_full(
    hass: HomeAssistant, damaged: tuple[Wire, Fix, str]
) -> None:
    """With its issue."""
    _, fix, issue_id = damaged
    await fix.open(issue_id)
    with disk_is_full():
        await fix.submit()
    assert fix.errors == {"base": "storage_failed"}
    assert fix.told["record"] == "id: shop_b, name: Bath"
    assert len(hass.data[DATA_COLLECTION].unreadable) == 1
    assert issue_ids(hass) == {issue_id}


async def test_a_damaged_record_that_another_browser_deleted_is_done(
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    damaged: tuple[Wire, Fix, str],
) -> None:
    """There is nothing left to delete."""
    _, fix, issue_id = damaged
    other = Fix(await hass_client())
    for each in (fix, other):
        await each.open(issue_id)
    for each in (fix, other):
        await each.submit()
        assert each.step == "create_entry"
    assert [record["id"] for record in records(hass)] == ["shop_abc"]


async def test_of_several_damaged_records_one_is_deleted(
    hass: HomeAssistant,
    hass_storage: Disk,
    begin: Callable[[], Awaitable[tuple[Wire, Fix]]],
) -> None:
    """The one that the issue is about; also where neither has an id."""
    items = [{"name": "Kitchen"}, {"name": "Bath"}]
    hass_storage[DOMAIN] = {"version": 1, "data": {"items": items}}
    _, fix = await begin()
    for each in issue_ids(hass):
        await fix.open(each)
        if fix.told["record"] == "name: Bath":
            await fix.submit()
    assert hass.data[DATA_COLLECTION].unreadable == [{"name": "Kitchen"}]
    assert len(issue_ids(hass)) == 1
