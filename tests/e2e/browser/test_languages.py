"""Our dialogs on a phone, in the languages of the people who use it."""

import re
from typing import Any

from playwright.sync_api import Page, expect
import pytest

from playground import frontend
from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import NARROW, Camera
from tests.e2e.browser.conftest import Speak
from tests.e2e.browser.pages import OUR_PAGE, FlowDialog
from tests.e2e.common import ANNA, Linked, add_credential, issues, wait_for


@pytest.mark.parametrize("language", ["de", "fr", "pl"])
def test_a_wrong_secret_is_saved_and_mended_on_a_phone(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    registered_client: Client,
    speak: Speak,
    language: str,
) -> None:
    """Every title, label and button is in the language, and nothing overflows."""
    texts = speak(language)
    ours = texts["config_subentries"]["credential"]
    options = texts["selector"]["after_rejected"]["options"]
    fix = texts["issues"]["client_rejected"]
    page.set_viewport_size(NARROW)
    dialog = FlowDialog(page)

    def look(step: dict[str, Any], name: str) -> None:
        dialog.expect_title(step["title"])
        button = dialog.element.get_by_role("button", name=step["submit"], exact=True)
        expect(button).to_be_visible()
        camera.keep(name)
        overflow = "document.documentElement.scrollWidth"
        assert page.evaluate(overflow) <= NARROW["width"]

    def fill(step: dict[str, Any], **values: str) -> None:
        for field, value in values.items():
            dialog.field(step["data"][field]).fill(value)
        dialog.press(step["submit"])

    page.goto(OUR_PAGE)
    page.get_by_role("button", name=ours["initiate_flow"]["user"], exact=True).click()
    user, new, rejected = (ours["step"][each] for each in ("user", "new", "rejected"))
    look(user, "user")
    dialog.element.get_by_role("button", name=user["data"]["domain"]).click()
    dialog.element.get_by_role("textbox").last.fill("Playground Shop")
    page.get_by_role("option", name="Playground Shop", exact=True).click()
    dialog.press(user["submit"])
    look(new, "new")
    fill(
        new,
        client_id=registered_client.client_id,
        client_secret="mistyped",
        name="Kitchen",
    )
    look(rejected, "rejected")
    dialog.element.get_by_role("radio", name=options["save_anyway"]).click()
    dialog.press(rejected["submit"])
    dialog.expect_text(
        start_of(texts["selector"]["text"]["options"]["outcome_rejected"])
    )
    camera.keep("saved")

    dialog.element.get_by_role("link").last.click()
    title = fix["title"].replace("{name}", "Kitchen (Playground Shop)")
    page.get_by_role("button", name=title).click()
    init = fix["fix_flow"]["step"]["init"]
    look(init, "repair")
    fill(init, client_secret=registered_client.client_secret)
    assert wait_for(lambda: not issues(home_assistant))
    camera.keep("mended")


def fill(form: FlowDialog, step: dict[str, Any], **values: str) -> None:
    """Fill in the fields of a step, and send it."""
    for field, value in values.items():
        form.field(step["data"][field]).fill(value)
    form.press(step["submit"])


def open_row(page: Page, texts: dict[str, Any], name: str) -> FlowDialog:
    """Press the cogwheel of a row."""
    page.goto(OUR_PAGE)
    row = page.locator("ha-config-sub-entry-row", has_text=name).last
    ours = texts["config_subentries"]["credential"]
    row.get_by_role("button", name=ours["initiate_flow"]["reconfigure"]).click()
    dialog = FlowDialog(page)
    dialog.expect_title(ours["step"]["reconfigure"]["title"])
    return dialog


def do(dialog: FlowDialog, texts: dict[str, Any], what: str) -> dict[str, Any]:
    """Choose what to do with a credential; return the texts of the step that follows."""
    steps = texts["config_subentries"]["credential"]["step"]
    options = texts["selector"]["after_reconfigure"]["options"]
    dialog.select(steps["reconfigure"]["data"]["next"], options[what])
    dialog.press(steps["reconfigure"]["submit"])
    step: dict[str, Any] = steps[what]
    dialog.expect_title(step["title"])
    return step


def start_of(text: str) -> re.Pattern[str]:
    """Return an expression that finds a text by its part before the first link, list or placeholder."""
    return re.compile(re.escape(re.split(r"[\[{*]", text)[0].strip()))


@pytest.mark.parametrize("language", ["fi"])
def test_a_secret_is_corrected_and_an_account_moved_on_a_phone(
    home_assistant: HomeAssistant,
    shop: Shop,
    page: Page,
    camera: Camera,
    registered_client: Client,
    other_client: Client,
    speak: Speak,
    language: str,
) -> None:
    """With a typo first, of which nothing is saved; all of it is in the language."""
    kitchen = add_credential(home_assistant, registered_client, name="Kitchen")
    add_credential(home_assistant, other_client, name="Garden")
    frontend.link_account(home_assistant, "shop", user=ANNA, credential=kitchen["id"])
    rotated = Client(registered_client.client_id, "rotated")
    shop.register(rotated, home_assistant.redirect_uri)
    texts = speak(language)
    ours = texts["config_subentries"]["credential"]
    edit, rejected = ours["step"]["reconfigure"], ours["step"]["rejected"]
    options = texts["selector"]["after_rejected"]["options"]
    page.set_viewport_size(NARROW)

    dialog = open_row(page, texts, "Kitchen")
    dialog.expect_text(ANNA)
    camera.keep("edit")
    fill(dialog, edit, client_secret="rotatde")
    dialog.expect_title(rejected["title"])
    camera.keep("rejected")
    dialog.element.get_by_role("radio", name=options["reconfigure"]).click()
    dialog.press(rejected["submit"])
    fill(dialog, edit, client_secret=rotated.client_secret)
    dialog.expect_text(
        start_of(texts["selector"]["text"]["options"]["outcome_reloaded"])
    )
    dialog.expect_text(ANNA)
    camera.keep("saved")

    dialog = open_row(page, texts, "Kitchen")
    move = do(dialog, texts, "move")
    dialog.pick(re.compile("Garden"))
    camera.keep("move")
    dialog.press(move["submit"])
    dialog.expect_text(start_of(ours["abort"]["moved"]))
    camera.keep("moved")
    dialog.element.get_by_role("link", name=ANNA).click()
    expect(page).to_have_url(re.compile("/integration/shop"))
    camera.keep("account")


@pytest.mark.parametrize("language", ["en", "nl"])
def test_each_end_says_what_comes_next_and_leads_there(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    registered_client: Client,
    speak: Speak,
    language: str,
) -> None:
    """Of a client that is used elsewhere, too, and of accounts that are moved to a rejected one."""
    kitchen = add_credential(home_assistant, registered_client, name="Kitchen")
    frontend.link_account(home_assistant, "shop", user=ANNA, credential=kitchen["id"])
    # After the shop was set up: before that, its hook may not be there to be asked.
    add_credential(home_assistant, Client("garden", "mistyped"), name="Garden")
    assert wait_for(lambda: issues(home_assistant))
    texts = speak(language)
    ends = texts["config_subentries"]["credential"]["abort"]
    told = texts["selector"]["text"]["options"]

    dialog = open_row(page, texts, "Kitchen")
    copy = do(dialog, texts, "copy")
    dialog.element.get_by_text("Playground Shop Club", exact=True).click()
    dialog.press(copy["submit"])
    dialog.expect_text(start_of(told["same_client"]))
    camera.keep("copied")
    dialog.element.get_by_role("link", name=re.compile("Playground Shop Club")).click()
    expect(page).to_have_url(re.compile("add.*shop_club|dashboard"))

    dialog = open_row(page, texts, "Kitchen")
    move = do(dialog, texts, "move")
    dialog.pick(re.compile("Garden"))
    dialog.press(move["submit"])
    dialog.expect_text(start_of(ends["moved"]))
    dialog.expect_text(start_of(told["outcome_rejected"]))
    camera.keep("moved")
    dialog.element.get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/config/repairs"))


def test_a_row_in_use_comes_back_and_a_notification_in_the_language_leads_to_it(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    websocket: WebSocketClient,
    linked: Linked,
    speak: Speak,
) -> None:
    """It names the credential and no account, in the language of Home Assistant."""
    texts = speak("de")
    told = texts["selector"]["text"]["options"]
    websocket.command("config/core/update", language="de")
    try:
        page.goto(OUR_PAGE)
        row = page.locator("ha-config-sub-entry-row").filter(has_text="Playground Shop")
        row.get_by_role("button", name="Menü").first.click()
        row.get_by_role("menuitem", name="Löschen").first.click()
        box = page.locator("dialog-box")
        box.get_by_role("button", name="Löschen", exact=True).click()
        page.get_by_role("button", name=re.compile("Benachrichtigungen")).click()
        drawer = page.locator("notification-drawer")
        expect(drawer.get_by_text(told["not_deleted"])).to_be_visible()
        expect(drawer.get_by_text(start_of(told["in_use_message"]))).to_be_visible()
        camera.keep("notification")
        expect(drawer.get_by_text(ANNA)).to_have_count(0)
        drawer.get_by_role("link").first.click()
        page.wait_for_url(f"**{OUR_PAGE}")
        expect(row).to_be_visible()
        camera.keep("row")
    finally:
        websocket.command("config/core/update", language="en")
