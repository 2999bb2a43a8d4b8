"""Our rows and their dialog, as people use it when something has changed at the provider."""

import json
from pathlib import Path
import re

from playwright.sync_api import Page, ViewportSize, expect
import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import NARROW, WIDE, Camera, hide_debug_logging
from tests.e2e.browser.pages import (
    DASHBOARD,
    OUR_PAGE,
    SAVED,
    OurDialog,
    link_again,
    open_repair,
)
from tests.e2e.common import (
    ANNA,
    BEN,
    add_credential,
    entry_state,
    issues,
    reauthentications,
    wait_for,
)


def expire_token(home_assistant: HomeAssistant, entry_id: str) -> None:
    """Restart Home Assistant with an access token that has to be refreshed."""
    home_assistant.stop()
    stored = home_assistant.stored("core.config_entries")
    for entry in stored["entries"]:
        if entry["entry_id"] == entry_id:
            entry["data"]["token"]["expires_at"] = 1
    home_assistant.store("core.config_entries", stored)
    home_assistant.start()
    hide_debug_logging(home_assistant)


def test_a_secret_that_the_server_changed_is_changed_here_and_the_account_works(
    home_assistant: HomeAssistant,
    shop: Shop,
    registered_client: Client,
    page: Page,
    camera: Camera,
) -> None:
    """The account has stopped working; the check says why; the new secret mends it at once."""
    add_credential(home_assistant, registered_client, name="Kitchen")
    entry_id = frontend.link_account(home_assistant, "shop", user=ANNA)["entry_id"]
    rotated = Client(registered_client.client_id, "the-new-secret")
    shop.register(rotated, home_assistant.redirect_uri)
    expire_token(home_assistant, entry_id)
    assert entry_state(home_assistant, entry_id) == "setup_error"
    dialog = OurDialog(page)

    dialog.open_credential("Kitchen")
    dialog.do("Check")
    dialog.expect_text("The provider rejects the client ID or the client secret.")
    camera.keep("rejected")
    dialog.choose("Back")
    dialog.expect_text(ANNA)
    expect(dialog.field("Client ID")).to_have_value(registered_client.client_id)
    expect(dialog.field("Client secret")).to_have_value("")
    camera.keep("edit")
    dialog.fill(client_secret=rotated.client_secret)
    dialog.press("Continue")
    dialog.expect_text("These accounts are reloaded:")
    camera.keep("saved")
    dialog.close()

    assert (
        wait_for(lambda: entry_state(home_assistant, entry_id) == "loaded") is True
    ), entry_state(home_assistant, entry_id)
    page.goto("/config/integrations/integration/shop")
    expect(page.get_by_text(ANNA).first).to_be_visible()
    assert wait_for(lambda: not reauthentications(home_assistant, entry_id))
    assert wait_for(lambda: not issues(home_assistant))


def test_an_account_in_use_is_moved_and_linked_again(
    home_assistant: HomeAssistant,
    shop: Shop,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
) -> None:
    """Delete says who uses the credential and offers to move; then it can be deleted."""
    ids = {}
    for name in ("Old project", "New project"):
        client = Client(f"{name[:3].lower()}-client", f"secret of {name}")
        shop.register(client, home_assistant.redirect_uri)
        ids[name] = add_credential(home_assistant, client, name=name)["id"]
    entry_ids = [
        frontend.link_account(
            home_assistant, "shop", user=user, credential=ids["Old project"]
        )["entry_id"]
        for user in (ANNA, BEN)
    ]
    dialog = OurDialog(page)

    dialog.open_credential("Old project")
    camera.keep("credential")
    dialog.do("Delete")
    dialog.expect_title("Credential in use")
    dialog.expect_text(ANNA)
    camera.keep("in-use")
    dialog.choose("Move accounts to another credential")
    dialog.expect_title("Move accounts")
    expect(dialog.element.get_by_role("checkbox", checked=True)).to_have_count(2)
    dialog.pick(re.compile("New project"))
    camera.keep("move")
    dialog.press("Move")
    dialog.expect_text(re.compile("The accounts now use New project"))
    dialog.expect_text(re.compile("These accounts now ask to be linked again"))
    camera.keep("moved")
    dialog.close()
    for user in (ANNA, BEN):
        link_again(page, "shop", user)

    for entry_id in entry_ids:
        used = websocket.command(
            "application_credentials/config_entry", config_entry_id=entry_id
        )
        assert used == {"application_credentials_id": ids["New project"]}
        assert entry_state(home_assistant, entry_id) == "loaded"
    dialog.open_credential("Old project")
    dialog.do("Delete")
    dialog.expect_title("Delete credential?")
    dialog.press("Delete")
    dialog.expect_text("The credential is deleted.")
    assert [
        record["id"] for record in websocket.command("application_credentials/list")
    ] == [ids["New project"]]


def test_a_wrong_secret_is_found_by_the_check_and_mended_from_repairs(
    home_assistant: HomeAssistant,
    registered_client: Client,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
) -> None:
    """Saved anyway, it is an issue under Repairs, whose fix tries the secret before saving it."""
    dialog = OurDialog(page)
    dialog.start_adding("Playground Shop")
    camera.keep("form")
    dialog.fill(
        name="Kitchen", client_id=registered_client.client_id, client_secret="mistyped"
    )
    dialog.press("Add")
    dialog.expect_title("Rejected by the provider")
    camera.keep("rejected")
    assert websocket.command("application_credentials/list") == []
    dialog.choose("Save anyway")
    dialog.leave_saved()

    repair = open_repair(page, re.compile("Rejected by the provider: "))
    expect(repair.field("Client ID")).to_have_value(registered_client.client_id)
    assert repair.element.get_by_role("alert").count() == 0
    assert repair.nameless() == []
    camera.keep("repair")
    repair.fill(client_secret="mistyped again")
    repair.press("Save")
    repair.expect_title("Rejected by the provider")
    camera.keep("still-rejected")
    repair.choose("Correct the entries")
    repair.fill(client_secret=registered_client.client_secret)
    repair.press("Save")
    repair.expect_text(SAVED)
    camera.keep("repaired")

    assert wait_for(lambda: not issues(home_assistant))
    [record] = websocket.command("application_credentials/list")
    assert record["client_secret"] == registered_client.client_secret
    dialog.open_credential("Kitchen")
    dialog.expect_text(re.compile("The provider accepts the client ID"))


def test_the_file_of_googles_console_is_read(
    page: Page, camera: Camera, websocket: WebSocketClient, tmp_path: Path
) -> None:
    """A file that is anything else is refused at its field; the right one is saved."""
    file = tmp_path / "client_secret_1234.apps.googleusercontent.com.json"
    dialog = OurDialog(page)
    dialog.start_adding("Google Tasks")
    dialog.expect_text(re.compile("Register this redirect URI under"))
    camera.keep("add")
    chooser = dialog.element.locator("input[type=file]")

    file.write_text('{"type": "service_account"}')
    chooser.set_input_files(file)
    expect(dialog.element.get_by_text(file.name)).to_be_visible()
    dialog.press("Add")
    dialog.expect_text(re.compile("This is not the file with a client ID"))
    camera.keep("refused")
    # It is used up: the field is empty again.
    expect(dialog.element.get_by_text(file.name)).to_be_hidden()
    file.write_text(
        json.dumps(
            {
                "web": {
                    "client_id": "1234.apps.googleusercontent.com",
                    "client_secret": "GOCSPX-secret",
                }
            }
        )
    )
    chooser.set_input_files(file)
    expect(dialog.element.get_by_text(file.name)).to_be_visible()
    dialog.press("Add")
    dialog.expect_title("No clear answer")
    camera.keep("no-clear-answer")
    dialog.choose("Save")
    dialog.expect_text(SAVED)

    [record] = websocket.command("application_credentials/list")
    assert (record["domain"], record["client_id"], record["client_secret"]) == (
        "google_tasks",
        "1234.apps.googleusercontent.com",
        "GOCSPX-secret",
    )


def test_every_field_and_button_has_a_name(
    home_assistant: HomeAssistant,
    shop: Shop,
    page: Page,
    camera: Camera,
) -> None:
    """Assistive technology gets a label for all that can be operated, in every step."""
    for name in ("Kitchen", "Garden"):
        client = Client(f"client-{name}", f"secret-{name}")
        shop.register(client, home_assistant.redirect_uri)
        record = add_credential(home_assistant, client, name=name)
    add_credential(home_assistant, Client("tasks", "s3cret"), "google_tasks")
    frontend.link_account(home_assistant, "shop", user=ANNA, credential=record["id"])
    page.goto(DASHBOARD)
    expect(page.get_by_role("link", name="Application credentials")).to_be_visible()
    camera.keep("integrations-page")
    nameless = {}
    dialog = OurDialog(page)

    page.goto(OUR_PAGE)
    expect(dialog.row("Garden")).to_be_visible()
    camera.keep("overview")
    dialog.open()
    nameless["user"] = dialog.nameless()
    dialog.start_adding("Google Tasks")
    nameless["new"] = dialog.nameless()
    for what, title in {
        "Link accounts again": "Link accounts again",
        "Move accounts to another credential": "Move accounts",
        "Use for other integrations": "For other integrations",
    }.items():
        dialog.open_credential("Garden")
        nameless["reconfigure"] = dialog.nameless()
        dialog.do(what)
        dialog.expect_title(title)
        nameless[what] = dialog.nameless()

    assert {step: found for step, found in nameless.items() if found} == {}
    club = dialog.element.get_by_role("checkbox", name="Playground Shop Club")
    expect(club).not_to_be_checked()
    dialog.element.get_by_text("Playground Shop Club", exact=True).click()
    expect(club).to_be_checked()
    dialog.press("Add")
    dialog.expect_text("The same client ID is also stored for Playground Shop Club.")


def test_the_row_of_a_credential_in_use_comes_back(
    home_assistant: HomeAssistant,
    registered_client: Client,
    page: Page,
    camera: Camera,
) -> None:
    """⋮ > Delete takes it away, and it is there again; the notification leads to its row."""
    add_credential(home_assistant, registered_client, name="Kitchen")
    frontend.link_account(home_assistant, "shop", user=ANNA)
    dialog = OurDialog(page)
    page.goto(OUR_PAGE)
    dialog.delete_row("Kitchen")

    page.get_by_role("button", name=re.compile("Notifications")).click()
    drawer = page.locator("notification-drawer")
    expect(drawer.get_by_text("Credential not deleted")).to_be_visible()
    camera.keep("notification")
    drawer.get_by_role("link", name="page of Application credentials").click()
    page.wait_for_url("**/config/integrations/integration/application_credentials")
    expect(dialog.row("Kitchen")).to_be_visible()


def test_the_row_of_a_credential_that_nobody_uses_is_deleted_with_it(
    home_assistant: HomeAssistant,
    page: Page,
    websocket: WebSocketClient,
) -> None:
    """Without a question more than Home Assistant asks."""
    add_credential(home_assistant, Client("old", "s3cret"), name="Kitchen")
    dialog = OurDialog(page)
    page.goto(OUR_PAGE)
    dialog.delete_row("Kitchen")
    expect(dialog.row("Kitchen")).to_have_count(0)
    assert wait_for(lambda: not websocket.command("application_credentials/list"))


@pytest.mark.parametrize("window", [WIDE, NARROW], ids=["desktop", "phone"])
def test_a_row_that_is_renamed_renames_its_credential(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
    window: ViewportSize,
) -> None:
    """With ⋮ > Rename, as a person does with any row."""
    add_credential(home_assistant, Client("old", "s3cret"))
    page.set_viewport_size(window)
    dialog = OurDialog(page)
    page.goto(OUR_PAGE)
    expect(dialog.row("Playground Shop")).to_be_visible()
    dialog.rename_row("Playground Shop", "Cellar")
    expect(dialog.row("Cellar").first).to_be_visible()
    camera.keep("renamed")

    def name() -> str | None:
        [record] = websocket.command("application_credentials/list")
        name: str | None = record.get("name")
        return name

    assert wait_for(lambda: name() == "Cellar")
    expect(dialog.row("Cellar").first).to_be_visible()


def test_the_device_says_how_its_credential_stands(
    home_assistant: HomeAssistant,
    registered_client: Client,
    page: Page,
    camera: Camera,
) -> None:
    """Its page has the entities, checks at the press of a button, and leads to the integration."""
    add_credential(home_assistant, registered_client, name="Kitchen")
    page.goto(OUR_PAGE)
    page.locator("ha-config-entry-device-row").filter(has_text="Kitchen").click()
    expect(page.get_by_text("Last checked").first).to_be_visible()
    expect(page.get_by_role("link", name="Visit")).to_have_attribute(
        "href", "/config/integrations/integration/shop"
    )
    expect(page.get_by_text("Check", exact=True).first).to_be_visible()
    camera.keep("device")
