"""An account that was linked is told from one whose token was refreshed."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.application_credentials.accounts.linked import (
    async_listen_linked,
)
from homeassistant.core import HomeAssistant
from tests.common import SHOP, Wire, add_account, add_integration, link_again, link_flow

NEW = {"access_token": "new", "refresh_token": "new"}


@pytest.fixture
async def linked(hass: HomeAssistant, wire: Wire) -> list[str]:
    """Return a list of the credentials that accounts are linked with from now on."""
    add_integration(hass)
    await wire.create()
    linked: list[str] = []
    async_listen_linked(hass, lambda record: linked.append(record["id"]))
    return linked


def update_token(hass: HomeAssistant, account: MockConfigEntry) -> None:
    """Give an account another token."""
    hass.config_entries.async_update_entry(account, data={**account.data, "token": NEW})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"auth_implementation": "shop_abc", "token": NEW}, ["shop_abc"]),
        ({"auth_implementation": "cloud", "token": NEW}, []),
        ({"auth_implementation": "shop_abc"}, []),
    ],
)
async def test_a_new_account_was_linked(
    hass: HomeAssistant, linked: list[str], data: dict[str, Any], expected: list[str]
) -> None:
    """If it has a token, and one of our credentials."""
    entry = MockConfigEntry(domain=SHOP, data=data)
    await hass.config_entries.async_add(entry)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert linked == expected


async def test_an_account_that_is_linked_again_was_linked(
    hass: HomeAssistant, linked: list[str]
) -> None:
    """Once, and not when it only gets another name."""
    account = add_account(hass, "shop_abc")
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
        hass.config_entries.async_update_entry(account, title="Anna")
        await hass.async_block_till_done()
        assert linked == []
        await link_again(hass, account)
        update_token(hass, account)
        await hass.async_block_till_done()
    assert linked == ["shop_abc"]


async def test_a_token_that_is_refreshed_links_nothing(
    hass: HomeAssistant, linked: list[str]
) -> None:
    """Nor one after a request to link again has gone."""
    account = add_account(hass, "shop_abc")
    update_token(hass, account)
    await hass.async_block_till_done()
    with link_flow():
        account.async_start_reauth(hass)
        await hass.async_block_till_done()
        (flow,) = hass.config_entries.flow.async_progress()
        hass.config_entries.flow.async_abort(flow["flow_id"])
        hass.config_entries.async_update_entry(
            account, data={**account.data, "token": {"access_token": "newer"}}
        )
        await hass.async_block_till_done()
    assert linked == []


async def test_a_flow_of_no_account_is_nothing(
    hass: HomeAssistant, linked: list[str]
) -> None:
    """Somebody adds an account."""
    with link_flow():
        await hass.config_entries.flow.async_init(SHOP, context={"source": "user"})
        await hass.async_block_till_done()
    assert linked == []


async def test_who_stops_listening_hears_no_more(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Where the set-up has failed."""
    add_integration(hass)
    await wire.create()
    linked: list[str] = []
    async_listen_linked(hass, lambda record: linked.append(record["id"]))()
    await hass.config_entries.async_add(
        MockConfigEntry(
            domain=SHOP, data={"auth_implementation": "shop_abc", "token": NEW}
        )
    )
    assert linked == []
