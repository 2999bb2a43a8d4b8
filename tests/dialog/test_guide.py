"""The guides in the dialog: whether a client is needed, how to get one, and which one is there already."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.core import HomeAssistant
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    REDIRECT_URI,
    Disk,
    Wire,
    add_cloud,
    add_hook,
    own_entry,
    record,
    stored,
)

from .common import GOOGLE_TOKEN_URL, Dialog, answers

ENTER_OWN = "If you have a client ID of your own, enter it here."
THEN_ENTER = "Then enter the client ID and client secret that you got there."


async def test_the_steps_at_the_console_are_shown_with_the_redirect_uri(
    dialog: Dialog,
) -> None:
    """And with the integration's own words."""
    await dialog.open_new("spotify")
    told = dialog.told["instructions"]
    assert told.startswith("1. Open [Spotify for Developers]")
    assert f"\n\n`{REDIRECT_URI}`\n" in told
    assert THEN_ENTER in told
    await dialog.open_new("google_mail")
    told = dialog.told["instructions"]
    assert "Enable [Gmail API]" in told
    assert "<summary>What Google Mail itself says about it</summary>" in told
    assert "{" not in told


@pytest.mark.parametrize(
    ("domain", "enter"),
    [
        ("xbox", ENTER_OWN),
        ("ondilo_ico", ENTER_OWN),
        ("neato", ENTER_OWN),
        ("weheat", THEN_ENTER),
    ],
)
async def test_who_needs_no_client_is_told_so_first(
    dialog: Dialog, domain: str, enter: str
) -> None:
    """The fields are there for who has one all the same; there is nothing to register."""
    await dialog.open_new(domain)
    told = dialog.told["instructions"]
    assert told.startswith(
        "Neato no longer gives out client IDs."
        if domain == "neato"
        else "You do not need"
    )
    assert enter in told
    assert REDIRECT_URI not in told
    assert dialog.fields[:2] == ["client_id", "client_secret"]


async def test_why_a_client_is_asked_for_is_said_where_linking_is_not_loaded(
    hass: HomeAssistant, dialog: Dialog
) -> None:
    """And not where it is."""
    because = "only because account linking is not loaded"
    await dialog.open_new("xbox")
    assert because in dialog.told["instructions"]
    add_cloud(hass, "xbox")
    await dialog.open_new("xbox")
    assert because not in dialog.told["instructions"]


async def test_a_client_is_needed_where_account_linking_offers_none_today(
    hass: HomeAssistant, dialog: Dialog
) -> None:
    """The steps come at once, as for an integration that always needs one."""
    add_cloud(hass, "xbox")
    await dialog.open_new("miele")
    told = dialog.told["instructions"]
    assert told.startswith("Account linking does not offer Miele at the moment, so")
    assert "You do not need" not in told


async def test_no_address_of_the_home_is_told_in_the_steps(
    hass: HomeAssistant, dialog: Dialog
) -> None:
    """Where the redirect URI would stand."""
    dialog.headers = {}
    await hass.config.async_update(external_url=None)
    hass.config.api = None
    await dialog.open_new("spotify")
    assert "does not know its own address yet" in dialog.told["instructions"]


@pytest.fixture
async def google(
    hass: HomeAssistant, dialog: Dialog, wire: Wire, provider: AiohttpClientMocker
) -> Dialog:
    """Return the dialog of a home that has a client of Google's for two integrations."""
    answers(provider, "invalid_grant", url=GOOGLE_TOKEN_URL)
    await wire.create(domain="google", name="Mine")
    await wire.create(domain="google_drive", name="Mine")
    await dialog.open()
    await dialog.submit(domain="youtube")
    return dialog


def of_youtube(hass: HomeAssistant) -> list[Any]:
    """Return the records of one more integration of Google's."""
    return hass.data[DATA_COLLECTION].records_of("youtube")


async def test_a_client_of_the_same_console_is_used_with_one_click(
    hass: HomeAssistant, google: Dialog
) -> None:
    """The API to enable is named, the provider asked, and the row made."""
    assert google.step == "reuse"
    assert "Enable [YouTube Data API v3]" in google.told["reuse"]
    options = google.options("target")
    assert len(options) == 2
    assert options["add"] == "Another client ID"
    [item_id] = set(options) - {"add"}
    await google.submit(target=item_id)
    assert google.step == "created"
    await hass.async_block_till_done()
    [record] = of_youtube(hass)
    assert record["client_id"] == "abc"
    assert record["client_secret"] == "the-secret"
    assert record["name"] == "Mine"
    assert record["id"] in {
        row.unique_id for row in own_entry(hass).subentries.values()
    }


async def test_another_client_can_be_entered_all_the_same(google: Dialog) -> None:
    """In the form that is shown where there is none."""
    await google.submit(target="add")
    assert google.step == "new"
    assert google.suggested == {}
    assert google.told["instructions"].startswith("1. Open [Google Cloud console]")


async def test_a_client_that_is_refused_now_leads_back_to_the_choice(
    hass: HomeAssistant, google: Dialog, provider: AiohttpClientMocker
) -> None:
    """Its secret is shown nowhere."""
    answers(provider, "invalid_client", url=GOOGLE_TOKEN_URL)
    [item_id] = set(google.options("target")) - {"add"}
    await google.submit(target=item_id)
    assert google.step == "rejected"
    await google.choose("reuse")
    assert google.step == "reuse"
    await google.submit(target="add")
    assert google.suggested == {}
    assert of_youtube(hass) == []


@pytest.fixture
def _number_in_file(hass_storage: Disk) -> None:
    """Let a person have written a client ID as a number."""
    hass_storage[DOMAIN] = stored(
        record("youtube", domain="youtube", client_id=17),
        record("google", domain="google", client_id="17"),
    )


@pytest.mark.usefixtures("_number_in_file", "wire")
async def test_a_client_that_the_integration_has_as_a_number_is_not_offered(
    dialog: Dialog,
) -> None:
    """It is the same client."""
    await dialog.open_new("youtube")
    assert dialog.step == "new"


async def test_a_client_that_is_known_to_be_rejected_is_not_offered(
    dialog: Dialog, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """Nor one that the integration has, nor one of another console."""
    answers(provider, "invalid_client", url=GOOGLE_TOKEN_URL)
    await wire.create("bad", domain="google_mail")
    await wire.get("check", application_credentials_id="google_mail_bad")
    await wire.create("there", domain="google")
    await wire.create("there", domain="youtube")
    await wire.create(domain="spotify")
    await dialog.open_new("youtube")
    await dialog.open_new("xbox")


async def test_a_client_that_was_deleted_meanwhile_cannot_be_used(
    hass: HomeAssistant, google: Dialog
) -> None:
    """The dialog says so."""
    [item_id] = set(google.options("target")) - {"add"}
    await hass.data[DATA_COLLECTION].async_delete_item(item_id)
    await google.submit(target=item_id)
    assert google.step == "abort: credential_gone"


NEEDS_TIME = "It can take up to 15 minutes until a new client ID works."


async def test_a_client_that_needs_time_is_said_to_be_new(
    hass: HomeAssistant, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """First of all; saved all the same, it is also said when the provider is asked again."""
    add_hook(hass, "home_connect")
    answers(provider, "invalid_client")
    await dialog.add("home_connect")
    assert dialog.step == "rejected"
    rejected, said, needs_time, uri, *_ = dialog.told["result"].split("\n\n")
    assert rejected.startswith("The provider rejects")
    assert said.startswith("The provider said")
    assert needs_time == NEEDS_TIME
    assert uri.startswith("Make sure that this redirect URI")
    await dialog.choose("save_anyway")
    rejects, needs_time = dialog.told["outcome"].split("\n\n")
    assert "As long as it does, no account works" in rejects
    assert needs_time.startswith(f"{NEEDS_TIME} The provider is asked again at ")
    await dialog.open_credential("home_connect_abc")
    found = dialog.told["finding"]
    assert f"{NEEDS_TIME} The provider is asked again at " in found


async def test_a_redirect_uri_that_needs_time_is_said_to_be_new(
    hass: HomeAssistant, dialog: Dialog, provider: AiohttpClientMocker
) -> None:
    """The provider may not know it yet, as it may not know the client."""
    add_hook(hass, "home_connect")
    answers(provider, "invalid_grant")
    mismatch = {"Location": "https://provider.test/error?error=redirect_uri_mismatch"}
    provider.get(AUTHORIZE_URL, status=302, headers=mismatch)
    await dialog.add("home_connect")
    assert dialog.step == "redirect_uri"
    assert dialog.told["result"].endswith(f"\n\n{NEEDS_TIME}")


async def test_a_client_that_is_old_needs_no_time(
    hass: HomeAssistant,
    dialog: Dialog,
    wire: Wire,
    provider: AiohttpClientMocker,
    freezer: FrozenDateTimeFactory,
) -> None:
    """The provider rejects it for another reason."""
    add_hook(hass, "home_connect")
    answers(provider, "invalid_client")
    await wire.create(domain="home_connect")
    freezer.tick(timedelta(hours=1))
    await wire.get("check", application_credentials_id="home_connect_abc")
    await dialog.open_credential("home_connect_abc")
    assert "rejects" in dialog.told["finding"]
    assert NEEDS_TIME not in dialog.told["finding"]


@pytest.mark.parametrize(("domain", "is_named"), [("miele", False), ("twitch", True)])
async def test_no_redirect_uri_is_named_where_there_is_none_to_register(
    hass: HomeAssistant,
    dialog: Dialog,
    provider: AiohttpClientMocker,
    domain: str,
    is_named: bool,
) -> None:
    """Nor that it is not known whether it is registered."""
    add_hook(hass, domain)
    answers(provider, "server_error")
    await dialog.add(domain)
    assert dialog.step == "unknown"
    assert (REDIRECT_URI in dialog.told["result"]) is is_named
