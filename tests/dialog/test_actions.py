"""Accounts are moved and linked again, a client is copied, a credential is deleted."""

from typing import Any, override

from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from tests.common import (
    AUTHORIZE_URL,
    TOKEN_URL,
    Neighbours,
    Wire,
    add_account,
    add_hook,
    client,
    disk_is_full,
    import_client,
    link_flow,
    reauthentications,
    server,
)

from .common import Dialog, answers, delete_behind, links, stored


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
    assert dialog.told["outcome"].endswith(f"select **Reconfigure**:\n\n{links(ben)}")
    assert anna.data["auth_implementation"] == "shop_abc"
    assert ben.data["auth_implementation"] == "shop_other"
    assert reauthentications(hass) == ["ben"]


async def test_an_account_that_is_gone_meanwhile_is_an_error(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """The form is shown again, with the accounts that are left."""
    await dialog.open_at("move")
    await hass.config_entries.async_remove("ben")
    await dialog.submit(accounts=["ben"], target="shop_other")
    assert dialog.step == "move"
    assert dialog.errors == {"base": "config_entry_not_found"}
    assert dialog.options("accounts") == {"anna": "anna"}
    # A tick that cannot be seen could not be taken away.
    assert dialog.suggested == {"accounts": [], "target": "shop_other"}


async def test_a_target_that_is_gone_ends_the_dialog(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """A third credential keeps the form open until then."""
    await hass.data[DATA_COLLECTION].async_create_item(client("third"))
    await dialog.open_at("move")
    await delete_behind(hass, "shop_other")
    await dialog.submit(accounts=["anna"], target="shop_other")
    assert dialog.step == "abort: credential_gone"


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
    add_account(hass, "own")
    await dialog.open_credential("shop_other")
    assert dialog.choices == ["save", "check", "link_again", "delete"]
    await dialog.choose("delete")
    assert dialog.step == "in_use"
    assert dialog.told["way_out"] == (
        "With shop, you cannot choose the credential of an account. Delete the accounts first."
    )
    assert dialog.choices == ["reconfigure"]


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


async def test_a_credential_that_a_later_import_hides_is_no_target(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """An account that names it means the later one."""
    for client_id in ("one", "two"):
        await import_client(hass, client_id, "old")
    await dialog.open_at("move")
    assert set(dialog.options("target")) == {"shop_other", "shop_two"}
    await dialog.open_credential("shop_one")
    assert "take" not in dialog.choices
    await dialog.open_credential("shop_two")
    assert "take" in dialog.choices


async def test_a_move_to_a_rejected_credential_says_so_at_its_end(
    wire: Wire, dialog: Dialog, movable: list[Any], provider: AiohttpClientMocker
) -> None:
    """No account can be linked with it, until it is mended under Repairs."""
    answers(provider, "invalid_client")
    await wire.get("check", application_credentials_id="shop_other")
    await dialog.open_at("move")
    await dialog.submit(accounts=["ben"], target="shop_other")
    outcome = dialog.told["outcome"]
    assert outcome.startswith("The provider rejects this client ID")
    assert outcome.endswith("[Repairs](/config/repairs).")


async def test_accounts_that_are_linked_otherwise_can_be_moved_here(
    hass: HomeAssistant, dialog: Dialog, movable: list[Any]
) -> None:
    """Those of another credential, and those of Home Assistant Cloud."""
    add_account(hass, "cloud", title="cleo", entry_id="cleo")
    await dialog.open_at("take", item_id="shop_other")
    assert dialog.options("accounts") == {
        "anna": "anna",
        "ben": "ben",
        "cleo": "cleo",
    }
    await dialog.submit(accounts=["ben", "cleo"])
    await hass.async_block_till_done()
    assert dialog.step == "abort: moved"
    assert "[ben]" in dialog.told["outcome"]
    assert "[anna]" not in dialog.told["outcome"]
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
    assert dialog.told["outcome"].endswith(
        f"select **Reconfigure**:\n\n{links(movable[1])}"
    )
    assert reauthentications(hass) == ["ben"]


async def test_a_client_is_used_elsewhere_too(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """By those that were picked; the end names them, and says how to go on."""
    await wire.create(name="Kitchen")
    await dialog.open_at("copy")
    await dialog.submit(domains=[bakery])
    assert dialog.step == "abort: copied"
    assert dialog.told["outcome"] == (
        "The same client ID is also stored for bakery.\n\n**Kitchen** (bakery)\n\n"
        "No account uses it yet: [add an account of bakery](/config/integrations/dashboard/add?domain=bakery)."
    )
    assert [record["domain"] for record in stored(hass)] == ["shop", bakery]


async def test_a_client_that_is_there_by_then_is_not_used_elsewhere_again(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, bakery: str
) -> None:
    """Somebody else was quicker; the end says that nothing was changed."""
    await wire.create()
    await dialog.open_at("copy")
    await wire.create(domain=bakery)
    await dialog.submit(domains=[bakery])
    assert dialog.step == "abort: unchanged"
    assert [record["domain"] for record in stored(hass)] == ["shop", bakery]


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
    assert dialog.told["way_out"] == "Move the accounts to another credential first."
    assert dialog.choices == ["move", "reconfigure"]
    await dialog.show_again()
    assert dialog.step == "in_use"
    await dialog.choose("reconfigure")
    await dialog.choose("delete")
    await dialog.choose("move")
    assert dialog.step == "move"
    assert len(stored(hass)) == 2


async def test_no_move_is_offered_that_cannot_be(
    wire: Wire, dialog: Dialog, hass: HomeAssistant
) -> None:
    """A moved account has to be linked again, which not every integration can."""
    await wire.create()
    await wire.create("other")
    add_account(hass, "shop_abc")
    with link_flow(reauthentication=False):
        await dialog.open_at("delete")
    assert dialog.step == "in_use"
    assert dialog.told["way_out"] == (
        "shop cannot link an account again, so the accounts cannot be moved. Delete the"
        " accounts first."
    )
    assert dialog.choices == ["reconfigure"]


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
