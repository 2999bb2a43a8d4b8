"""What the frontend of every supported release has to show, in the browser."""

from playwright.sync_api import Page, expect
import pytest

from playground.home_assistant import HomeAssistant
from playground.shop import Client
from tests.e2e.browser.pages import CredentialsPage
from tests.e2e.common import add_credential

pytestmark = pytest.mark.every_release


def test_the_page_of_the_original_lists_a_credential(
    page: Page, home_assistant: HomeAssistant, registered_client: Client
) -> None:
    """With its name, under the integration's, and with the button that adds another."""
    add_credential(home_assistant, registered_client, name="The shop's")
    credentials = CredentialsPage(page)
    credentials.open()
    expect(credentials.row("The shop's")).to_contain_text(registered_client.client_id)
