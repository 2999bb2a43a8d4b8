"""Home Assistant's pages and dialogs, as a person sees them.

A dialog's content belongs to the element that opened it and not to the dialog
inside, so dialogs are found by their elements' names.
"""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

DASHBOARD: Final = "/config/integrations/dashboard"

# In a snapshot of what assistive technology gets: something to operate, without a name.
NAMELESS: Final = re.compile(
    r"^\s*- (?:textbox|checkbox|radio|radiogroup|combobox|switch|button)(?: \[\w+\])*:?$",
    re.MULTILINE,
)


class Form:
    """Something with fields and buttons."""

    def __init__(self, page: Page, element: str) -> None:
        """Find it by the name of its element."""
        self.page = page
        self.element = page.locator(element)

    def field(self, label: str) -> Locator:
        """Return the field with a label."""
        return self.element.get_by_role("textbox", name=label, exact=True)

    def fill(self, **values: str) -> None:
        """Fill in fields; client_id is the field with the label `Client ID`."""
        for name, value in values.items():
            self.field(LABELS[name]).fill(value)

    def press(self, button: str) -> None:
        """Press a button."""
        self.element.get_by_role("button", name=button, exact=True).click()

    def expect_text(self, text: str | re.Pattern[str]) -> None:
        """Wait until it shows a text."""
        expect(self.element.get_by_text(text).first).to_be_visible()

    def expect_closed(self) -> None:
        """Wait until it is gone."""
        expect(self.element.get_by_role("button")).to_have_count(0)


# Of the end of a dialog; a form says that what is entered is checked before it is saved.
SAVED: Final = re.compile(r"(?<!before it )is saved")

LABELS: Final = {
    "name": "Name",
    "client_id": "Client ID",
    "client_secret": "Client secret",
}


class FlowDialog(Form):
    """The dialog of a flow: of an integration, of ours, or of a repair."""

    def __init__(self, page: Page) -> None:
        """Find the dialog."""
        super().__init__(page, "dialog-data-entry-flow")

    def expect_title(self, title: str) -> None:
        """Wait for the step with a title."""
        expect(self.element.get_by_text(title, exact=True).first).to_be_visible()

    def pick(self, option: str | re.Pattern[str]) -> None:
        """Pick an option from a list."""
        self.element.get_by_role("radio", name=option).click()

    def press_or(self, button: str) -> None:
        """Press a button that older frontends call Next or Submit."""
        name = re.compile(f"^({re.escape(button)}|Next|Submit)$")
        self.element.get_by_role("button", name=name).click()

    def choose(self, item: str) -> None:
        """Choose what to do next, and go on."""
        self.element.get_by_role("radio", name=item, exact=True).click()
        self.press_or("Continue")

    def select(self, label: str, option: str) -> None:
        """Select an option of a drop-down list."""
        named = re.compile(f"^{re.escape(label)}")
        older = self.element.get_by_role("combobox", name=named)
        self.element.get_by_role("button", name=named).or_(older).click()
        in_list = self.element.get_by_role("option", name=option, exact=True)
        self.element.get_by_role("menuitem", name=option, exact=True).or_(
            in_list
        ).click()

    def finish(self, account: str) -> None:
        """Leave the name of a linked account as it is; its device has the account's name."""
        self.expect_title("Name and assign")
        expect(self.field("Device name")).to_have_attribute("placeholder", account)
        self.press("Skip and finish")
        self.expect_closed()

    def nameless(self) -> list[str]:
        """Return the controls that have no name for assistive technology."""
        return NAMELESS.findall(self.page.get_by_role("dialog").last.aria_snapshot())

    def close(self) -> None:
        """Close the dialog at its end."""
        # After the cross in its corner.
        name = re.compile("^(Close|Finish)$")
        self.element.get_by_role("button", name=name).last.click()
        self.expect_closed()


WHAT_TO_DO: Final = "What do you want to do?"
OUR_PAGE: Final = "/config/integrations/integration/application_credentials"


class OurDialog(FlowDialog):
    """The dialog of a row, and the one that adds a row."""

    def open(self) -> None:
        """Go to our page and press Add credential."""
        self.page.goto(OUR_PAGE)
        self.page.get_by_role("button", name="Add credential", exact=True).click()
        self.expect_text("Which integration is it for?")

    def row(self, name: str) -> Locator:
        """Return the card of a credential on our page."""
        return self.page.locator("ha-config-sub-entry-row").filter(has_text=name)

    def open_credential(self, name: str) -> None:
        """Go to our page and press the cogwheel of a credential."""
        self.page.goto(OUR_PAGE)
        self.row(name).get_by_role("button", name="Edit credential").click()
        expect(self.field("Client secret")).to_be_visible()

    def delete_row(self, name: str) -> None:
        """Delete a credential at its row, and confirm."""
        row = self.row(name)
        # Before that of its device, which is in it.
        row.get_by_role("button", name="Menu").first.click()
        row.get_by_role("menuitem", name="Delete").first.click()
        box = self.page.locator("dialog-box")
        box.get_by_role("button", name="Delete", exact=True).click()
        expect(box.get_by_role("button")).to_have_count(0)

    def rename_row(self, name: str, new_name: str) -> None:
        """Rename a credential at its row."""
        row = self.row(name)
        row.get_by_role("button", name="Menu").first.click()
        row.get_by_role("menuitem", name="Rename").first.click()
        box = self.page.locator("dialog-box")
        box.get_by_role("textbox").fill(new_name)
        box.get_by_role("button", name=re.compile("^(OK|Rename)$")).click()
        expect(box.get_by_role("button")).to_have_count(0)

    def start_adding(self, integration: str) -> None:
        """Open the dialog and go to the form for a new credential of an integration."""
        self.open()
        self.find(integration)
        self.press_or("Continue")
        self.expect_title("Client ID and secret")
        self.expect_text(integration)

    def find(self, integration: str) -> None:
        """Find an integration by typing its name."""
        self.element.get_by_role("button", name="Integration").click()
        # Typed blindly, the first letters may be shortcuts of Home Assistant's.
        older = self.element.get_by_role("textbox", name="Integration")
        self.element.get_by_placeholder("Search").or_(older).fill(integration)
        self.page.get_by_role("option", name=integration, exact=True).click()
        expect(self.page.get_by_role("listbox")).to_have_count(0)

    def do(self, what: str) -> None:
        """Choose what else to do with a credential than to change it."""
        self.select(WHAT_TO_DO, what)
        self.press_or("Continue")

    def leave_saved(self) -> None:
        """Read that it is saved and how to go on, and close the dialog."""
        self.expect_text(SAVED)
        self.expect_text(re.compile("No account uses it yet|As long as it does"))
        self.close()


def open_notifications(page: Page, text: str) -> None:
    """Open the drawer of notifications, and find a text in it."""
    page.get_by_role("button", name=re.compile("Notifications")).click()
    expect(page.locator("notification-drawer").get_by_text(text)).to_be_visible()


def close_notifications(page: Page, text: str) -> None:
    """Close the drawer; as it closes, it goes back one page, which must not be the next one."""
    page.keyboard.press("Escape")
    expect(page.locator("notification-drawer").get_by_text(text)).to_be_hidden()


def open_repair(page: Page, issue: str | re.Pattern[str]) -> FlowDialog:
    """Go to Settings > Repairs and open an issue."""
    page.goto("/config/repairs")
    page.get_by_role("button", name=issue).click()
    return FlowDialog(page)


def link_again(page: Page, integration: str, user: str) -> None:
    """Follow an account's request to be linked again, from the page of its integration."""
    page.goto(f"/config/integrations/integration/{integration}")
    account = page.get_by_role("listitem").filter(has_text=user)
    account.get_by_role("button", name="Reconfigure").click()
    flow = FlowDialog(page)
    flow.expect_title("Link the account again")
    with page.context.expect_page() as provider:
        flow.press("Submit")
    agree_at_provider(provider.value, user)
    flow.expect_text("Re-authentication was successful")


class CredentialsPage:
    """The page of the original: Settings > Devices & services > ⋮ > Application credentials."""

    def __init__(self, page: Page) -> None:
        """Show nothing yet."""
        self.page = page
        self.add_dialog = AddDialog(page)

    def open(self) -> None:
        """Go to the page by its address."""
        self.page.goto("/config/application_credentials")
        self.expect_open()

    def open_from_menu(self) -> None:
        """Go to the page as the user guide says."""
        self.page.goto(DASHBOARD)
        self.page.get_by_role("button", name="Menu", exact=True).click()
        self.page.get_by_role("menuitem", name="Application credentials").click()
        self.expect_open()

    def expect_open(self) -> None:
        """Wait for the page."""
        expect(
            self.page.get_by_role("button", name="Add application credential")
        ).to_be_visible()

    def row(self, name: str) -> Locator:
        """Return the row of a credential."""
        return self.page.get_by_role("row", name=name)

    def add(
        self, integration: str, *, name: str, client_id: str, client_secret: str
    ) -> None:
        """Add a credential."""
        self.wait_for_names()
        self.page.get_by_role("button", name="Add application credential").click()
        self.add_dialog.choose_integration(integration)
        self.add_dialog.enter(
            name=name, client_id=client_id, client_secret=client_secret
        )

    def wait_for_names(self) -> None:
        """Wait until the frontend knows the integrations' names; its dialog would show their domains."""
        self.page.wait_for_function(
            "document.querySelector('home-assistant').hass.localize('component.shop.title')"
        )

    def delete(self, name: str) -> None:
        """Ask to delete a credential by its menu, and confirm."""
        self.row(name).get_by_role("button", name="Overflow menu").click()
        self.row(name).get_by_role("menuitem", name="Delete").click()
        self.confirm()

    def delete_several(self, *names: str) -> None:
        """Select credentials, ask to delete them, and confirm."""
        self.page.get_by_role("button", name="Enter selection mode").click()
        for name in names:
            self.row(name).locator("ha-checkbox").click()
        self.page.get_by_role("button", name="Delete selected").click()
        self.confirm()

    def confirm(self) -> None:
        """Confirm that credentials are to be deleted."""
        box = self.page.locator("dialog-box")
        box.get_by_role("button", name="Delete", exact=True).click()
        expect(box.get_by_role("button")).to_have_count(0)


class AddDialog(Form):
    """The Add dialog of the original."""

    def __init__(self, page: Page) -> None:
        """Find the dialog."""
        super().__init__(page, "dialog-add-application-credential")

    def choose_integration(self, integration: str) -> None:
        """Search and choose the integration."""
        self.element.get_by_role("button", name=re.compile("^Integration")).click()
        self.element.get_by_placeholder("Search").fill(integration)
        self.element.get_by_role("option", name=integration, exact=True).click()
        # The list gives the focus back when it is gone.
        expect(self.element.get_by_role("listbox")).to_have_count(0)
        expect(
            self.element.get_by_role("button", name=f"Integration * {integration}")
        ).to_be_visible()

    def enter(self, *, name: str, client_id: str, client_secret: str) -> None:
        """Enter the client, and add it."""
        for label, value in (
            ("Name*", name),
            ("OAuth client ID*", client_id),
            ("OAuth client secret*", client_secret),
        ):
            self.field(label).fill(value)
        self.press("Add")


def start_adding_integration(page: Page, name: str) -> FlowDialog:
    """Press Add integration, search one and choose it."""
    page.goto(DASHBOARD)
    page.get_by_role("button", name="Add integration").click()
    # The page has a search of its own, and each frontend another text in that of the dialog.
    search = re.compile("Search (for a brand name|all brands)")
    page.get_by_placeholder(search).fill(name)
    page.get_by_role("button", name=name, exact=True).click()
    return FlowDialog(page)


def agree_at_provider(page: Page, user: str) -> None:
    """Agree on the provider's page as a user; it closes when it has come back."""
    page.locator("input[name=sub]").fill(user)
    with page.expect_event("close"):
        page.get_by_role("button", name="Authorize", exact=True).click()
