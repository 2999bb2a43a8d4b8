"""Accounts are moved, and asked to be linked again."""

from typing import Any, override

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from tests.common import (
    AUTHORIZE_URL,
    TOKEN_URL,
    Wire,
    add_account,
    add_hook,
    add_integration,
    client,
    link_flow,
    reauthentications,
)

from .common import Dialog, delete_behind, links


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
