"""Repair issues come when something is found to be broken, and go when it is mended."""

import asyncio
from collections.abc import Awaitable, Callable
import json
import logging
from typing import Any, override
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.data import DATA
from custom_components.application_credentials.issues import readable_part
from custom_components.application_credentials.models import Finding, Verdict
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import EVENT_HOMEASSISTANT_STARTED
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.config_entry_oauth2_flow import (
    LocalOAuth2Implementation,
    async_register_implementation,
)
from homeassistant.loader import async_get_integrations
from homeassistant.setup import async_setup_component

from .common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    SHOP,
    TOKEN_URL,
    Disk,
    Neighbours,
    Wire,
    add_account,
    answer_token_requests,
    issue_id,
    own_entry,
    record,
    stored,
)

MISMATCH = "https://provider.test/error?error=redirect_uri_mismatch"


def issues(hass: HomeAssistant) -> dict[str, Any]:
    """Return our issues, by id."""
    return {
        issue_id: issue
        for (domain, issue_id), issue in ir.async_get(hass).issues.items()
        if domain == DOMAIN
    }


def said_in(hass: HomeAssistant) -> str:
    """Return all that our issues hold."""
    return json.dumps(
        [
            [issue.issue_id, issue.data, issue.translation_placeholders]
            for issue in issues(hass).values()
        ]
    )


@pytest.fixture
async def check(
    hass: HomeAssistant, browser: Wire, provider: AiohttpClientMocker
) -> Callable[..., Awaitable[None]]:
    """Return a function that checks shop_abc with a given answer of the provider."""

    async def check(
        error: str = "server_error",
        *,
        location: str | None = None,
        said: str | None = None,
        item_id: str = "shop_abc",
    ) -> None:
        provider.clear_requests()
        answer_token_requests(provider, error, said)
        if location:
            provider.get(AUTHORIZE_URL, status=302, headers={"Location": location})
        await browser.get("check", application_credentials_id=item_id)
        await hass.async_block_till_done()

    return check


# What a check finds.


@pytest.fixture
def running(hass: HomeAssistant) -> None:
    """Have the shop be set up: what it may register itself would be there."""
    hass.config.components.add(SHOP)


async def test_a_rejected_client_is_an_issue(
    hass: HomeAssistant, wire: Wire, check: Callable[..., Awaitable[None]]
) -> None:
    """Of which integration; whoever may list issues may not know all that an administrator may."""
    await wire.create(name="Kitchen")
    add_account(hass, "shop_abc", title="anna")
    add_account(hass, "shop_abc", title="ben")
    await check("invalid_client", said="No client with the-secret")
    (issue,) = issues(hass).values()
    assert issue.issue_id == issue_id("client_rejected")
    assert issue.translation_key == "client_rejected"
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.is_fixable
    assert issue.translation_placeholders == {"name": "Kitchen (shop)"}
    for untold in ("the-secret", "abc", "anna", "ben", "No client"):
        assert untold not in said_in(hass)


async def test_with_our_entry_go_the_issues_about_what_was_known(
    hass: HomeAssistant, wire: Wire, check: Callable[..., Awaitable[None]]
) -> None:
    """What the provider said is forgotten with it."""
    await wire.create()
    await check("invalid_client")
    assert issues(hass)
    await hass.config_entries.async_remove(own_entry(hass).entry_id)
    await hass.async_block_till_done()
    assert issues(hass) == {}


async def test_an_unknown_redirect_uri_is_an_issue(
    hass: HomeAssistant, wire: Wire, check: Callable[..., Awaitable[None]]
) -> None:
    """The URI to register is told by its fix; whether the client is known is another matter."""
    await wire.create()
    await check("invalid_grant", location=MISMATCH)
    (issue,) = issues(hass).values()
    assert issue.issue_id == issue_id("redirect_uri_rejected")
    assert issue.translation_placeholders == {"name": "shop"}
    assert "abc" not in said_in(hass)


async def test_an_issue_links_to_the_integration(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    neighbours: Neighbours,
) -> None:
    """By its documentation, where it has one."""
    folder = neighbours.add(
        "documented",
        "from homeassistant.components.application_credentials"
        " import AuthorizationServer\n"
        "async def async_get_authorization_server(hass):\n"
        f"    return AuthorizationServer({AUTHORIZE_URL!r}, {TOKEN_URL!r})\n",
    )
    manifest = folder / "manifest.json"
    manifest.write_text(
        json.dumps(
            json.loads(manifest.read_text())
            | {"name": "Documented", "documentation": "https://docs.test"}
        )
    )
    provider.post(TOKEN_URL, status=401, json={"error": "invalid_client"})
    await wire.create(domain="documented")
    await wire.get("check", application_credentials_id="documented_abc")
    (issue,) = issues(hass).values()
    assert issue.learn_more_url == "https://docs.test"
    assert issue.translation_placeholders["name"] == "Documented"


async def test_nothing_is_said_of_the_redirect_uri_of_a_rejected_client(
    hass: HomeAssistant, wire: Wire, check: Callable[..., Awaitable[None]]
) -> None:
    """What was wrong with it waits until the client is right."""
    await wire.create()
    await check("invalid_grant", location=MISMATCH)
    await check("invalid_client", location=MISMATCH)
    assert set(issues(hass)) == {issue_id("client_rejected")}


async def test_a_check_without_a_browser_raises_no_issue_about_the_redirect_uri(
    hass: HomeAssistant, wire: Wire, check: Callable[..., Awaitable[None]]
) -> None:
    """Nobody knows which one a browser would be sent to."""
    await wire.create()
    await check("server_error")
    answer = await wire.get("check", application_credentials_id="shop_abc")
    assert answer["redirect_uri"] == "unknown"
    await hass.async_block_till_done()
    assert issues(hass) == {}


@pytest.mark.parametrize("again", [False, True], ids=["deleted", "replaced"])
async def test_a_credential_that_goes_while_its_finding_is_on_the_way_has_no_issue(
    hass: HomeAssistant, wire: Wire, again: bool
) -> None:
    """Nor has another one with the same id."""
    asked = await wire.create()
    go_on = asyncio.Event()

    async def look_for_integrations(*arguments: Any) -> Any:
        await go_on.wait()
        return await async_get_integrations(*arguments)

    with patch(
        f"custom_components.{DOMAIN}.issues.async_get_integrations",
        look_for_integrations,
    ):
        hass.data[DATA].findings.async_adopt(
            "shop_abc", asked, Finding(client=Verdict.REJECTED)
        )
        await wire.get("delete", application_credentials_id="shop_abc")
        if again:
            await wire.create(client_secret="another")
        go_on.set()
        await hass.async_block_till_done()
    assert issues(hass) == {}


async def test_an_issue_of_an_integration_that_is_gone_has_its_domain(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """What was found out about its credential still stands."""
    hass_storage[DOMAIN] = stored(record(id="gone_abc", domain="gone"))
    await start()
    hass.data[DATA].findings.async_adopt(
        "gone_abc",
        hass.data[DATA_COLLECTION].record("gone_abc"),
        Finding(client=Verdict.REJECTED),
    )
    await hass.async_block_till_done()
    (issue,) = issues(hass).values()
    assert issue.translation_placeholders["name"] == "gone"
    assert issue.learn_more_url is None


async def test_an_issue_goes_when_the_provider_accepts(
    hass: HomeAssistant, wire: Wire, check: Callable[..., Awaitable[None]]
) -> None:
    """No answer takes none back."""
    await wire.create()
    await check("invalid_client")
    assert set(issues(hass)) == {issue_id("client_rejected")}
    await check("server_error")
    assert set(issues(hass)) == {issue_id("client_rejected")}
    await check("invalid_grant", location=MISMATCH)
    assert set(issues(hass)) == {issue_id("redirect_uri_rejected")}
    await check("server_error")
    assert set(issues(hass)) == {issue_id("redirect_uri_rejected")}
    await check("invalid_grant", location=REDIRECT_URI)
    assert issues(hass) == {}


@pytest.mark.parametrize("command", ["update", "delete"])
async def test_an_issue_goes_with_the_client_that_it_is_about(
    hass: HomeAssistant,
    wire: Wire,
    check: Callable[..., Awaitable[None]],
    command: str,
) -> None:
    """Whether the new one is better is not known yet; other credentials keep theirs."""
    await wire.create()
    await wire.create("other")
    await check("invalid_client", location=MISMATCH)
    await check("invalid_client", item_id="shop_other")
    new = {"client_secret": "new"} if command == "update" else {}
    await wire.get(command, application_credentials_id="shop_abc", **new)
    await hass.async_block_till_done()
    assert set(issues(hass)) == {issue_id("client_rejected", "shop_other")}


# Accounts whose credential is gone.


@pytest.mark.usefixtures("running")
async def test_an_account_without_its_credential_is_an_issue(
    hass: HomeAssistant, wire: Wire
) -> None:
    """As soon as it is there."""
    account = add_account(hass, "shop_gone")
    hass.config_entries.async_update_entry(account, title="Anna")
    await hass.async_block_till_done()
    (issue,) = issues(hass).values()
    assert issue.issue_id == f"credential_missing_{account.entry_id}"
    assert issue.severity is ir.IssueSeverity.ERROR
    assert issue.is_fixable
    assert issue.translation_placeholders == {"account": "Anna", "integration": "shop"}


async def test_nobody_is_named_where_the_original_serves(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The set-up has failed while a name was looked for."""
    add_account(
        hass,
        "google_mail_gone",
        domain="google_mail",
        disabled_by=ConfigEntryDisabler.USER,
    )
    found = asyncio.Event()

    async def look_for_names(*_: Any) -> None:
        await found.wait()

    package = f"custom_components.{DOMAIN}"
    with (
        patch(f"{package}.websocket_api.async_setup", side_effect=LookupError),
        patch(f"{package}.issues.async_get_integrations", look_for_names),
    ):
        await async_setup_component(hass, DOMAIN, {})
    caplog.clear()
    found.set()
    await hass.async_block_till_done()
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


@pytest.mark.usefixtures("running")
async def test_it_goes_when_the_credential_is_there_again(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Or the account is gone; the others keep theirs."""
    accounts = [add_account(hass, f"shop_{name}") for name in ("abc", "b", "c")]
    await wire.create("unrelated")
    await hass.async_block_till_done()
    assert len(issues(hass)) == 3
    await wire.create("abc")
    await hass.async_block_till_done()
    assert f"credential_missing_{accounts[0].entry_id}" not in issues(hass)
    await hass.config_entries.async_remove(accounts[1].entry_id)
    await hass.async_block_till_done()
    assert set(issues(hass)) == {f"credential_missing_{accounts[2].entry_id}"}


@pytest.mark.usefixtures("running")
async def test_an_issue_that_was_ignored_stays_so(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Whatever happens to other accounts and credentials."""
    account = add_account(hass, "shop_gone")
    hass.config_entries.async_update_entry(account, title="Anna")
    await hass.async_block_till_done()
    issue_id = f"credential_missing_{account.entry_id}"
    ir.async_get(hass).async_ignore(DOMAIN, issue_id, True)
    await wire.create("unrelated")
    assert issues(hass)[issue_id].dismissed_version


async def test_one_that_was_ignored_stays_so_if_its_integration_is_late_at_the_next_start(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """Until then nobody can tell whether the integration serves the account itself."""
    account = add_account(hass, "shop_gone")
    ignored = {
        "domain": DOMAIN,
        "issue_id": f"credential_missing_{account.entry_id}",
        "dismissed_version": "2026.10.0",
        "created": "2026-11-24T12:00:00+00:00",
        "is_persistent": False,
    }
    hass_storage["repairs.issue_registry"] = {
        "version": 1,
        "minor_version": 2,
        "key": "repairs.issue_registry",
        "data": {"issues": [ignored]},
    }
    ir.async_get(hass).issues.clear()
    await ir.async_get(hass).async_load()
    wire = await start()
    await hass.async_block_till_done()
    hass.config.components.add(SHOP)
    await wire.create("unrelated")
    await hass.async_block_till_done()
    (issue,) = issues(hass).values()
    assert issue.active
    assert issue.dismissed_version


@pytest.mark.parametrize(
    "auth_implementation", ["cloud", "shop_own", "shop_abc", "other_gone", 7]
)
async def test_accounts_that_others_serve_are_left_alone(
    hass: HomeAssistant, wire: Wire, auth_implementation: Any
) -> None:
    """Home Assistant Cloud, the integration itself, or a name that is not ours."""

    class Own(LocalOAuth2Implementation):
        @property
        @override
        def domain(self) -> str:
            return "shop_own"

    async_register_implementation(
        hass, SHOP, Own(hass, SHOP, "abc", "s", AUTHORIZE_URL, TOKEN_URL)
    )
    await wire.create()
    account = add_account(hass, auth_implementation)
    hass.config_entries.async_update_entry(account, title="Anna")
    await hass.async_block_till_done()
    assert issues(hass) == {}


@pytest.mark.usefixtures("running")
async def test_nothing_is_missed_before_home_assistant_has_started(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]]
) -> None:
    """Until then, integrations import their credentials and register their own."""
    hass.set_state(CoreState.starting)
    wire = await start()
    account = add_account(hass, "shop_gone")
    hass.config_entries.async_update_entry(account, title="Anna")
    await hass.async_block_till_done()
    await wire.create()
    assert issues(hass) == {}
    hass.set_state(CoreState.running)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STARTED)
    await hass.async_block_till_done()
    assert set(issues(hass)) == {f"credential_missing_{account.entry_id}"}


# Records that cannot be read.


async def test_each_damaged_record_is_an_issue(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """What can be told of it is told by its fix."""
    hass_storage[DOMAIN] = stored(
        record(),
        record("b", name="Bath", client_secret=None),
        {"client_secret": "s3cr3t"},
        "s3cr3t",
    )
    await start()
    found = issues(hass)
    assert len(found) == 3
    assert all(issue.severity is ir.IssueSeverity.WARNING for issue in found.values())
    assert all(issue.is_fixable for issue in found.values())
    assert all(issue.translation_placeholders is None for issue in found.values())
    for untold in ("s3cr3t", "shop_b", "Bath"):
        assert untold not in said_in(hass)


async def test_of_two_equal_damaged_records_the_second_is_an_issue_after_the_first(
    hass: HomeAssistant, hass_storage: Disk, start: Callable[[], Awaitable[Wire]]
) -> None:
    """They are one issue, and Home Assistant takes that away with its fix."""
    hass_storage[DOMAIN] = stored("damaged", "damaged")
    await start()
    [issue] = issues(hass).values()
    await hass.data[DATA_COLLECTION].async_delete_unreadable("damaged")
    ir.async_delete_issue(hass, DOMAIN, issue.issue_id)
    await hass.async_block_till_done()
    assert list(issues(hass)) == [issue.issue_id]


@pytest.mark.usefixtures("running")
async def test_a_file_that_cannot_be_read_is_the_only_issue(
    hass: HomeAssistant, start: Callable[[], Awaitable[Wire]], hass_storage: Disk
) -> None:
    """It has no repair, and no account is told that its credential is missing."""
    add_account(hass, "shop_abc")
    hass_storage[DOMAIN] = stored(record()) | {"version": 2}
    await start()
    await hass.async_block_till_done()
    (issue,) = issues(hass).values()
    assert issue.translation_key == "file_unreadable"
    assert issue.severity is ir.IssueSeverity.ERROR
    assert not issue.is_fixable


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ([], "list"),
        (None, "NoneType"),
        ({}, "–"),
        ({"id": 7, "domain": "shop", "name": ""}, "domain: shop"),
        ({"client_id": "c" * 200}, "client_id: " + "c" * 100),
        ({"client_secret": "s", "secret": "t", "auth_domain": "u"}, "–"),
    ],
)
def test_what_can_be_told_of_a_record_is_short_and_known(
    record: Any, told: str
) -> None:
    """No field that could hold a secret by mistake."""
    assert readable_part(record) == told
