"""Accounts are linked in the browser, on the provider's page."""

import re

from playwright.sync_api import Page, expect

from playground.home_assistant import HomeAssistant
from playground.shop import Client, Shop
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import Camera
from tests.e2e.browser.pages import (
    AddDialog,
    FlowDialog,
    OurDialog,
    agree_at_provider,
    link_again,
    open_repair,
    start_adding_integration,
)
from tests.e2e.common import (
    ANNA,
    BEN,
    COMMANDS,
    Linked,
    add_credential,
    issues,
    restart_in_testing,
    wait_for,
)


def accounts(websocket: WebSocketClient) -> dict[str, str]:
    """Return the states of the shop's accounts, by title."""
    return {
        entry["title"]: entry["state"]
        for entry in websocket.command("config_entries/get", domain="shop")
    }


def test_without_a_credential_the_dialog_asks_for_it_and_goes_on(
    page: Page, camera: Camera, websocket: WebSocketClient, registered_client: Client
) -> None:
    """From Add integration to the linked account, without leaving the dialogs."""
    flow = start_adding_integration(page, "Playground Shop")
    missing = AddDialog(page)
    missing.expect_text("client secret that it knows")
    camera.keep("asked")

    with page.context.expect_page() as provider:
        missing.enter(
            name="Kitchen",
            client_id=registered_client.client_id,
            client_secret=registered_client.client_secret,
        )
    agree_at_provider(provider.value, ANNA)

    flow.finish(ANNA)
    camera.keep("linked")
    assert accounts(websocket) == {ANNA: "loaded"}


def test_of_two_credentials_each_account_uses_the_one_that_was_chosen(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    shop: Shop,
    websocket: WebSocketClient,
) -> None:
    """The flow asks which one, and our dialog shows each with its account."""
    for name in ("Kitchen", "Garden"):
        client = Client(f"client-{name}", f"secret-{name}")
        shop.register(client, home_assistant.redirect_uri)
        add_credential(home_assistant, client, name=name)

    for user, credential in ((ANNA, "Kitchen"), (BEN, "Garden")):
        flow = start_adding_integration(page, "Playground Shop")
        flow.expect_title("Pick authentication method")
        flow.pick(credential)
        with page.context.expect_page() as provider:
            flow.press("Submit")
        agree_at_provider(provider.value, user)
        flow.finish(user)

    assert accounts(websocket) == {ANNA: "loaded", BEN: "loaded"}
    dialog = OurDialog(page)
    for user, other, credential in ((ANNA, BEN, "Kitchen"), (BEN, ANNA, "Garden")):
        dialog.open_credential(credential)
        dialog.expect_text(user)
        assert dialog.element.get_by_text(other).count() == 0
        camera.keep(credential)


def test_a_wrong_secret_is_told_instead_of_the_page_of_the_provider(
    page: Page, camera: Camera, websocket: WebSocketClient, registered_client: Client
) -> None:
    """One click leads to the repair; then adding the integration goes on."""
    flow = start_adding_integration(page, "Playground Shop")
    AddDialog(page).enter(
        name="Kitchen", client_id=registered_client.client_id, client_secret="mistyped"
    )

    flow.expect_text("The provider rejects the client ID or client secret")
    camera.keep("rejected")
    flow.element.get_by_role("link", name="Repairs").click()

    expect(page).to_have_url(re.compile("/config/repairs"))
    expect(page.get_by_text("Rejected by the provider: ")).to_be_visible()
    camera.keep("repair")
    assert accounts(websocket) == {}


def test_linking_again_says_first_that_the_client_is_rejected(
    home_assistant: HomeAssistant,
    page: Page,
    camera: Camera,
    shop: Shop,
    websocket: WebSocketClient,
    registered_client: Client,
    linked: Linked,
) -> None:
    """Nobody is sent to the provider in vain; one click leads to the repair."""
    changed = Client(registered_client.client_id, "the-new-secret")
    shop.register(changed, home_assistant.redirect_uri)
    websocket.command(
        f"{COMMANDS}/check", application_credentials_id=linked.credential["id"]
    )
    websocket.command(f"{COMMANDS}/link_again", config_entry_id=linked.entry_id)

    page.goto("/config/integrations/integration/shop")
    account = page.get_by_role("listitem").filter(has_text=ANNA)
    account.get_by_role("button", name="Reconfigure").click()
    flow = FlowDialog(page)
    flow.expect_title("Link the account again")
    flow.press("Submit")

    flow.expect_text("The provider rejects the client ID or client secret")
    camera.keep("rejected")
    flow.element.get_by_role("link", name="Repairs").click()
    expect(page).to_have_url(re.compile("/config/repairs"))
    expect(page.get_by_text("Rejected by the provider: ")).to_be_visible()
    camera.keep("repair")


def test_an_account_whose_link_ends_is_linked_again_in_time(
    home_assistant: HomeAssistant, page: Page, camera: Camera, linked: Linked
) -> None:
    """The issue says when, and how to have it last, and has the account ask.

    One that is ignored stays so over a restart, and can still be mended.
    """
    day = restart_in_testing(home_assistant)

    flow = open_repair(page, re.compile(f"link of {ANNA} ends on {day}"))
    flow.expect_title("The link ends")
    flow.expect_text(ANNA)
    console = flow.element.get_by_role("link", name="Audience")
    expect(console).to_have_attribute("href", re.compile("console.cloud.google.com"))
    camera.keep("ends")
    flow.pick("Ignore this message")
    flow.press("Continue")
    flow.expect_text("This message is ignored from now on.")
    camera.keep("ignored")
    flow.close()
    (issue,) = issues(home_assistant).values()
    assert issue["ignored"]
    home_assistant.restart()
    assert wait_for(lambda: issues(home_assistant)) == {issue["issue_id"]: issue}
    page.goto("/config/repairs")
    message = page.get_by_role("button", name=re.compile(f"link of {ANNA} ends on"))
    expect(page.get_by_text("The country has not been configured")).to_be_visible()
    expect(message).to_have_count(0)
    # As the end of the dialog has said.
    page.get_by_role("button", name="Menu").last.click()
    page.get_by_text("Show ignored repairs").click()
    message.click()
    expect(flow.element.get_by_role("radio", name="Link it again")).to_be_checked()
    flow.press("Continue")
    flow.expect_text("These accounts now ask to be linked again.")
    camera.keep("asks")
    flow.element.get_by_role("link", name=ANNA).click()
    expect(page).to_have_url(re.compile("/integration/shop"))
    link_again(page, "shop", ANNA)

    assert wait_for(lambda: issues(home_assistant) == {})
