"""What is asked of the provider before anything is saved, and what comes of its answer."""

from collections.abc import Awaitable, Callable
import gc
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.accounts.ends import (
    TOLD_BEFORE,
    secret_end,
)
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.util import dt as dt_util
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    TOKEN_URL,
    Disk,
    Neighbours,
    Wire,
    add_account,
    add_integration,
    client,
    finding_of,
    issue_id,
    link_flow,
    reauthentications,
    record,
    stored as in_file,
)

from .common import TYPED, Dialog, answers, delete_behind, stored


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
    # Home Assistant calls the end of a flow that adds something "Success".
    assert dialog.step == ("abort: saved" if step == "rejected" else "created")
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
    assert dialog.step == "abort: saved"
    assert dialog.told["result"].startswith("The provider does not know the redirect")
    assert "add an account" not in dialog.told["outcome"]


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


async def test_a_name_beside_a_check_can_be_saved_from_its_result(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker, dialog: Dialog
) -> None:
    """It is the stored client that is checked, and what was typed is not forgotten."""
    await wire.create()
    answers(provider, "invalid_grant")
    await dialog.open_credential()
    await dialog.submit(next="check", name="Attic")
    assert dialog.choices == ["save_anyway", "reconfigure", "check"]
    assert dialog.told["result"].endswith("What you entered is not saved yet.")
    await dialog.choose("save_anyway")
    assert dialog.step == "abort: saved"
    assert stored(hass) == [{"id": "shop_abc", **client(name="Attic")}]


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
    assert "As of 20" in dialog.told["finding"]


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


DAY = "2028-05-01"


def known(hass: HomeAssistant, item_id: str) -> str:
    """Return the day on which the secret of a credential ends."""
    return str(secret_end(hass, item_id))


async def test_the_day_is_entered_with_a_new_client(
    hass: HomeAssistant, dialog: Dialog, bakery: str, provider: AiohttpClientMocker
) -> None:
    """It stays in the form while that is corrected."""
    await dialog.open_new(bakery)
    assert dialog.fields == ["client_id", "client_secret", "secret_ends", "name"]
    await dialog.submit(secret_ends=DAY)
    assert dialog.errors == {"client_id": "empty_field"}
    assert dialog.suggested["secret_ends"] == DAY
    answers(provider, "invalid_client")
    await dialog.submit(client_id="abc", client_secret="s", secret_ends=DAY)
    await dialog.choose("new")
    assert dialog.suggested["secret_ends"] == DAY
    answers(provider, "invalid_grant")
    await dialog.submit(client_id="abc", client_secret="s", secret_ends=DAY)
    assert dialog.step == "created"
    assert known(hass, "bakery_abc") == DAY


async def test_the_day_of_a_credential_that_is_added_once_more_is_shown(
    hass: HomeAssistant, dialog: Dialog, bakery: str, provider: AiohttpClientMocker
) -> None:
    """In its new row, and not in the one that it had before."""
    faults: list[Any] = []
    hass.loop.set_exception_handler(lambda _, context: faults.append(context))
    answers(provider, "invalid_grant")
    await dialog.add(bakery)
    await hass.async_block_till_done()
    await delete_behind(hass, "bakery_abc")
    await hass.async_block_till_done()
    await dialog.add(bakery, secret_ends=DAY)
    assert dialog.step == "created"
    await hass.async_block_till_done()
    gc.collect()
    assert not faults
    registry = er.async_get(hass)
    assert registry.async_get_entity_id("sensor", DOMAIN, "bakery_abc_secret_ends")


async def test_where_secrets_last_no_day_is_asked_for(dialog: Dialog) -> None:
    """As the guide knows."""
    await dialog.open_new("spotify")
    assert "secret_ends" not in dialog.fields


async def test_the_day_can_be_changed_alone(
    hass: HomeAssistant, dialog: Dialog, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """The provider need not be asked; a blank field takes it back."""
    await wire.create()
    await dialog.open_credential()
    await dialog.submit(secret_ends=DAY)
    assert dialog.step == "abort: saved"
    assert not provider.mock_calls
    assert known(hass, "shop_abc") == DAY
    await dialog.open_credential()
    assert dialog.suggested["secret_ends"] == DAY
    await dialog.submit(name="Kitchen")
    assert known(hass, "shop_abc") == DAY
    await dialog.open_credential()
    await dialog.submit(secret_ends=None)
    assert known(hass, "shop_abc") == "None"


async def test_a_day_alone_changes_nothing_of_a_credential(
    hass: HomeAssistant,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
) -> None:
    """Also where the file, as a person has edited it, has a number in it."""
    hass_storage[DOMAIN] = in_file(record(client_id=123))
    await start()
    add_integration(hass)
    account = add_account(hass, "shop_abc")
    dialog = Dialog(hass)
    with link_flow():
        await dialog.open_credential()
        await dialog.submit(secret_ends=DAY)
        await hass.async_block_till_done()
        assert reauthentications(hass) == []
    assert account.state is ConfigEntryState.NOT_LOADED
    assert dialog.step == "abort: saved"
    assert known(hass, "shop_abc") == DAY
    assert stored(hass) == [record(client_id=123)]


async def test_a_new_secret_has_a_day_of_its_own(
    hass: HomeAssistant, dialog: Dialog, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """A near day that still stands in the form is that of the secret before."""
    answers(provider, "invalid_grant")
    near = (dt_util.now().date() + TOLD_BEFORE).isoformat()
    await wire.create()
    await dialog.open_credential()
    await dialog.submit(secret_ends=near)
    await dialog.open_credential()
    await dialog.submit(client_secret="new")
    assert known(hass, "shop_abc") == "None"
    await dialog.open_credential()
    await dialog.submit(client_secret="newer", secret_ends=near)
    assert known(hass, "shop_abc") == near


async def test_a_secret_that_was_mistyped_keeps_the_day_that_stands_in_the_form(
    hass: HomeAssistant, dialog: Dialog, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """The same day could not be entered again with it."""
    answers(provider, "invalid_grant")
    await wire.create()
    await dialog.open_credential()
    await dialog.submit(secret_ends=DAY)
    await dialog.open_credential()
    await dialog.submit(client_secret="new")
    assert known(hass, "shop_abc") == DAY
    await dialog.open_credential()
    await dialog.submit(client_secret="newer", secret_ends=None)
    assert known(hass, "shop_abc") == "None"


async def test_a_day_that_is_not_saved_keeps_the_dialog_where_it_is(
    dialog: Dialog, wire: Wire, movable: Any
) -> None:
    """As whatever else was typed."""
    await dialog.open_credential()
    await dialog.submit(next="delete", secret_ends=DAY)
    assert dialog.errors == {"next": "save_first"}


async def test_a_secret_is_saved_with_the_client_id_that_was_shown(
    hass: HomeAssistant, wire: Wire, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """Another person may have saved another client meanwhile; the two belong together."""
    answers(provider, "invalid_grant")
    await wire.create("old")
    await dialog.open_credential("shop_old")
    await wire.get(
        "update",
        application_credentials_id="shop_old",
        client_id="new",
        client_secret="of-new",
    )
    await dialog.submit(next="save", client_id="old", client_secret="of-old")
    [saved] = await wire.get("list")
    assert (saved["client_id"], saved["client_secret"]) == ("old", "of-old")
