"""What integrations written for the original call, hand over and catch."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.collection import CollectionChange, ItemNotFound
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    async_get_config_entry_implementation,
    async_get_implementations,
)
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    SHOP,
    TOKEN_URL,
    Disk,
    Wire,
    add_account,
    add_hook,
    add_integration,
    client,
    get_authorization_server,
    link_flow,
    stored,
)

pytestmark = pytest.mark.original


def test_these_tests_run_against_what_they_say(
    hass: HomeAssistant, wire: Wire, pytestconfig: pytest.Config
) -> None:
    """Against the original with --original, and else against ours."""
    original = type(hass.data[DOMAIN]).__module__.startswith("homeassistant.")
    assert original == pytestconfig.getoption("--original")


# When a hook is called, and for how long it is waited for.


async def bring_client(hass: HomeAssistant) -> AuthorizationServer:
    """Be a hook that imports its client before it names the endpoints."""
    await async_import_client_credential(hass, SHOP, ClientCredential("brought", "s"))
    return AuthorizationServer(AUTHORIZE_URL, TOKEN_URL)


async def test_a_hook_that_imports_its_client_has_it_on_the_second_call(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It is called without credentials, too."""
    add_hook(hass, async_get_authorization_server=bring_client)
    assert await async_get_implementations(hass, SHOP) == {}
    implementation: Any = (await async_get_implementations(hass, SHOP))[SHOP]
    assert implementation.client_id == "brought"
    assert len(await wire.get("list")) == 1


@pytest.mark.usefixtures("current_request_with_host")
async def test_a_flow_has_the_client_that_the_hook_has_brought(
    hass: HomeAssistant, wire: Wire
) -> None:
    """A person who tries again gets to the provider."""
    add_integration(hass, async_get_authorization_server=bring_client)
    with link_flow():
        for expected in (FlowResultType.ABORT, FlowResultType.EXTERNAL_STEP):
            flow: Any = await hass.config_entries.flow.async_init(
                SHOP, context={"source": SOURCE_USER}
            )
            assert flow["type"] is expected


async def test_a_hook_with_an_implementation_is_not_called_without_credentials(
    hass: HomeAssistant, wire: Wire
) -> None:
    """There is nothing that it could be handed."""
    called: list[Any] = []

    async def own(hass: HomeAssistant, *handed: Any) -> None:
        called.append(handed)

    add_hook(
        hass,
        async_get_auth_implementation=own,
        async_get_authorization_server=bring_client,
    )
    assert await async_get_implementations(hass, SHOP) == {}
    assert called == []


@pytest.mark.parametrize("seconds", [6, 30, 600])
@pytest.mark.parametrize("function", ["server", "implementation"])
async def test_a_hook_that_takes_its_time_gives_its_implementation(
    hass: HomeAssistant, wire: Wire, function: str, seconds: int
) -> None:
    """Its provider may be slow; who sets up an account waits for it."""
    await wire.create()
    answered = asyncio.Event()

    async def slow_server(hass: HomeAssistant) -> AuthorizationServer:
        await answered.wait()
        return AuthorizationServer(AUTHORIZE_URL, TOKEN_URL)

    async def slow_implementation(
        hass: HomeAssistant, auth_domain: str, credential: ClientCredential
    ) -> AuthImplementation:
        return AuthImplementation(
            hass, auth_domain, credential, await slow_server(hass)
        )

    if function == "server":
        add_hook(hass, async_get_authorization_server=slow_server)
    else:
        add_hook(hass, async_get_auth_implementation=slow_implementation)
    asking = hass.async_create_background_task(
        async_get_implementations(hass, SHOP), "asking"
    )
    for passed in range(0, seconds, 5):
        async_fire_time_changed(
            hass, dt_util.utcnow() + timedelta(seconds=passed), fire_all=True
        )
        await asyncio.sleep(0)
    assert not asking.done()
    answered.set()
    assert list(await asking) == ["shop_abc"]


# What hooks receive, and what flows get.


async def test_a_hook_receives_the_originals_credential(
    hass: HomeAssistant, wire: Wire
) -> None:
    """By class and by value."""
    handed: list[Any] = []

    async def own(
        hass: HomeAssistant, auth_domain: str, credential: ClientCredential
    ) -> AuthImplementation:
        handed.append(credential)
        return AuthImplementation(
            hass, auth_domain, credential, await get_authorization_server(hass)
        )

    add_hook(hass, async_get_auth_implementation=own)
    await wire.create("abc", name="Kitchen")
    await async_get_implementations(hass, SHOP)
    assert handed == [ClientCredential("abc", "the-secret", "Kitchen")]
    assert type(handed[0]) is ClientCredential


async def test_the_default_implementation_is_the_originals(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Integrations tell by its class that a person has brought the client."""
    await wire.create()
    [implementation] = (await async_get_implementations(hass, SHOP)).values()
    assert isinstance(implementation, AuthImplementation)
    assert isinstance(implementation, LocalOAuth2Implementation)


async def test_what_behaves_like_an_authorization_server_is_one(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It has two URLs."""

    class Server:
        authorize_url = AUTHORIZE_URL
        token_url = TOKEN_URL

    async def server(hass: HomeAssistant) -> Any:
        return Server()

    add_hook(hass, async_get_authorization_server=server)
    await wire.create()
    implementation: Any = (await async_get_implementations(hass, SHOP))["shop_abc"]
    assert implementation.token_url == TOKEN_URL


async def test_an_unknown_integration_has_no_implementations(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Nor has one without a hook."""
    assert await async_get_implementations(hass, "nowhere") == {}
    assert await async_get_implementations(hass, "sun") == {}


# What integrations catch.


async def test_an_import_for_an_unknown_integration_is_a_value_error(
    hass: HomeAssistant, wire: Wire
) -> None:
    """There is no hook that it could be handed to."""
    with pytest.raises(
        ValueError, match="No application_credentials platform for nowhere"
    ):
        await async_import_client_credential(
            hass, "nowhere", ClientCredential("abc", "s")
        )


async def test_a_credential_of_an_integration_without_a_hook_is_a_value_error(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Whoever creates it."""
    with pytest.raises(
        ValueError, match="No application_credentials platform for nowhere"
    ):
        await hass.data[DOMAIN].async_create_item(client(domain="nowhere"))


async def nothing(hass: HomeAssistant) -> dict[str, str]:
    """Be a hook without one of the functions that are needed."""
    return {}


async def test_an_incomplete_hook_is_a_value_error(
    hass: HomeAssistant, wire: Wire
) -> None:
    """For who creates a credential, and for who asks for implementations."""
    add_hook(hass, async_get_description_placeholders=nothing)
    with pytest.raises(ValueError, match=SHOP):
        await hass.data[DOMAIN].async_create_item(client())
    with pytest.raises(ValueError, match=SHOP):
        await async_get_implementations(hass, SHOP)
    with pytest.raises(ValueError, match=SHOP):
        await async_get_config_entry_implementation(hass, add_account(hass, "shop_abc"))


@pytest.mark.parametrize("function", ["server", "implementation"])
@pytest.mark.parametrize("error", [ValueError, UnicodeError])
async def test_the_value_error_of_a_hook_is_one(
    hass: HomeAssistant, wire: Wire, function: str, error: type[ValueError]
) -> None:
    """Its own integration catches it around Home Assistant's helper."""
    await wire.create()

    async def fail(hass: HomeAssistant, *_: Any) -> None:
        raise error

    if function == "server":
        add_hook(hass, async_get_authorization_server=fail)
    else:
        add_hook(hass, async_get_auth_implementation=fail)
    with pytest.raises(ValueError):
        await async_get_config_entry_implementation(hass, add_account(hass, "shop_abc"))


async def test_an_account_whose_credential_is_gone_is_a_value_error(
    hass: HomeAssistant, wire: Wire
) -> None:
    """As integrations have caught it for years."""
    with pytest.raises(ValueError):
        await async_get_config_entry_implementation(hass, add_account(hass, "shop_abc"))


async def test_what_a_hook_says_in_home_assistants_words_passes(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Its flow shows it."""
    await wire.create()

    async def refuse(hass: HomeAssistant) -> None:
        raise HomeAssistantError("Subscribe first")

    add_hook(hass, async_get_authorization_server=refuse)
    with pytest.raises(HomeAssistantError, match="Subscribe first"):
        await async_get_implementations(hass, SHOP)


async def test_a_credential_that_is_not_there_is_the_error_of_home_assistants_collections(
    hass: HomeAssistant, wire: Wire
) -> None:
    """For who deletes it from Python."""
    with pytest.raises(ItemNotFound) as raised:
        await hass.data[DOMAIN].async_delete_item("shop_abc")
    assert raised.value.item_id == "shop_abc"


# What is imported.


CHANGES: dict[str, dict[str, str]] = {
    "nothing": {},
    "secret": {"client_secret": "better"},
    "name": {"name": "Kitchen"},
    "client ID": {"client_id": "better"},
    "everything": {"client_id": "better", "client_secret": "better", "name": "Kitchen"},
}


def imported(item_id: str, **fields: str) -> dict[str, str]:
    """Return an imported record as it stands in the file."""
    return {
        "id": item_id,
        "domain": SHOP,
        "client_id": "abc",
        "client_secret": "the-secret",
        "auth_domain": SHOP,
        "name": "Import from configuration.yaml",
    } | fields


async def start_with(
    hass: HomeAssistant, hass_storage: Disk, records: list[dict[str, str]]
) -> None:
    """Set the component up with these records in its file."""
    hass_storage[DOMAIN] = stored(*records)
    add_hook(hass)
    assert await async_setup_component(hass, DOMAIN, {})


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES.keys())
async def test_an_import_is_made_once_whatever_was_changed_in_its_record(
    hass: HomeAssistant,
    hass_storage: Disk,
    changed: dict[str, str],
) -> None:
    """At every start the integration imports what it has imported before."""
    records = [imported("shop_abc", **changed)]
    await start_with(hass, hass_storage, records)
    await async_import_client_credential(hass, SHOP, ClientCredential("abc", "s"))
    assert hass.data[DOMAIN].async_items() == records


@pytest.mark.parametrize("changed", CHANGES.values(), ids=CHANGES.keys())
async def test_an_import_whose_id_has_a_suffix_is_made_once(
    hass: HomeAssistant, hass_storage: Disk, changed: dict[str, str]
) -> None:
    """The slug of its client ID was another's."""
    records = [
        imported("shop_abc_1", client_id="abc-1", auth_domain="pantry"),
        imported("shop_abc_1_2", **{"client_id": "abc_1"} | changed),
    ]
    await start_with(hass, hass_storage, records)
    await async_import_client_credential(hass, SHOP, ClientCredential("abc_1", "s"))
    assert hass.data[DOMAIN].async_items() == records


# What other code asks of the collection.


async def test_the_collection_answers_what_others_ask_of_the_original(
    hass: HomeAssistant, wire: Wire
) -> None:
    """They find it under the original's name."""
    record = await wire.create("abc", name="Kitchen")
    credentials = hass.data[DOMAIN]
    assert credentials.async_items() == [record]
    assert credentials.data == {"shop_abc": record}
    assert credentials.id_manager.has_id("shop_abc")
    assert not credentials.id_manager.has_id("shop_def")
    assert credentials.hass is hass
    expected = {"shop_abc": ClientCredential("abc", "the-secret", "Kitchen")}
    assert credentials.async_client_credentials(SHOP) == expected
    assert credentials.async_client_credentials("nowhere") == {}
    # An integration asks it outside of the event loop.
    assert expected == await hass.async_add_executor_job(
        credentials.async_client_credentials, SHOP
    )


async def test_an_integration_may_replace_its_client(
    hass: HomeAssistant, wire: Wire
) -> None:
    """One looks its client up in the records, deletes it and creates it anew."""
    await wire.create("abc")
    credentials = hass.data[DOMAIN]
    for item_id, record in credentials.data.items():
        if (record.get("domain"), record.get("client_id")) == (SHOP, "abc"):
            await credentials.async_delete_item(item_id)
            break
    created = await credentials.async_create_item(
        client("abc", client_secret="new", auth_domain="shop.abc", name="New")
    )
    assert created == {
        "id": "shop_abc",
        "domain": SHOP,
        "client_id": "abc",
        "client_secret": "new",
        "auth_domain": "shop.abc",
        "name": "New",
    }
    assert await wire.get("list") == [created]


async def test_the_collection_tells_its_listeners(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Of each change by itself, and of all at once, until they listen no longer."""
    told: list[Any] = []

    async def listen(change_type: str, item_id: str, item: Any) -> None:
        told.append((change_type, item_id, item["client_id"]))

    async def listen_to_all(changes: Iterable[CollectionChange]) -> None:
        told.extend(
            (change.change_type, change.item_id, change.item["client_id"])
            for change in changes
        )

    credentials = hass.data[DOMAIN]
    stop = credentials.async_add_listener(listen)
    stop_all = credentials.async_add_change_set_listener(listen_to_all)
    await wire.create("abc")
    await wire.get("delete", application_credentials_id="shop_abc")
    assert (
        told
        == [("added", "shop_abc", "abc")] * 2 + [("removed", "shop_abc", "abc")] * 2
    )
    stop()
    stop_all()
    await wire.create("def")
    assert len(told) == 4
