"""A credential is added, shown as it stands, and changed."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.data import DATA
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.common import (
    DOMAIN,
    REDIRECT_URI,
    SHOP,
    Disk,
    Neighbours,
    Wire,
    add_account,
    add_integration,
    client,
    disk_is_full,
    entry_with_row,
    finding_of,
    link_flow,
    own_entry,
    reauthentications,
    record,
    server,
    stored as in_file,
)

from .common import (
    TYPED,
    Dialog,
    answers,
    change_behind,
    change_manifest,
    links,
    stored,
)


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
    assert dialog.told["credential"] == "**bakery**"
    assert dialog.told["outcome"] == (
        "The provider accepts the client ID and client secret.\n\n"
        "Make sure that this redirect URI is registered with the provider:\n\n"
        f"`{REDIRECT_URI}`\n\n"
        "No account uses it yet: [add an account of bakery]"
        "(/config/integrations/dashboard/add?domain=bakery)."
    )
    assert finding_of(hass, "bakery_abc").client == "accepted"
    assert checks == []
    await hass.async_block_till_done()
    rows = own_entry(hass).subentries.values()
    assert [(row.unique_id, row.title) for row in rows] == [("bakery_abc", "bakery")]


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


async def test_no_integration_is_picked_from_the_start(dialog: Dialog) -> None:
    """Whoever goes on without picking one is asked again."""
    await dialog.open()
    await dialog.submit()
    assert dialog.step == "user"
    assert dialog.errors == {"domain": "none_picked"}


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
    """By their domains, which can be typed as well."""
    for domain in ("one", "two"):
        change_manifest(neighbours.add(domain, server()), name="Same")
    await dialog.open()
    assert {"Same (one)", "Same (two)"} <= set(dialog.options("domain"))
    await dialog.submit(domain="two")
    assert dialog.told["integration"] == "Same"


async def test_an_integration_that_there_is_not_is_an_error(dialog: Dialog) -> None:
    """Of the field in which it was typed."""
    await dialog.open()
    await dialog.submit(domain="No such thing")
    assert dialog.step == "user"
    assert dialog.errors == {"domain": "no_such_integration"}


async def test_the_entry_may_go_while_a_credential_is_added(
    hass: HomeAssistant,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
) -> None:
    """The credential is saved; a new entry has its row."""
    answers(provider, "invalid_grant")
    await dialog.open_new(bakery)
    await hass.config_entries.async_remove(own_entry(hass).entry_id)
    await dialog.submit(**TYPED)
    assert dialog.step == "abort: saved"
    assert [record["id"] for record in stored(hass)] == ["bakery_abc"]


async def test_no_redirect_uri_is_named_where_none_is_registered(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """Miele's console has no place for one."""
    add_integration(hass, "miele")
    await wire.create(domain="miele")
    await dialog.open_credential("miele_abc")
    assert dialog.told["redirect_uri"] == ""


async def test_a_credential_is_shown_as_it_stands(
    hass: HomeAssistant, wire: Wire, dialog: Dialog
) -> None:
    """Who uses it, with links, what is known of it, and what can be done; not the secret."""
    add_integration(hass)
    await wire.create(name="Kitchen")
    for user in ("anna", "ben"):
        add_account(hass, "shop_abc", title=f"{user}@shop.test")
    with link_flow():
        await dialog.open_credential()
    assert dialog.told == {
        **dialog.told,
        "credential": "**Kitchen** (shop)",
        "integration": "shop",
        "finding": "Not checked yet.",
        "also": "",
        "links": "",
        "redirect_uri": f"Redirect URI:\n\n`{REDIRECT_URI}`",
    }
    assert "- anna@shop.test\n- ben@shop.test\n" in dialog.told["use"]
    assert (
        "With a new client ID, you have to link each of them again."
        in dialog.told["use"]
    )
    assert dialog.suggested == {"name": "Kitchen", "client_id": "abc"}
    assert dialog.choices == ["save", "check", "link_again", "delete"]
    # Only where there is one to move them to.
    await wire.create("other")
    with link_flow():
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
        # It can be neither moved nor linked again.
        assert dialog.choices == ["save", "check", "delete"]
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


async def test_the_documentation_is_a_click_away(
    wire: Wire, dialog: Dialog, neighbours: Neighbours
) -> None:
    """Where one edits, and where one adds."""
    change_manifest(
        neighbours.add("documented", server()), documentation="https://docs.test"
    )
    await wire.create(domain="documented")
    await dialog.open_credential("documented_abc")
    assert dialog.told["links"] == "[Documentation](https://docs.test)"
    await dialog.open_new("documented")
    assert (
        "[The documentation of this integration](https://docs.test) says how to get a"
        " client ID and a client secret."
    ) in dialog.told["instructions"]


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


@pytest.mark.parametrize("typed", [{"client_id": " abc "}, {"client_secret": " "}])
async def test_spaces_around_what_is_stored_are_no_change(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, typed: dict[str, str]
) -> None:
    """Nor is a secret of spaces a new one."""
    await wire.create()
    await dialog.open_credential()
    await dialog.submit(**typed)
    assert dialog.step == "abort: unchanged"
    assert stored(hass) == [{"id": "shop_abc", **client()}]


async def test_spaces_that_are_stored_can_be_removed(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """As in a file that a person has edited."""
    hass_storage[DOMAIN] = in_file(record(client_id=" abc"))
    await start()
    dialog = Dialog(hass)
    await dialog.open_credential("shop_abc")
    await dialog.submit(client_id="abc")
    await dialog.submit(next="save_anyway")
    assert [each["client_id"] for each in stored(hass)] == ["abc"]


async def test_a_check_without_an_answer_hides_no_rejection(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """The verdict of an earlier check stands."""
    answers(provider, "invalid_client")
    await wire.create()
    await wire.get("check", application_credentials_id="shop_abc")
    provider.clear_requests()
    await dialog.open_credential()
    await dialog.submit(name="Kitchen", next="check")
    await dialog.choose("save_anyway")
    assert dialog.step == "abort: saved"
    assert dialog.told["outcome"].startswith("The provider rejects")


async def test_a_new_secret_beside_a_pasted_client_id_is_no_new_client_id(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """The accounts go on with the link that they have."""
    add_integration(hass)
    await wire.create()
    add_account(hass, "shop_abc")
    answers(provider, "invalid_grant")
    await dialog.open_credential()
    await dialog.submit(client_id="abc ", client_secret="new")
    assert dialog.step == "abort: saved"
    assert dialog.told["outcome"].startswith("These accounts are reloaded")


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client"])
async def test_who_types_the_same_client_again_is_told_of_no_reload(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    provider: AiohttpClientMocker,
    error: str,
) -> None:
    """But that the provider rejects it, if it does."""
    setups = add_integration(hass)
    answers(provider, error)
    await wire.create()
    add_account(hass, "shop_abc")
    await wire.get("check", application_credentials_id="shop_abc")
    await dialog.open_credential()
    await dialog.submit(client_secret="the-secret")
    await hass.async_block_till_done()
    assert dialog.step == "abort: saved"
    outcome = dialog.told["outcome"]
    assert outcome.startswith(
        "The provider rejects" if error == "invalid_client" else ""
    )
    assert "reloaded" not in outcome
    assert setups.count == {}


async def test_a_credential_that_accounts_have_missed_is_said_to_be_theirs(
    hass: HomeAssistant, dialog: Dialog, bakery: str, provider: AiohttpClientMocker
) -> None:
    """It has the id of the one that was lost, and they are reloaded."""
    add_account(hass, "bakery_abc", domain=bakery)
    answers(provider, "invalid_grant")
    await dialog.add(bakery)
    assert dialog.step == "created"
    assert "These accounts are reloaded" in dialog.told["outcome"]


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


async def test_an_edit_for_others_alone_says_nothing_of_its_own_accounts(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """Theirs have another client, and nothing changes for its own."""
    await wire.create()
    await wire.create(domain=bakery, client_secret="old")
    add_account(hass, "shop_abc")
    await dialog.open_credential()
    await dialog.submit(also=True)
    assert dialog.step == "abort: saved"
    assert dialog.told["outcome"] == ""


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


async def test_a_new_client_that_is_rejected_is_told_what_follows(
    provider: AiohttpClientMocker, dialog: Dialog, bakery: str
) -> None:
    """What the provider said was told before."""
    answers(provider, "invalid_client")
    await dialog.add(bakery)
    await dialog.choose("save_anyway")
    assert dialog.told["outcome"] == (
        "The provider rejects this client ID or client secret. As long as it does,"
        " no account works with it or can be linked. Correct them in"
        " [Repairs](/config/repairs)."
    )


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
        "The provider rejects this client ID or client secret. As long as it does,"
        " no account works with it or can be linked. Correct them in"
        " [Repairs](/config/repairs)."
    )


async def test_that_a_client_is_rejected_is_said_once(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """Where nobody uses it, no account is offered to it."""
    await wire.create()
    answers(provider, "invalid_client")
    await dialog.open_credential()
    await dialog.submit(client_secret="wrong")
    await dialog.choose("save_anyway")
    assert dialog.told["outcome"].startswith("The provider rejects")
    assert "add an account" not in dialog.told["outcome"]
    await dialog.open_credential()
    assert "The provider rejects" in dialog.told["finding"]
    assert dialog.told["use"] == "No account uses it."


async def test_a_number_in_the_file_is_the_same_client_id_as_its_text(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """A person who enters it is told which credential has it."""
    records = [record(client_id=17, name="Kitchen"), record("other")]
    hass_storage[DOMAIN] = in_file(*records)
    await start()
    dialog = Dialog(hass)
    await dialog.open_credential("shop_other")
    await dialog.submit(client_id="17")
    assert dialog.errors == {"client_id": "client_exists"}
    assert dialog.told["existing"] == "Kitchen"
    assert stored(hass) == records


async def test_each_of_two_credentials_of_a_client_id_can_be_edited(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """They may be those of two servers (mcp), stored through Home Assistant's own page."""
    await wire.create(name="Kitchen")
    second = await wire.create(name="Cellar")
    answers(provider, "invalid_grant")
    await dialog.open_credential(second["id"])
    await dialog.submit(client_secret="new")
    assert dialog.step == "abort: saved"
    secrets = {each["name"]: each["client_secret"] for each in stored(hass)}
    assert secrets == {"Kitchen": "the-secret", "Cellar": "new"}


async def test_the_same_client_elsewhere_is_shown_and_changed_with_one_tick(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
) -> None:
    """At the same provider, all of them; what only looks like it is left alone."""
    neighbours.add("bakery", server())
    neighbours.add("far", server(token_url="https://elsewhere.test/token"))
    for domain in (SHOP, "bakery", "far", "bakery"):
        await wire.create(domain=domain)
    answers(provider, "invalid_grant")
    await dialog.open_credential()
    assert dialog.told["also"] == "The same client ID is also stored for bakery."
    assert "also" in dialog.fields
    await dialog.submit(client_id="abc", client_secret="new", also=True)
    assert dialog.step == "abort: saved"
    assert [(each["domain"], each["client_secret"]) for each in stored(hass)] == [
        (SHOP, "new"),
        ("bakery", "new"),
        ("far", "the-secret"),
        ("bakery", "new"),
    ]


@pytest.mark.parametrize("is_deleted", [True, False])
async def test_the_same_client_elsewhere_may_go_or_change_before_it_is_saved(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    bakery: str,
    provider: AiohttpClientMocker,
    is_deleted: bool,
) -> None:
    """What another person does with it while the dialog asks is left as it is."""
    await wire.create()
    item_id = (await wire.create(domain=bakery))["id"]
    answers(provider, "invalid_client")
    await dialog.open_credential()
    await dialog.submit(client_secret="new", also=True)
    assert dialog.step == "rejected"
    command: dict[str, Any] = {"application_credentials_id": item_id}
    if is_deleted:
        await wire.get("delete", **command)
    else:
        await wire.get("update", **command, client_id="own", client_secret="own")
    await dialog.choose("save_anyway")
    assert dialog.step == "abort: saved"
    secrets = {each["domain"]: each["client_secret"] for each in stored(hass)}
    assert secrets == ({SHOP: "new"} if is_deleted else {SHOP: "new", bakery: "own"})


async def test_a_credential_that_has_the_new_client_id_already_is_none_of_those(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    neighbours: Neighbours,
    provider: AiohttpClientMocker,
) -> None:
    """Its accounts are not told of, and it keeps its day."""
    for domain, client_id in ((SHOP, "abc"), ("bakery", "abc"), ("dairy", "new")):
        if domain != SHOP:
            neighbours.add(domain, server())
        await wire.create(client_id, domain=domain)
    add_account(hass, "dairy_new", domain="dairy", title="Dora")
    answers(provider, "invalid_grant")
    await dialog.open_credential()
    await dialog.submit(client_id="new", secret_ends="2027-01-15", also=True)
    assert dialog.step == "abort: saved"
    assert "Dora" not in dialog.told["outcome"]
    assert set(hass.data[DATA].state.secret_ends) == {"shop_abc", "bakery_abc"}


async def test_of_those_that_get_the_client_id_too_one_may_be_unable_to_link_again(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    bakery: str,
    provider: AiohttpClientMocker,
) -> None:
    """It is named, and not the one whose row was opened."""
    add_integration(hass)
    await wire.create()
    await wire.create(domain=bakery)
    add_account(hass, "shop_abc", title="Anna")
    add_account(hass, "bakery_abc", domain=bakery, title="Ben")
    answers(provider, "invalid_grant")
    with link_flow():
        await async_setup_component(hass, SHOP, {})
        await dialog.open_credential()
        await dialog.submit(client_id="new", also=True)
    asked, _, stopped = dialog.told["outcome"].partition("- [Anna]")
    assert asked.startswith("These accounts now ask to be linked again")
    assert "bakery cannot link an account again" in stopped
    assert "- [Ben]" in stopped


async def test_the_client_id_that_others_get_too_is_not_stored_twice_for_one_of_them(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    bakery: str,
) -> None:
    """The form says which credential has it."""
    await wire.create()
    await wire.create(domain=bakery)
    await wire.create("new", domain=bakery, name="Oven")
    await dialog.open_credential()
    await dialog.submit(client_id="new", also=True)
    assert dialog.errors == {"client_id": "client_exists"}
    assert dialog.told["existing"] == "Oven"
    assert dialog.told["domain"] == "bakery"


async def test_a_row_says_that_its_credential_cannot_be_read(
    hass: HomeAssistant,
    start: Callable[[], Awaitable[Wire]],
    hass_storage: Disk,
) -> None:
    """And not that it was deleted."""
    hass_storage[DOMAIN] = in_file(record()) | {"version": 2}
    entry = entry_with_row(hass)
    await start()
    await hass.async_block_till_done()
    dialog = Dialog(hass)
    await dialog.open_row(next(iter(entry.subentries)))
    assert dialog.step == "abort: storage_read_only"


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


async def test_after_an_error_only_what_was_typed_stands_in_the_form(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """Beside it is what is stored by then, which nobody means to change back."""
    record = await wire.create(name="Kitchen")
    answers(provider, "invalid_grant")
    await dialog.open_credential()
    await change_behind(hass, name="Cellar")
    await dialog.submit(client_secret="mine\N{EURO SIGN}")
    assert dialog.errors == {"client_secret": "invalid_character"}
    assert dialog.suggested == {
        "next": "save",
        "name": "Cellar",
        "client_id": "abc",
        "client_secret": "mine\N{EURO SIGN}",
    }
    await dialog.submit(client_secret="mine")
    assert dialog.step == "abort: saved"
    assert stored(hass) == [record | {"name": "Cellar", "client_secret": "mine"}]


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
