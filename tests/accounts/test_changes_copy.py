"""The same client for several integrations of one provider."""

import asyncio
from collections.abc import Awaitable, Callable
import sys
from typing import Any

import pytest

from custom_components.application_credentials.accounts.changes import (
    async_copy_candidates,
    async_same_client,
)
from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS
from tests.common import (
    DOMAIN,
    SHOP,
    Disk,
    Neighbours,
    Wire,
    add_account,
    add_hook,
    add_integration,
    broken,
    import_client,
    link_flow,
    own_implementation,
    record,
    server,
    settle,
    stored,
)


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


async def test_a_copy_that_was_missing_reloads_its_accounts(
    hass: HomeAssistant, wire: Wire
) -> None:
    """They failed without it."""
    setups = add_integration(
        hass, "photos", async_get_authorization_server=same_provider
    )
    await wire.create("abc")
    account = add_account(hass, "photos_abc", domain="photos")
    with link_flow("photos"):
        await copy(wire, "photos")
        await hass.async_block_till_done()
    assert setups.count == {account.entry_id: 1}


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
    hass: HomeAssistant, wire: Wire, shop_credential: dict[str, Any], checks: list[str]
) -> None:
    """With its secret and its name; the provider is asked about each."""
    await settle(hass)
    checks.clear()
    created = await copy(wire, "photos", "mail")
    assert created == [
        {**shop_credential, "id": f"{domain}_abc", "domain": domain}
        for domain in ("photos", "mail")
    ]
    assert await wire.get("list") == [shop_credential, *created]
    await settle(hass)
    assert checks == ["abc", "abc"]


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


async def cancel_the_task(hass: HomeAssistant) -> None:
    """Be a hook that cancels the task that asks it."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


@pytest.mark.parametrize(
    "hook",
    [
        {"async_get_auth_implementation": own_implementation},
        {"async_get_auth_implementation": broken},
        {"async_get_authorization_server": broken},
        {"async_get_authorization_server": cancel_the_task},
    ],
)
async def test_a_client_is_not_copied_for_a_provider_that_cannot_be_told(
    hass: HomeAssistant, wire: Wire, shop_credential: dict[str, Any], hook: Any
) -> None:
    """To whom would the secret be sent?"""
    add_hook(hass, "riddle", **hook)
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


async def test_a_copy_is_as_durable_as_a_create(
    wire: Wire, shop_credential: dict[str, Any], hass_storage: Disk
) -> None:
    """What was answered is stored."""
    await copy(wire, "photos")
    stored = hass_storage["application_credentials"]["data"]["items"]
    assert [record["id"] for record in stored] == ["shop_abc", "photos_abc"]


# What the dialog offers.

OWN = """
from homeassistant.components.application_credentials import (
    AuthImplementation, AuthorizationServer
)
async def async_get_auth_implementation(hass, auth_domain, credential):
    server = AuthorizationServer("https://a.test", token_url="https://provider.test/t")
    return AuthImplementation(hass, auth_domain, credential, server)
"""


async def candidates(hass: HomeAssistant, record: Any) -> list[str]:
    """Return the integrations that the dialog would offer, without Home Assistant's own."""
    found = await async_copy_candidates(hass, record)
    return [domain for domain in found if domain not in APPLICATION_CREDENTIALS]


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (
            "google_drive",
            {"google", "google_mail", "google_tasks", "nest", "youtube"},
        ),
        ("google", {"google_mail", "google_sheets", "nest"}),
        ("onedrive", {"xbox"}),
        ("spotify", set()),
    ],
)
async def test_a_client_is_offered_to_all_integrations_of_its_provider(
    hass: HomeAssistant, wire: Wire, domain: str, expected: set[str]
) -> None:
    """None is imported for that."""
    before = set(sys.modules)
    record = await wire.create(domain=domain)
    found = set(await async_copy_candidates(hass, record))
    assert found >= expected
    assert bool(found) == bool(expected)
    assert not found & {domain, "fitbit", "miele"}
    imported = {name for name in set(sys.modules) - before if name.count(".") == 2}
    assert not imported & {
        f"homeassistant.components.{each}" for each in APPLICATION_CREDENTIALS
    }


@pytest.mark.parametrize(
    ("hook", "expected"),
    [
        (server(token_url="https://provider.test/v2/token"), True),
        (OWN, True),
        (server(token_url="https://other.test/token"), False),
        (server(token_url="https://["), False),
        ("async def async_get_authorization_server(hass): raise ValueError\n", False),
        ("this is no Python\n", False),
        (None, False),
    ],
    ids=[
        "the same host",
        "an implementation of its own",
        "another provider",
        "no URL",
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
    expected: bool,
) -> None:
    """As far as its hook shows it; it is not imported."""
    record = await wire.create()
    neighbours.add("neighbour", hook)
    assert await candidates(hass, record) == (["neighbour"] if expected else [])
    assert "custom_components.neighbour" not in sys.modules


# Its endpoints show when it runs.
OF_THE_HOME = """
async def async_get_authorization_server(hass):
    return hass.data["test_server"]
"""


@pytest.mark.parametrize(
    ("link", "runs", "expected"),
    [
        ("https://play.google.com/store/apps/details?id=test.shop", False, False),
        ("https://console.cloud.google.com/apis/credentials", False, True),
        ("https://console.cloud.google.com/apis/credentials", True, False),
    ],
    ids=["an app", "a console", "a console, but it says otherwise"],
)
async def test_a_link_makes_a_provider_only_of_its_console(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    link: str,
    runs: bool,
    expected: bool,
) -> None:
    """And only while the integration does not say where its endpoints are."""
    record = await wire.create(domain="google_mail")
    neighbours.add("neighbour", f"LINK = {link!r}\n{OF_THE_HOME}")
    hass.data["test_server"] = await other_provider(hass)
    if runs:
        hass.config.components.add("neighbour")
    assert await candidates(hass, record) == (["neighbour"] if expected else [])


async def test_an_integration_that_has_the_client_is_not_offered(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """There is nothing left to copy."""
    record = await wire.create()
    neighbours.add("neighbour", server())
    await wire.create(domain="neighbour")
    assert await candidates(hass, record) == []


async def test_a_number_in_the_file_is_the_same_client_as_its_text(
    hass: HomeAssistant,
    hass_storage: Disk,
    neighbours: Neighbours,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """It is changed with it, and not offered again."""
    edited: Any = record(client_id=17)
    other = record("other", domain="neighbour", client_id="17")
    hass_storage[DOMAIN] = stored(edited, other)
    await start()
    neighbours.add("neighbour", server())
    assert await async_same_client(hass, edited) == [other]
    assert await candidates(hass, edited) == []


@pytest.mark.parametrize("function", [own_implementation, broken])
async def test_nothing_is_offered_for_a_provider_that_cannot_be_told(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours, function: Any
) -> None:
    """Nobody knows whose it is."""
    add_hook(hass, async_get_auth_implementation=function)
    record = await wire.create()
    neighbours.add("neighbour", server())
    assert await async_copy_candidates(hass, record) == []
