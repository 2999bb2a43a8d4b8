"""The dialog, step by step, as Home Assistant's frontend walks through it."""

import asyncio
from collections.abc import Callable
import json
from pathlib import Path
from typing import Any, override
from unittest.mock import AsyncMock, patch

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components import application_credentials
from custom_components.application_credentials.errors import CredentialNotFound
from custom_components.application_credentials.models import Finding
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.auth.models import User
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER, UnknownEntry
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from homeassistant.setup import async_setup_component
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    ORIGIN,
    REDIRECT_URI,
    SHOP,
    TOKEN_URL,
    Neighbours,
    Shown,
    Wire,
    add_account,
    add_hook,
    add_integration,
    answer_token_requests,
    client,
    disk_is_full,
    finding_of,
    is_control,
    issue_id,
    link_flow,
    own_entry,
    reauthentications,
    request_with,
    server,
    settle,
    under_way,
)

GOOGLE_TOKEN_URL = "https://oauth2.googleapis.com/token"

TEXTS = json.loads(
    (Path(application_credentials.__file__).parent / "strings.json").read_text()
)["selector"]

# What is typed for a new credential.
TYPED = {"client_id": "abc", "client_secret": "the-secret"}


GOOGLE = server("https://accounts.google.com/o/oauth2/v2/auth", GOOGLE_TOKEN_URL)


class Dialog(Shown):
    """One visit to the dialog; `shown` is what the person sees."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Take the Home Assistant that has the dialog."""
        self._hass = hass
        self.headers = {"Origin": ORIGIN}
        self.shown: Any = {}

    @property
    def step(self) -> str:
        """The step that is shown, or how the dialog has ended."""
        if self.shown["type"] is FlowResultType.ABORT:
            return f"abort: {self.shown['reason']}"
        if self.shown["type"] is FlowResultType.CREATE_ENTRY:
            return "created"
        return str(self.shown["step_id"])

    @property
    def fields(self) -> list[str]:
        """The fields of the form."""
        return [str(field) for field in self.shown["data_schema"].schema]

    @property
    def suggested(self) -> dict[str, Any]:
        """What stands in the fields of the form."""
        return {
            str(field): field.description["suggested_value"]
            for field in self.shown["data_schema"].schema
            if field.description and "suggested_value" in field.description
        }

    def options(self, field: str) -> dict[str, str]:
        """Return the labels that a field lets a person pick from, by value."""
        selector = self.shown["data_schema"].schema[field]
        return {
            option["value"]: option["label"] for option in selector.config["options"]
        }

    @property
    def choices(self) -> list[str]:
        """What can be done next."""
        config = self.shown["data_schema"].schema["next"].config
        assert config["translation_key"] == f"after_{self.step}"
        assert {*config["options"]} <= {*TEXTS[f"after_{self.step}"]["options"]}
        return list(config["options"])

    async def submit(self, **user_input: Any) -> None:
        """Submit the form as it stands, but for `user_input`; wait for the provider.

        A field that is None is emptied.
        """
        if self.step == "reconfigure":
            user_input = {"next": "save", **self.suggested, **user_input}
            user_input = {
                field: value for field, value in user_input.items() if value is not None
            }
        await self._go(user_input)
        while self.shown["type"] is FlowResultType.SHOW_PROGRESS:
            assert self.shown["progress_action"] == "asking"
            await self._hass.async_block_till_done()
            await self._go(None)

    async def submit_at_once(self, **user_input: Any) -> None:
        """Submit the form, and see what there is to see before anything is done."""
        await self._go(user_input)

    async def choose(self, option: str) -> None:
        """Choose what to do next."""
        assert option in self.choices
        await self.submit(next=option)

    async def show_again(self) -> None:
        """Look at the step again, as a browser does that is opened a second time."""
        self.shown = await self._flows.async_configure(self.shown["flow_id"])

    async def open_credential(self, item_id: str = "shop_abc") -> None:
        """Press the cogwheel of a row."""
        await self._hass.async_block_till_done()
        [subentry_id] = [
            subentry.subentry_id
            for subentry in own_entry(self._hass).subentries.values()
            if subentry.unique_id == item_id
        ]
        await self.open_row(subentry_id)
        assert self.step == "reconfigure"

    async def open_row(self, subentry_id: str) -> None:
        """Press the cogwheel of a row that may be gone."""
        await self._init(source=SOURCE_RECONFIGURE, subentry_id=subentry_id)

    async def open_at(self, *options: str, item_id: str = "shop_abc") -> None:
        """Press the cogwheel of a row, and choose these, one after the other."""
        await self.open_credential(item_id)
        for option in options:
            await self.choose(option)

    async def open(self) -> None:
        """Press Add credential."""
        await self._hass.async_block_till_done()
        await self._init(source=SOURCE_USER)
        assert self.step == "user"

    async def open_new(self, domain: str) -> None:
        """Open the dialog where a new credential is typed."""
        await self.open()
        await self.submit(domain=domain)
        assert self.step == "new"

    async def add(self, domain: str, **typed: str) -> None:
        """Open the dialog, and submit the client of a new credential and what else is typed."""
        await self.open_new(domain)
        await self.submit(**TYPED, **typed)

    async def _init(self, **context: str) -> None:
        handler = own_entry(self._hass).entry_id, "credential"
        # The one request of which the dialog takes the address of the browser.
        with under_way(request_with(self.headers)):
            self.shown = await self._flows.async_init(handler, context=context)

    @property
    def _flows(self) -> Any:
        return self._hass.config_entries.subentries

    async def _go(self, user_input: dict[str, Any] | None) -> None:
        self.shown = await self._flows.async_configure(
            self.shown["flow_id"], user_input
        )


@pytest.fixture
async def dialog(hass: HomeAssistant, wire: Wire) -> Dialog:
    """Return the dialog of a home whose own address is not the one of the browser."""
    await hass.config.async_update(external_url="https://outside.test")
    await hass.async_block_till_done()
    return Dialog(hass)


@pytest.fixture
def bakery(neighbours: Neighbours) -> str:
    """Make another integration of the shop's provider; unlike the shop it is listed."""
    neighbours.add("bakery", server())
    return "bakery"


@pytest.fixture
def brewery(neighbours: Neighbours) -> str:
    """Make one more integration of that provider."""
    neighbours.add("brewery", server())
    return "brewery"


@pytest.fixture
async def offered(
    provider: AiohttpClientMocker, dialog: Dialog, bakery: str, brewery: str
) -> Dialog:
    """Return the dialog that has saved a client of the bakery, and offers it to the brewery."""
    answers(provider, "invalid_grant")
    await dialog.add(bakery)
    assert dialog.step == "saved"
    return dialog


def answers(
    provider: AiohttpClientMocker,
    error: str,
    said: str | None = None,
    url: str = TOKEN_URL,
) -> None:
    """Have the provider answer a code that cannot exist with `error`."""
    provider.clear_requests()
    answer_token_requests(provider, error, said, url=url)


def change_manifest(integration: Path, **fields: str) -> None:
    """Change what an integration says of itself."""
    manifest = integration / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | fields))


def stored(hass: HomeAssistant) -> list[Any]:
    """Return the records."""
    return list(hass.data[DATA_COLLECTION].data.values())


async def delete_behind(hass: HomeAssistant, item_id: str = "shop_abc") -> None:
    """Delete a credential while its dialog is open."""
    await hass.data[DATA_COLLECTION].async_delete_item(item_id)


# A new credential.


async def test_integrations_are_listed_by_their_proper_names(
    dialog: Dialog, bakery: str
) -> None:
    """Home Assistant's own and custom ones, sorted as people look them up."""
    await dialog.open()
    names = list(dialog.options("domain").values())
    assert "Spotify" in names
    assert "bakery" in names
    assert len(names) > 40
    assert names == sorted(names, key=str.casefold)


async def test_the_form_has_the_instructions_of_the_integration(
    dialog: Dialog, neighbours: Neighbours
) -> None:
    """With its placeholders filled in, and with the redirect URI to register."""
    folder = neighbours.add(
        "instructed",
        server() + "\nasync def async_get_description_placeholders(hass):"
        '\n    return {"console": "https://provider.test/console"}\n',
    )
    (folder / "translations").mkdir()
    (folder / "translations" / "en.json").write_text(
        json.dumps({DOMAIN: {"description": "Open {console} and {wait}."}})
    )
    await dialog.open_new("instructed")
    assert dialog.told == {
        "integration": "instructed",
        "instructions": "Open https://provider.test/console and {wait}.",
        "redirect_uri": f"`{REDIRECT_URI}`",
    }
    assert dialog.fields == ["client_id", "client_secret", "name"]
    assert dialog.suggested == {}


async def test_a_home_without_an_address_is_told_so(
    hass: HomeAssistant, dialog: Dialog, bakery: str
) -> None:
    """Where the redirect URI would stand."""
    await hass.config.async_update(external_url=None)
    hass.config.api = None
    dialog.headers = {}
    await dialog.open_new(bakery)
    assert dialog.told["redirect_uri"] == (
        "(not known yet: Home Assistant does not know its own address;"
        " set it under Settings > System > Network)"
    )


@pytest.mark.parametrize(
    ("typed", "errors", "told"),
    [
        ({}, {"client_id": "empty_field"}, {"field_name": "client_id"}),
        ({"client_id": "  "}, {"client_id": "empty_field"}, {}),
        (
            {"client_id": "a\u200bb"},
            {"client_id": "invalid_character"},
            {"position": "2", "character": "ZERO WIDTH SPACE (U+200B)"},
        ),
        (
            {"client_id": "new", "client_secret": "s\u00e9cret"},
            {"client_secret": "invalid_character"},
            {"position": "2"},
        ),
        ({"client_id": "a" * 1025}, {"client_id": "too_long"}, {"limit": "1024"}),
        (
            {"client_id": "new", "client_secret": "s" * 4097},
            {"client_secret": "too_long"},
            {"limit": "4096"},
        ),
        (
            {"client_id": "new", "name": "n" * 256},
            {"name": "too_long"},
            {"limit": "255"},
        ),
        (
            {"client_id": "abc"},
            {"client_id": "client_exists"},
            {"existing": "Kitchen", "domain": "bakery"},
        ),
    ],
)
async def test_what_cannot_be_stored_is_an_error_at_its_field(
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
    typed: dict[str, str],
    errors: dict[str, str],
    told: dict[str, str],
) -> None:
    """What was typed stays there, and the provider is not bothered."""
    await wire.create(domain=bakery, name="Kitchen")
    await dialog.open_new(bakery)
    await dialog.submit(**typed)
    assert dialog.step == "new"
    assert dialog.errors == errors
    assert told.items() <= dialog.told.items()
    assert dialog.told["integration"] == bakery
    assert dialog.suggested == typed
    assert not provider.mock_calls


@pytest.mark.parametrize(
    ("hook", "error"),
    [("CONSTANT = 1\n", "hook_incomplete"), (None, "no_platform")],
)
async def test_a_broken_integration_is_an_error_of_the_whole_form(
    neighbours: Neighbours, dialog: Dialog, hook: str | None, error: str
) -> None:
    """No field of the form is to blame, and an error at none is not shown."""
    neighbours.add("broken", hook)
    await dialog.add("broken")
    assert dialog.errors == {"base": error}


async def test_what_the_provider_accepts_is_saved(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    checks: list[str],
    dialog: Dialog,
    bakery: str,
) -> None:
    """With what it said of it, and without asking it a second time."""
    answers(provider, "invalid_grant")
    await dialog.add(bakery, name=" ")
    assert stored(hass) == [{"id": "bakery_abc", "domain": bakery} | TYPED]
    assert dialog.step == "created"
    assert dialog.told == {
        "credential": "**bakery**",
        "integration": "bakery",
        "result": "The provider accepts the client ID and client secret.\n\n"
        "Make sure that this redirect URI is registered with the provider:\n\n"
        f"`{REDIRECT_URI}`",
        "next": "No account uses it yet: [add an account of bakery]"
        "(/config/integrations/dashboard/add?domain=bakery).",
    }
    assert finding_of(hass, "bakery_abc").client == "accepted"
    assert checks == []


@pytest.mark.parametrize(
    ("error", "step", "client_text"),
    [
        ("invalid_client", "rejected", "The provider rejects"),
        ("server_error", "unknown", "The provider answered, but did not say"),
    ],
)
async def test_what_the_provider_does_not_accept_is_for_the_person_to_decide(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
    error: str,
    step: str,
    client_text: str,
) -> None:
    """It can be corrected, with what was typed still there, or saved as it is."""
    answers(provider, error, "Because of the-secret")
    await dialog.add(bakery, name="Kitchen")
    assert dialog.step == step
    # What most people do next comes first, and is picked from the start.
    assert dialog.choices == (
        ["new", "save_anyway"] if step == "rejected" else ["save_anyway", "new"]
    )
    assert dialog.told["credential"] == "**Kitchen** (bakery)"
    assert dialog.told["result"].startswith(client_text)
    assert f"The provider said: {error}: Because of …" in dialog.told["result"]
    await dialog.show_again()
    assert dialog.step == step
    assert stored(hass) == []

    await dialog.choose("new")
    assert dialog.suggested == {**TYPED, "name": "Kitchen"}
    assert dialog.errors == {}
    await dialog.submit(**TYPED)
    await dialog.choose("save_anyway")
    assert dialog.step == "created"
    assert stored(hass) == [{"id": "bakery_abc", "domain": bakery} | TYPED]
    assert finding_of(hass, "bakery_abc").client == step


async def test_a_redirect_uri_that_is_not_known_is_said_before_anything_is_saved(
    hass: HomeAssistant, provider: AiohttpClientMocker, dialog: Dialog, bakery: str
) -> None:
    """First of all, with the one to register; no account is offered yet."""
    answers(provider, "invalid_grant")
    mismatch = {"Location": "https://provider.test/?error=redirect_uri_mismatch"}
    provider.get(AUTHORIZE_URL, status=302, headers=mismatch)
    await dialog.add(bakery)
    assert dialog.step == "redirect_uri"
    assert dialog.choices == ["check", "save_anyway", "new"]
    assert dialog.told["result"].startswith("The provider does not know the redirect")
    assert stored(hass) == []
    await dialog.choose("check")
    assert dialog.step == "redirect_uri"
    await dialog.choose("save_anyway")
    assert dialog.step == "created"
    assert dialog.told["result"].startswith("The provider does not know the redirect")
    assert dialog.told["next"] == ""


async def test_an_integration_that_cannot_be_asked_about_is_no_hindrance(
    hass: HomeAssistant, neighbours: Neighbours, dialog: Dialog
) -> None:
    """A hook that fails when it is called leaves it to the person."""
    neighbours.add("broken", "async def async_get_authorization_server(hass): 1 / 0\n")
    await dialog.add("broken")
    assert dialog.step == "unknown"
    assert "said" not in dialog.told["result"]
    await dialog.choose("save_anyway")
    assert dialog.step == "created"
    assert [record["id"] for record in stored(hass)] == ["broken_abc"]


async def test_an_answer_may_be_there_at_once(dialog: Dialog, bakery: str) -> None:
    """Then no progress is shown, which older dialogs do not always get away from."""
    await dialog.open_new(bakery)
    with patch(
        f"custom_components.{DOMAIN}.dialog.client.async_ask_provider",
        AsyncMock(return_value=Finding()),
    ):
        await dialog.submit(**TYPED)
    assert dialog.step == "unknown"
    assert dialog.choices == ["save_anyway", "new"]


async def test_a_full_disk_is_said_when_saving_a_new_credential(
    hass: HomeAssistant, provider: AiohttpClientMocker, dialog: Dialog, bakery: str
) -> None:
    """Nothing is there that is not on disk."""
    answers(provider, "invalid_grant")
    await dialog.open_new(bakery)
    with disk_is_full():
        await dialog.submit(**TYPED)
    assert dialog.step == "new"
    assert dialog.errors == {"base": "storage_failed"}
    assert "No space left" in dialog.told["reason"]
    assert dialog.suggested == TYPED
    assert stored(hass) == []
    await dialog.submit(**TYPED)
    assert dialog.step == "created"


async def test_credentials_without_a_name_are_called_after_their_integration(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
) -> None:
    """With a number, where there are several."""
    await wire.create("first", domain=bakery)
    answers(provider, "invalid_grant")
    await dialog.add(bakery)
    assert dialog.told["credential"] == "**bakery 2**"
    assert dialog.shown["title"] == "bakery 2"


async def test_a_client_that_was_added_meanwhile_is_not_added_again(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
) -> None:
    """Between the provider's answer and the decision of the person."""
    answers(provider, "invalid_client")
    await dialog.add(bakery)
    await wire.create(domain=bakery, name="Kitchen")
    await dialog.choose("save_anyway")
    assert dialog.step == "new"
    assert dialog.errors == {"client_id": "client_exists"}
    assert dialog.told["existing"] == "Kitchen"
    assert len(stored(hass)) == 1


# The file from Google's console.


async def test_only_google_has_the_field_for_its_file(
    neighbours: Neighbours, dialog: Dialog, bakery: str
) -> None:
    """A provider that has google in another place of its name is not meant."""
    neighbours.add("search", GOOGLE)
    neighbours.add("evil", server("https://google.com.evil.test", TOKEN_URL))
    await dialog.open_new("search")
    assert dialog.fields == ["client_id", "client_secret", "name", "file"]
    for domain in ("evil", bakery):
        await dialog.open_new(domain)
        assert "file" not in dialog.fields


@pytest.mark.parametrize("kind", ["web", "installed"])
async def test_the_file_stands_for_what_is_in_it(
    hass: HomeAssistant,
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    upload: Callable[[bytes], Any],
    kind: str,
) -> None:
    """Client ID and client secret come from it; the name is still typed."""
    neighbours.add("search", GOOGLE)
    answers(provider, "invalid_grant", url=GOOGLE_TOKEN_URL)
    file_id = await upload(json.dumps({kind: {**TYPED, "project_id": "p"}}).encode())
    await dialog.open_new("search")
    await dialog.submit(name="Photos", file=file_id)
    assert dialog.step == "saved"
    assert stored(hass) == [
        {"id": "search_abc", "domain": "search", "name": "Photos"} | TYPED
    ]


async def test_a_client_from_a_file_can_be_corrected_by_hand(
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    upload: Callable[[bytes], Any],
) -> None:
    """What the file said stands in the fields, where the provider rejects it."""
    neighbours.add("search", GOOGLE)
    provider.post(GOOGLE_TOKEN_URL, status=401, json={"error": "invalid_client"})
    await dialog.open_new("search")
    await dialog.submit(file=await upload(json.dumps({"web": TYPED}).encode()))
    assert dialog.step == "rejected"
    await dialog.choose("new")
    assert dialog.suggested == TYPED


async def test_another_file_is_an_error_at_its_field(
    neighbours: Neighbours, dialog: Dialog, upload: Callable[[bytes], Any]
) -> None:
    """What was typed stays there."""
    neighbours.add("search", GOOGLE)
    await dialog.open_new("search")
    await dialog.submit(name="Photos", file=await upload(b"no JSON"))
    assert dialog.step == "new"
    assert dialog.errors == {"file": "file_invalid"}
    assert dialog.suggested["name"] == "Photos"


# One credential.


def links(*accounts: Any) -> str:
    """Return the list that leads to accounts."""
    return "\n".join(
        f"- [{account.title}](/config/integrations/integration/{account.domain}"
        f"#config_entry={account.entry_id})"
        for account in accounts
    )


async def test_a_credential_is_shown_as_it_stands(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """Who uses it, with links, what is known of it, and what can be done; not the secret."""
    add_integration(hass)
    await wire.create(name="Kitchen")
    accounts = [
        add_account(hass, "shop_abc", title="anna@shop.test"),
        add_account(hass, "shop_abc", title="ben@shop.test"),
    ]
    with link_flow():
        await dialog.open_credential()
    assert dialog.told == {
        "credential": "**Kitchen** (shop)",
        "integration": "shop",
        "finding": "Not checked yet.",
        "use": dialog.told["use"],
        "also": "",
        "links": "",
        "redirect_uri": f"`{REDIRECT_URI}`",
    }
    assert links(*accounts) in dialog.told["use"]
    assert "With a new client ID each also has to be linked again" in dialog.told["use"]
    assert dialog.suggested == {"name": "Kitchen", "client_id": "abc"}
    assert dialog.choices == ["save", "check", "link_again", "delete"]
    # Only where there is one to move them to.
    await wire.create("other")
    await dialog.open_credential()
    assert dialog.choices == ["save", "check", "link_again", "move", "delete"]


async def test_no_other_integration_is_offered_where_the_provider_has_none(
    wire: Wire, dialog: Dialog, neighbours: Neighbours
) -> None:
    """As far as can be told without an import."""
    neighbours.add("mill", server("https://mill.test/auth", "https://mill.test/token"))
    await wire.create(domain="mill")
    await dialog.open_credential("mill_abc")
    assert dialog.choices == ["save", "check", "delete"]
    neighbours.add("farm", server("https://mill.test/auth", "https://mill.test/token"))
    await dialog.open_credential("mill_abc")
    assert dialog.choices == ["save", "check", "copy", "delete"]


async def test_a_credential_that_nobody_uses_says_how_to_use_it(
    wire: Wire, dialog: Dialog
) -> None:
    """There is nothing to move or to link again."""
    await wire.create()
    await dialog.open_credential()
    assert dialog.choices == ["save", "check", "delete"]
    assert dialog.told["use"] == (
        "No account uses it yet: [add an account of shop]"
        "(/config/integrations/dashboard/add?domain=shop)."
    )


async def test_it_is_said_before_where_an_account_cannot_be_linked_again(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """And after a new client ID which accounts no longer work."""
    add_integration(hass)
    await wire.create()
    account = add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        await dialog.open_credential()
        assert "they would stop working" in dialog.told["use"]
        await dialog.submit(client_id="new")
        await dialog.choose("save_anyway")
    assert dialog.step == "abort: saved"
    assert "work again only when" in dialog.told["outcome"]
    assert links(account) in dialog.told["outcome"]


async def test_the_row_of_a_credential_that_is_gone_ends_its_dialog(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """As does a row that is gone itself."""
    await wire.create()
    await hass.async_block_till_done()
    await dialog.open_row("gone")
    assert dialog.step == "abort: credential_gone"


async def test_an_edit_that_changes_nothing_says_so(
    wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """And asks nobody."""
    await wire.create(name="Kitchen")
    await dialog.open_credential()
    await dialog.submit(name="Kitchen")
    assert dialog.step == "abort: unchanged"
    assert not provider.mock_calls


async def test_the_provider_and_the_documentation_are_a_click_away(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, neighbours: Neighbours
) -> None:
    """Where the hook names the provider's pages; Home Assistant's own are not meant."""
    folder = neighbours.add(
        "documented",
        server() + "\nasync def async_get_description_placeholders(hass):"
        '\n    return {"console": "https://console.test/apps", "words": "no link",'
        ' "more": "https://www.home-assistant.io/x"}\n',
    )
    change_manifest(folder, documentation="https://docs.test")
    await wire.create(domain="documented")
    await dialog.open_credential("documented_abc")
    assert dialog.told["links"] == (
        "[Documentation](https://docs.test), [console.test](https://console.test/apps)"
    )
    await dialog.open_new("documented")
    assert dialog.told["instructions"] == (
        "[The documentation of this integration](https://docs.test) says how to get a"
        " client ID and a client secret."
    )


# Edit.


@pytest.mark.parametrize(
    ("typed", "name"),
    [({"name": " Bath "}, "Bath"), ({"name": " "}, None), ({"name": None}, None)],
)
async def test_a_new_name_is_saved_without_asking_the_provider(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    typed: dict[str, str],
    name: str | None,
) -> None:
    """A blank one takes the name away; a blank secret is unchanged."""
    await wire.create(name="Kitchen")
    await dialog.open_credential()
    await dialog.submit(**typed)
    assert dialog.step == "abort: saved"
    assert dialog.told["outcome"] == ""
    (record,) = stored(hass)
    assert record.get("name") == name
    assert record["client_secret"] == "the-secret"
    assert not provider.mock_calls


@pytest.mark.parametrize(
    ("typed", "asks_to_link"),
    [
        ({"client_id": "abc", "client_secret": "new"}, False),
        ({"client_id": "new"}, True),
    ],
)
async def test_a_new_client_is_checked_saved_and_used(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    checks: list[str],
    dialog: Dialog,
    typed: dict[str, str],
    asks_to_link: bool,
) -> None:
    """Its accounts are reloaded; only with a new client ID they ask to be linked."""
    setups = add_integration(hass)
    await wire.create()
    checks.clear()
    account = add_account(hass, "shop_abc")
    answers(provider, "invalid_grant")
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        await dialog.open_credential()
        await dialog.submit(**typed)
        await hass.async_block_till_done()
        assert reauthentications(hass) == ([account.entry_id] if asks_to_link else [])
    assert dialog.step == "abort: saved"
    assert stored(hass) == [{"id": "shop_abc", **client(**typed)}]
    assert setups.count == {account.entry_id: 2}
    assert finding_of(hass).client == "accepted"
    # The dialog has asked already.
    assert checks == []


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"client_id": None}, {"client_id": "empty_field"}),
        ({"client_id": "other"}, {"client_id": "client_exists"}),
        (
            {"client_id": "abc", "client_secret": "\u200b"},
            {"client_secret": "invalid_character"},
        ),
        ({"client_id": "abc", "name": "n" * 256}, {"name": "too_long"}),
    ],
)
async def test_an_error_in_an_edit_stands_at_its_field(
    wire: Wire, dialog: Dialog, typed: dict[str, str], errors: dict[str, str]
) -> None:
    """The form is still about the credential that is edited."""
    await wire.create(name="Kitchen")
    await wire.create("other", name="Bath")
    await dialog.open_credential()
    await dialog.submit(**typed)
    assert dialog.step == "reconfigure"
    assert dialog.errors == errors
    assert dialog.told["credential"] == "**Kitchen** (shop)"


@pytest.mark.parametrize(
    ("error", "step"), [("invalid_client", "rejected"), ("server_error", "unknown")]
)
async def test_a_changed_client_that_is_not_accepted_can_be_corrected_or_saved(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    error: str,
    step: str,
) -> None:
    """Until then the stored one stays."""
    await wire.create()
    answers(provider, error)
    await dialog.open_credential()
    await dialog.submit(client_id="new", name="Kitchen")
    assert dialog.step == step
    assert set(dialog.choices) == {"reconfigure", "save_anyway"}
    assert [record["client_id"] for record in stored(hass)] == ["abc"]
    await dialog.choose("reconfigure")
    assert dialog.suggested == {"client_id": "new", "name": "Kitchen"}
    await dialog.submit(client_id="newer")
    assert dialog.step == step
    await dialog.choose("save_anyway")
    assert dialog.step == "abort: saved"
    assert [record["client_id"] for record in stored(hass)] == ["newer"]


async def test_a_full_disk_is_said_when_saving_a_changed_credential(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """The credential is as it was."""
    await wire.create(name="Kitchen")
    await dialog.open_credential()
    with disk_is_full():
        await dialog.submit(name="Bath")
    assert dialog.step == "reconfigure"
    assert dialog.errors == {"base": "storage_failed"}
    assert dialog.suggested["name"] == "Bath"
    assert stored(hass) == [{"id": "shop_abc", **client(name="Kitchen")}]


async def test_an_edit_that_others_get_too_needs_no_other_change(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    bakery: str,
    provider: AiohttpClientMocker,
) -> None:
    """Ticked alone, it gives them the client secret that is stored."""
    await wire.create()
    await wire.create(domain=bakery, client_secret="old")
    await dialog.open_credential()
    await dialog.submit(also=True)
    assert dialog.step == "abort: saved"
    assert {record["client_secret"] for record in stored(hass)} == {"the-secret"}


@pytest.mark.parametrize("step", ["delete", "copy"])
async def test_no_choice_drops_what_was_typed(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, step: str, bakery: str
) -> None:
    """The form says that it is not saved, and keeps it."""
    await wire.create(name="Kitchen")
    await dialog.open_credential()
    await dialog.submit(next=step, name="Attic", client_secret="new")
    assert dialog.step == "reconfigure"
    assert dialog.errors == {"next": "save_first"}
    assert dialog.suggested["name"] == "Attic"
    assert dialog.suggested["client_secret"] == "new"
    await dialog.submit(next=step, name="Kitchen", client_secret=None)
    assert dialog.step != "reconfigure"


@pytest.mark.parametrize("field", ["client_id", "client_secret"])
async def test_nobody_is_promised_anything_of_a_rejected_client(
    hass: HomeAssistant,
    dialog: Dialog,
    provider: AiohttpClientMocker,
    movable: list[Any],
    field: str,
) -> None:
    """Saved anyway: no account keeps working, and none can be linked."""
    answers(provider, "invalid_client")
    await dialog.open_credential()
    await dialog.submit(**{field: "wrong"})
    await dialog.choose("save_anyway")
    assert dialog.step == "abort: saved"
    assert dialog.told["outcome"] == (
        "The provider rejects this client ID or client secret. Until it is corrected,"
        " no account works with it or can be linked.\n\n" + links(*movable)
    )


async def test_a_rejected_client_that_nobody_uses_is_offered_to_no_account(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """It could not be linked."""
    await wire.create()
    answers(provider, "invalid_client")
    await dialog.open_credential()
    await dialog.submit(client_secret="wrong")
    await dialog.choose("save_anyway")
    assert dialog.told["outcome"].startswith("The provider rejects")
    assert "add an account" not in dialog.told["outcome"]


# Check.


@pytest.mark.parametrize(
    ("error", "choices"),
    [
        ("invalid_grant", ["save_anyway", "reconfigure", "check"]),
        ("invalid_client", ["reconfigure", "save_anyway", "check"]),
    ],
)
async def test_a_check_is_about_what_is_typed(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    error: str,
    choices: list[str],
) -> None:
    """It stays in the form, and can be saved from the result."""
    await wire.create()
    answers(provider, error)
    await dialog.open_credential()
    await dialog.submit(next="check", client_secret="typed", name="Attic")
    assert dialog.step == "finding"
    assert dialog.choices == choices
    assert {call[2].get("client_secret") for call in provider.mock_calls} >= {"typed"}
    assert dialog.told["result"].endswith("What you entered is not saved yet.")
    assert stored(hass) == [{"id": "shop_abc", **client()}]
    await dialog.choose("reconfigure")
    assert dialog.suggested["client_secret"] == "typed"
    assert dialog.suggested["name"] == "Attic"
    await dialog.submit(next="check")
    await dialog.choose("save_anyway")
    assert dialog.step == "abort: saved"
    assert stored(hass) == [
        {"id": "shop_abc", **client(client_secret="typed", name="Attic")}
    ]
    assert finding_of(hass).client == (
        "accepted" if error == "invalid_grant" else "rejected"
    )


@pytest.mark.parametrize(
    ("error", "finding", "said"),
    [
        ("invalid_grant", "The provider accepts", ""),
        ("invalid_client", "The provider rejects", "The provider said: invalid_client"),
        ("later", "did not say", "The provider said: later"),
    ],
)
async def test_a_check_says_what_was_found(
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    error: str,
    finding: str,
    said: str,
) -> None:
    """It can be repeated, and is shown with the credential from then on."""
    await wire.create()
    answers(provider, error)
    await dialog.open_at("check")
    assert dialog.step == "finding"
    assert dialog.choices == ["reconfigure", "check"]
    assert said in dialog.told["result"]
    await dialog.show_again()
    assert dialog.step == "finding"
    await dialog.choose("check")
    await dialog.choose("reconfigure")
    assert finding in dialog.told["finding"]
    assert "Last check (20" in dialog.told["finding"]


@pytest.mark.parametrize(
    ("location", "text"),
    [
        (f"{REDIRECT_URI}?error=access_denied", "The provider knows the redirect URI."),
        (
            "https://provider.test/error?error=redirect_uri_mismatch",
            (
                "The provider does not know the redirect URI. Register it there."
                f" It must match exactly:\n\n`{REDIRECT_URI}`"
            ),
        ),
    ],
)
async def test_a_check_says_whether_the_redirect_uri_is_known(
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    location: str,
    text: str,
) -> None:
    """And which one to register."""
    await wire.create()
    answers(provider, "invalid_grant")
    provider.get(AUTHORIZE_URL, status=302, headers={"Location": location})
    await dialog.open_at("check")
    told = dialog.told["result"].split("\n\n", 2)
    assert text in dialog.told["result"]
    assert told[0].startswith("The provider does not know") == ("mismatch" in location)


# Move.


@pytest.fixture
async def movable(hass: HomeAssistant, wire: Wire) -> Any:
    """Make two credentials, one of them with two accounts, that can be linked again."""
    add_integration(hass)
    await wire.create()
    await wire.create("other", name="Other")
    accounts = [
        add_account(hass, "shop_abc", title=title, entry_id=title)
        for title in ("anna", "ben")
    ]
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        await hass.async_block_till_done()
        yield accounts


async def test_accounts_move_to_the_credential_that_is_chosen(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """Those that were chosen, which then ask to be linked again."""
    anna, ben = movable
    await dialog.open_at("move")
    assert dialog.told == {"credential": "**shop**", "integration": "shop"}
    assert dialog.options("accounts") == {"anna": "anna", "ben": "ben"}
    assert dialog.options("target") == {
        "shop_other": "Other (accounts: 0; not checked yet)"
    }
    assert dialog.shown["data_schema"]({"target": "shop_other"})["accounts"] == [
        "anna",
        "ben",
    ]
    await dialog.submit(accounts=["ben"], target="shop_other")
    await hass.async_block_till_done()
    assert dialog.step == "abort: moved"
    assert dialog.told["credential"] == "**Other** (shop)"
    assert dialog.told["accounts"] == links(ben)
    assert anna.data["auth_implementation"] == "shop_abc"
    assert ben.data["auth_implementation"] == "shop_other"
    assert reauthentications(hass) == ["ben"]


async def test_the_last_account_may_go_while_moving_is_thought_about(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """The dialog ends with the reason."""
    await dialog.open_at("move")
    for account in movable:
        await hass.config_entries.async_remove(account.entry_id)
    await dialog.submit(accounts=["anna"], target="shop_other")
    assert dialog.step == "abort: no_accounts"


async def test_an_account_that_is_gone_meanwhile_is_an_error(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """The form is shown again, with the accounts that are left."""
    await dialog.open_at("move")
    await hass.config_entries.async_remove("ben")
    await dialog.submit(accounts=["ben"], target="shop_other")
    assert dialog.step == "move"
    assert dialog.errors == {"base": "config_entry_not_found"}
    assert dialog.told["entry_id"] == "ben"
    assert dialog.options("accounts") == {"anna": "anna"}


async def test_nothing_to_move_to_ends_the_dialog(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """The other credential of the integration has gone after the choice was offered."""
    await dialog.open_credential()
    await delete_behind(hass, "shop_other")
    await dialog.choose("move")
    assert dialog.step == "abort: no_other_credential"


async def test_a_target_that_is_gone_ends_the_dialog(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """A third credential keeps the form open until then."""
    await hass.data[DATA_COLLECTION].async_create_item(client("third"))
    await dialog.open_at("move")
    await delete_behind(hass, "shop_other")
    await dialog.submit(accounts=["anna"], target="shop_other")
    assert dialog.step == "abort: credential_gone"


async def test_an_integration_that_cannot_link_again_moves_nobody(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """The dialog says what to do instead."""
    add_integration(hass)
    await wire.create()
    await wire.create("other")
    add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        await dialog.open_at("move")
    assert dialog.step == "abort: cannot_link_again"
    assert dialog.told == {"credential": "**shop**", "integration": "shop"}


async def test_an_integration_that_does_not_let_its_accounts_choose_says_so(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """Its implementation has a name of its own for every credential."""

    class Own(LocalOAuth2Implementation):
        @property
        @override
        def domain(self) -> str:
            return "own"

    async def own_implementation(
        hass: HomeAssistant, auth_domain: str, credential: Any
    ) -> Any:
        return Own(hass, auth_domain, "abc", "s", AUTHORIZE_URL, TOKEN_URL)

    add_hook(hass, async_get_auth_implementation=own_implementation)
    await dialog.open_at("move")
    await dialog.submit(accounts=["anna"], target="shop_other")
    assert dialog.errors == {"base": "move_not_chosen"}
    assert dialog.told["domain"] == "shop"


# Use for other integrations.


async def test_a_client_is_offered_to_the_other_integrations_of_its_provider(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    neighbours: Neighbours,
    dialog: Dialog,
    bakery: str,
    brewery: str,
) -> None:
    """Right after it was saved, and only to them."""
    neighbours.add("far", server(token_url="https://elsewhere.test/token"))
    answers(provider, "invalid_grant")
    await dialog.add(bakery, name="Kitchen")
    assert dialog.step == "saved"
    assert dialog.options("domains") == {brewery: brewery}
    assert dialog.told["credential"] == "**Kitchen** (bakery)"
    assert dialog.told["result"].startswith("The provider accepts")
    await dialog.submit(domains=[brewery])
    assert dialog.step == "created"
    assert dialog.shown["description"] == "after_offer"
    assert dialog.told["outcome"] == "The same client ID is also stored for brewery."
    await hass.async_block_till_done()
    entry = own_entry(hass)
    assert {subentry.unique_id for subentry in entry.subentries.values()} == {
        "bakery_abc",
        "brewery_abc",
    }
    assert {record["id"] for record in stored(hass)} == {"bakery_abc", "brewery_abc"}


@pytest.mark.parametrize("user_input", [{}, {"domains": []}])
async def test_the_offer_to_others_need_not_be_taken(
    hass: HomeAssistant, offered: Dialog, user_input: dict[str, Any]
) -> None:
    """The credential is saved, and that is all."""
    await offered.submit(**user_input)
    assert offered.step == "created"
    assert offered.shown["description"] == "after_offer"
    assert offered.told["outcome"] == ""
    assert [record["id"] for record in stored(hass)] == ["bakery_abc"]


async def test_nothing_is_copied_where_nothing_was_picked(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """The form says so and stays."""
    await wire.create()
    await dialog.open_at("copy")
    await dialog.submit()
    assert dialog.step == "copy"
    assert dialog.errors == {"domains": "none_chosen"}
    assert len(stored(hass)) == 1


async def test_no_integration_is_picked_from_the_start(dialog: Dialog) -> None:
    """Whoever goes on without picking one is asked again."""
    await dialog.open()
    await dialog.submit()
    assert dialog.step == "user"
    assert dialog.errors == {"domain": "none_picked"}


async def test_a_client_that_every_integration_has_got_meanwhile_is_not_copied(
    wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """The dialog says so."""
    await wire.create()
    await dialog.open_credential()
    await wire.create(domain=bakery)
    await dialog.choose("copy")
    assert dialog.step == "abort: no_other_integration"


async def test_a_full_disk_is_an_error_of_the_copy(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """None of the integrations has got the client."""
    await wire.create()
    await dialog.open_at("copy")
    with disk_is_full():
        await dialog.submit(domains=[bakery])
    assert dialog.step == "copy"
    assert dialog.errors == {"base": "storage_failed"}
    assert "No space left" in dialog.told["reason"]
    assert len(stored(hass)) == 1


async def test_a_client_that_the_other_would_not_take_is_an_error_of_the_copy(
    hass: HomeAssistant, dialog: Dialog, neighbours: Neighbours
) -> None:
    """An import is more lenient than a copy; the fault is in no field of the form."""
    neighbours.add("bakery", server())
    await hass.data[DATA_COLLECTION].async_import_item(client("a\u00e9"))
    (record,) = stored(hass)
    await dialog.open_at("copy", item_id=record["id"])
    await dialog.submit(domains=["bakery"])
    assert dialog.errors == {"base": "invalid_character"}


# Accounts, and the same client elsewhere.


async def test_moving_nobody_says_so(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """And moves nobody."""
    await dialog.open_at("move")
    await dialog.submit(accounts=[], target="shop_other")
    assert dialog.step == "move"
    assert dialog.errors == {"accounts": "none_chosen"}
    assert dialog.suggested == {"accounts": [], "target": "shop_other"}
    assert reauthentications(hass) == []


async def test_all_accounts_move_or_none(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """One of them is gone meanwhile."""
    anna, _ = movable
    await dialog.open_at("move")
    await hass.config_entries.async_remove("ben")
    await dialog.submit(accounts=["anna", "ben"], target="shop_other")
    assert dialog.errors == {"base": "config_entry_not_found"}
    assert anna.data["auth_implementation"] == "shop_abc"


async def test_accounts_that_are_linked_otherwise_can_be_moved_here(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """Those of another credential, and those of Home Assistant Cloud."""
    add_account(hass, "cloud", title="cleo", entry_id="cleo")
    await dialog.open_at("take", item_id="shop_other")
    assert dialog.options("accounts") == {
        "anna": "anna (now: shop)",
        "ben": "ben (now: shop)",
        "cleo": "cleo (now linked in another way)",
    }
    await dialog.submit(accounts=["ben", "cleo"])
    await hass.async_block_till_done()
    assert dialog.step == "abort: moved"
    assert "[ben]" in dialog.told["accounts"]
    assert "[anna]" not in dialog.told["accounts"]
    for entry_id, implementation in (
        ("anna", "shop_abc"),
        ("ben", "shop_other"),
        ("cleo", "shop_other"),
    ):
        account = hass.config_entries.async_get_entry(entry_id)
        assert account is not None
        assert account.data["auth_implementation"] == implementation
    assert sorted(reauthentications(hass)) == ["ben", "cleo"]


async def test_accounts_are_linked_again_on_demand(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """Those that are ticked."""
    await dialog.open_at("link_again")
    await dialog.submit(accounts=["ben"])
    await hass.async_block_till_done()
    assert dialog.step == "abort: ask_to_be_linked"
    assert reauthentications(hass) == ["ben"]


async def test_the_same_client_elsewhere_is_shown_and_changed_with_one_tick(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
) -> None:
    """At the same provider; what only looks like it is left alone."""
    neighbours.add("bakery", server())
    neighbours.add("far", server(token_url="https://elsewhere.test/token"))
    for domain in (SHOP, "bakery", "far"):
        await wire.create(domain=domain)
    answers(provider, "invalid_grant")
    await dialog.open_credential()
    assert dialog.told["also"] == "The same client ID is also stored for bakery."
    assert "also" in dialog.fields
    await dialog.submit(client_id="abc", client_secret="new", also=True)
    assert dialog.step == "abort: saved"
    assert {record["domain"]: record["client_secret"] for record in stored(hass)} == {
        SHOP: "new",
        "bakery": "new",
        "far": "the-secret",
    }


async def test_the_same_client_elsewhere_is_left_alone_without_the_tick(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    bakery: str,
    provider: AiohttpClientMocker,
) -> None:
    """It is a credential of its own."""
    await wire.create()
    await wire.create(domain=bakery)
    answers(provider, "invalid_grant")
    await dialog.open_credential()
    await dialog.submit(client_id="abc", client_secret="new")
    assert [record["client_secret"] for record in stored(hass)] == ["new", "the-secret"]


async def test_invisible_characters_of_both_fields_are_reported_together(
    dialog: Dialog, bakery: str
) -> None:
    """Each with its place."""
    await dialog.open_new(bakery)
    await dialog.submit(client_id="a\u200bb", client_secret="abc\u00a0d")
    assert dialog.errors == {
        "client_id": "invalid_character",
        "client_secret": "invalid_character_too",
    }
    assert (dialog.told["position"], dialog.told["position_too"]) == ("2", "4")


async def test_another_fault_of_the_second_field_waits_for_its_turn(
    dialog: Dialog, bakery: str
) -> None:
    """It is seldom of the same kind."""
    await dialog.open_new(bakery)
    await dialog.submit(client_id="a\u200bb", client_secret="s" * 4097)
    assert dialog.errors == {"client_id": "invalid_character"}


async def test_a_credential_may_go_while_it_is_copied(
    wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """There is nothing to copy any more."""
    await wire.create()
    await dialog.open_at("copy")
    with patch(
        f"custom_components.{DOMAIN}.dialog.copy.copying.async_copy",
        side_effect=CredentialNotFound("shop_abc"),
    ):
        await dialog.submit(domains=[bakery])
    assert dialog.step == "abort: credential_gone"


@pytest.mark.parametrize("typed", ["Bakery", "bakery", " BAKERY "])
async def test_an_integration_is_found_by_typing_its_name(
    dialog: Dialog, bakery: str, typed: str
) -> None:
    """However it is written."""
    await dialog.open()
    await dialog.submit(domain=typed)
    assert dialog.step == "new"


async def test_integrations_of_one_name_are_told_apart(
    dialog: Dialog, neighbours: Neighbours
) -> None:
    """By their domains."""
    for domain in ("one", "two"):
        change_manifest(neighbours.add(domain, server()), name="Same")
    await dialog.open()
    assert {"Same (one)", "Same (two)"} <= set(dialog.options("domain"))
    await dialog.submit(domain="Same (two)")
    assert dialog.told["integration"] == "Same"


async def test_an_integration_that_there_is_not_is_an_error(dialog: Dialog) -> None:
    """Of the field in which it was typed."""
    await dialog.open()
    await dialog.submit(domain="No such thing")
    assert dialog.step == "user"
    assert dialog.errors == {"domain": "no_such_integration"}


# Delete.


async def test_a_credential_that_nobody_uses_can_be_deleted(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """After a question."""
    await wire.create(name="Kitchen")
    await dialog.open_at("delete")
    assert dialog.step == "delete"
    assert dialog.told == {"credential": "**Kitchen** (shop)", "integration": "shop"}
    assert len(stored(hass)) == 1
    await dialog.submit()
    assert dialog.step == "abort: deleted"
    assert stored(hass) == []


async def test_a_credential_in_use_is_not_deleted(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """The dialog says who uses it, and offers to move them."""
    await dialog.open_at("delete")
    assert dialog.step == "in_use"
    assert dialog.told["accounts"] == links(*movable)
    assert dialog.told["way_out"] == "Move them to another credential first."
    assert dialog.choices == ["move", "reconfigure"]
    await dialog.show_again()
    assert dialog.step == "in_use"
    await dialog.choose("reconfigure")
    await dialog.choose("delete")
    await dialog.choose("move")
    assert dialog.step == "move"
    assert len(stored(hass)) == 2


async def test_a_credential_that_somebody_uses_meanwhile_is_not_deleted(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """The question is answered too late."""
    await wire.create()
    await dialog.open_at("delete")
    add_account(hass, "shop_abc")
    await dialog.submit()
    assert dialog.step == "in_use"
    assert len(stored(hass)) == 1


async def test_an_account_that_comes_while_deleting_keeps_the_credential(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """The question was answered in time, but the account was there before the disk."""
    await wire.create(name="Kitchen")
    await dialog.open_at("delete")
    hass.loop.call_soon(add_account, hass, "shop_abc")
    await dialog.submit()
    assert dialog.step == "in_use"
    assert "[anna@shop.test]" in dialog.told["accounts"]
    assert len(stored(hass)) == 1


async def test_a_full_disk_is_an_error_of_the_deletion(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """The credential is still there."""
    await wire.create()
    await dialog.open_at("delete")
    with disk_is_full():
        await dialog.submit()
    assert dialog.step == "delete"
    assert dialog.errors == {"base": "storage_failed"}
    assert "No space left" in dialog.told["reason"]
    assert len(stored(hass)) == 1


# A credential that is gone.


def _chosen(*options: str) -> Callable[[Dialog], Any]:
    """Return what goes to a credential and chooses these, one after the other."""

    async def go(dialog: Dialog) -> None:
        await dialog.open_at(*options)

    return go


async def _at_rejected(dialog: Dialog) -> None:
    await dialog.open_credential()
    await dialog.submit(client_id="new")
    assert dialog.step == "rejected"


@pytest.mark.parametrize(
    ("go", "user_input"),
    [
        *(
            pytest.param(_chosen(), {"next": option}, id=option)
            for option in ("check", "copy", "delete")
        ),
        pytest.param(_chosen(), {"client_id": "abc"}, id="edit: name"),
        pytest.param(_chosen(), {"client_id": "new"}, id="edit: client"),
        pytest.param(_chosen(), {"client_id": ""}, id="edit: error"),
        pytest.param(_chosen("copy"), {"domains": ["bakery"]}, id="copy: submit"),
        pytest.param(_chosen("delete"), {}, id="delete: submit"),
        pytest.param(_chosen("check"), None, id="finding: again"),
        pytest.param(_chosen("check"), {"next": "check"}, id="finding: check"),
        pytest.param(_chosen("check"), {"next": "reconfigure"}, id="finding: back"),
        pytest.param(_at_rejected, {"next": "reconfigure"}, id="rejected: edit"),
        pytest.param(_at_rejected, {"next": "save_anyway"}, id="save_anyway"),
    ],
)
async def test_a_credential_that_is_gone_ends_its_dialog(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
    go: Callable[[Dialog], Any],
    user_input: dict[str, Any] | None,
) -> None:
    """Whatever step it is at, with a clear reason."""
    await wire.create()
    answers(provider, "invalid_client")
    await go(dialog)
    await delete_behind(hass)
    if user_input is None:
        await dialog.show_again()
    else:
        await dialog.submit(**user_input)
    assert dialog.step == "abort: credential_gone"


async def test_a_new_credential_that_is_gone_ends_its_dialog(
    hass: HomeAssistant, offered: Dialog
) -> None:
    """Between saving it and offering it to others; no row is left behind."""
    await delete_behind(hass, "bakery_abc")
    await offered.submit()
    assert offered.step == "abort: credential_gone"
    await hass.async_block_till_done()
    entry = own_entry(hass)
    assert entry.subentries == {}


async def test_a_dialog_that_is_left_after_saving_leaves_a_row(
    hass: HomeAssistant, offered: Dialog
) -> None:
    """Until then it brings the row itself, and nobody else does."""
    await hass.async_block_till_done()
    entry = own_entry(hass)
    assert entry.subentries == {}
    hass.config_entries.subentries.async_abort(offered.shown["flow_id"])
    await hass.async_block_till_done()
    assert [each.unique_id for each in entry.subentries.values()] == ["bakery_abc"]


async def test_the_entry_may_go_while_a_credential_is_added(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
) -> None:
    """The credential is saved; the end says where its row would be."""
    answers(provider, "invalid_grant")
    await dialog.open_new(bakery)
    entry = own_entry(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await dialog.submit(**TYPED)
    assert dialog.step == "abort: saved"
    assert dialog.told["outcome"].startswith("No account uses it yet")
    assert "Add the integration again" in dialog.told["outcome"]
    assert [record["id"] for record in stored(hass)] == ["bakery_abc"]


async def test_the_entry_may_go_while_a_credential_is_edited(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """What is stored needs no row; a row that is opened too late has none any more."""
    await wire.create()
    await dialog.open_credential()
    entry = own_entry(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await dialog.submit(name="Kitchen", client_id="abc")
    assert dialog.step == "abort: saved"
    assert stored(hass)[0]["name"] == "Kitchen"


async def test_the_entry_may_go_before_the_first_step(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """Home Assistant has begun the flow by then."""
    await wire.create()
    await hass.async_block_till_done()
    entry = own_entry(hass)
    with patch.object(
        hass.config_entries,
        "async_get_known_entry",
        side_effect=[entry, UnknownEntry("gone")],
    ):
        await dialog.open_row("gone")
    assert dialog.step == "abort: credential_gone"


async def test_a_credential_may_go_while_its_accounts_are_moved(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """Its accounts went before it."""
    await dialog.open_at("move")
    for account in movable:
        await hass.config_entries.async_remove(account.entry_id)
    await delete_behind(hass)
    await dialog.submit(accounts=["anna"], target="shop_other")
    assert dialog.step == "abort: credential_gone"


@pytest.mark.parametrize(
    ("step", "user_input"),
    [("edit", {"client_id": "abc", "name": "Bath"}), ("delete", {})],
)
async def test_a_credential_may_go_while_it_is_being_saved(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    step: str,
    user_input: dict[str, Any],
) -> None:
    """Another deletion is written together with the change, and before it."""
    await wire.create()
    await dialog.open_credential()
    if step == "delete":
        await dialog.choose(step)
    deletion = hass.async_create_task(delete_behind(hass))
    await dialog.submit(**user_input)
    await deletion
    assert dialog.step == "abort: credential_gone"
    assert stored(hass) == []


async def test_a_credential_may_go_while_the_provider_is_asked(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker, dialog: Dialog
) -> None:
    """Neither what is stored nor what was typed is there to go on with."""
    for step, user_input in (("check", None), ("edit", {"client_id": "new"})):
        await wire.create()

        async def deletion(*_: Any) -> Any:
            if hass.data[DATA_COLLECTION].data:
                await delete_behind(hass)
            return None

        provider.clear_requests()
        provider.post(TOKEN_URL, side_effect=deletion)
        await dialog.open_credential()
        await dialog.submit(**(user_input or {"next": step}))
        assert dialog.step == "abort: credential_gone"


async def test_the_dialog_leaves_no_secret_behind(
    hass: HomeAssistant,
    credentials_file: Path,
    caplog: pytest.LogCaptureFixture,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
) -> None:
    """Neither in the log nor in an issue; it is in the file and in no answer that shows it."""
    answers(provider, "invalid_client", "unknown: the-secret")
    await dialog.add(bakery)
    assert "the-secret" not in str(dialog.told)
    await dialog.choose("save_anyway")
    await hass.async_block_till_done()
    assert "the-secret" in credentials_file.read_text()
    issues = [
        [issue.issue_id, issue.data, issue.translation_placeholders]
        for issue in ir.async_get(hass).issues.values()
    ]
    assert issue_id("client_rejected", f"{bakery}_abc") in str(issues)
    assert "the-secret" not in str(issues)
    assert "the-secret" not in caplog.text


# What others do meanwhile.


async def change_behind(hass: HomeAssistant, **updates: str) -> None:
    """Change a credential while its dialog is open."""
    await hass.data[DATA_COLLECTION].async_update_item("shop_abc", updates)


async def test_an_edit_changes_only_what_its_person_changed(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """What somebody else has changed meanwhile stays."""
    record = await wire.create(name="Kitchen")
    await dialog.open_credential()
    await change_behind(hass, client_id="new", client_secret="newer")
    await dialog.submit(name="Cellar", client_id="abc")
    assert dialog.step == "abort: saved"
    assert stored(hass) == [
        {**record, "name": "Cellar", "client_id": "new", "client_secret": "newer"}
    ]


async def test_an_edit_of_nothing_takes_nothing_back(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """A form that is submitted as it was opened wants no change."""
    record = await wire.create(name="Kitchen")
    await dialog.open_credential()
    await change_behind(hass, name="Cellar")
    await dialog.submit(name="Kitchen", client_id="abc")
    assert dialog.step == "abort: unchanged"
    assert stored(hass) == [{**record, "name": "Cellar"}]


@pytest.mark.parametrize("before_saving", [False, True])
async def test_what_is_typed_is_what_is_saved(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    provider: AiohttpClientMocker,
    before_saving: bool,
) -> None:
    """Also where another person has changed it while the form was open."""
    record = await wire.create(name="Kitchen")
    answers(provider, "server_error")
    await dialog.open_credential()
    if not before_saving:
        await change_behind(hass, name="Attic", client_secret="other")
    await dialog.submit(name="Cellar", client_secret="mine")
    if before_saving:
        await change_behind(hass, name="Attic", client_secret="other")
    await dialog.choose("save_anyway")
    assert dialog.step == "abort: saved"
    assert stored(hass) == [record | {"name": "Cellar", "client_secret": "mine"}]


async def test_a_secret_is_saved_that_was_stored_when_the_dialog_was_opened(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """It is another by now, and the person has typed it all the same."""
    record = await wire.create()
    answers(provider, "invalid_grant")
    await dialog.open_credential()
    await change_behind(hass, client_secret="other")
    await dialog.submit(client_secret="the-secret")
    assert dialog.step == "abort: saved"
    assert stored(hass) == [record]


async def test_a_form_that_is_shown_again_shows_what_others_have_changed(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """In the fields that nobody has touched."""
    await wire.create(name="Kitchen")
    answers(provider, "invalid_client")
    await dialog.open_credential()
    await dialog.submit(client_id="new")
    await change_behind(hass, name="Attic")
    await dialog.choose("reconfigure")
    assert dialog.suggested["client_id"] == "new"
    assert dialog.suggested["name"] == "Attic"


async def test_two_who_make_the_same_change_do_not_disagree(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """Both wanted what is there."""
    await wire.create()
    await dialog.open_credential()
    await change_behind(hass, name="Kitchen")
    await dialog.submit(name="Kitchen", client_id="abc")
    assert dialog.step == "abort: saved"


# Who is no administrator any more.


class Browser:
    """The dialog over HTTP, as the person of a session has it."""

    def __init__(self, http: TestClient[Any, Any], entry_id: str) -> None:
        """Take the session, and the entry whose dialog it is."""
        self._http = http
        self._entry_id = entry_id
        self._flow_id = ""

    async def open_new(self, domain: str) -> None:
        """Open the dialog where a new credential is typed."""
        shown = await self._post("", handler=[self._entry_id, "credential"])
        self._flow_id = f"/{shown['flow_id']}"
        assert (await self.submit(domain=domain))["step_id"] == "new"

    async def submit(self, **user_input: Any) -> Any:
        """Submit the form."""
        return await self._post(self._flow_id, **user_input)

    async def look(self) -> Any:
        """Look what has come of a step that takes its time."""
        answer = await self._http.get(f"{FLOWS}{self._flow_id}")
        return await answer.json() if answer.ok else answer.status

    async def _post(self, flow_id: str, **body: Any) -> Any:
        answer = await self._http.post(f"{FLOWS}{flow_id}", json=body)
        return await answer.json() if answer.ok else answer.status


FLOWS = "/api/config/config_entries/subentries/flow"


@pytest.fixture
async def _views(hass: HomeAssistant) -> None:
    """Have Home Assistant serve its flows, before its server starts."""
    assert await async_setup_component(hass, "config", {})


@pytest.fixture
async def browser(
    hass: HomeAssistant,
    _views: None,
    hass_client: ClientSessionGenerator,
    dialog: Dialog,
) -> Browser:
    """Return the dialog over HTTP."""
    entry = own_entry(hass)
    return Browser(await hass_client(), entry.entry_id)


async def demote(hass: HomeAssistant, user: User) -> None:
    """Make a user one who may only look."""
    await hass.auth.async_update_user(user, group_ids=[GROUP_ID_READ_ONLY])


async def test_an_open_dialog_refuses_who_is_no_administrator_any_more(
    hass: HomeAssistant,
    browser: Browser,
    bakery: str,
    hass_admin_user: User,
) -> None:
    """At the next step, whatever it is."""
    await browser.open_new(bakery)
    await demote(hass, hass_admin_user)
    assert await browser.submit(**TYPED) == 401
    assert await browser.look() == 401
    assert stored(hass) == []


async def test_a_dialog_that_waits_saves_nothing_of_such_a_person(
    hass: HomeAssistant,
    browser: Browser,
    bakery: str,
    hass_admin_user: User,
    provider: AiohttpClientMocker,
) -> None:
    """The provider's answer came too late."""
    go_on = asyncio.Event()

    async def accept(*_: Any) -> Any:
        await go_on.wait()
        return AiohttpClientMockResponse(
            "POST", URL(TOKEN_URL), 400, json={"error": "invalid_grant"}
        )

    provider.post(TOKEN_URL, side_effect=accept)
    await browser.open_new(bakery)
    shown = await browser.submit(**TYPED)
    assert shown["type"] == "progress"
    await demote(hass, hass_admin_user)
    go_on.set()
    await settle(hass)
    assert await browser.look() == 401
    assert stored(hass) == []


async def test_an_answer_that_comes_at_once_saves_nothing_of_such_a_person(
    hass: HomeAssistant,
    browser: Browser,
    bakery: str,
    hass_admin_user: User,
    provider: AiohttpClientMocker,
) -> None:
    """Within the step that asks, which Home Assistant has let them take."""

    async def accept(method: str, url: URL, data: Any) -> Any:
        await demote(hass, hass_admin_user)
        error = "invalid_client" if is_control(data) else "invalid_grant"
        return AiohttpClientMockResponse(method, url, 400, json={"error": error})

    provider.post(TOKEN_URL, side_effect=accept)
    await browser.open_new(bakery)
    shown = await browser.submit(**TYPED)
    assert shown["reason"] == "not_administrator"
    assert stored(hass) == []
