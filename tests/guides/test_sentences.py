"""How a guide is told: whether one is needed first, then the steps, then what to know."""

import json
from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.common import MockModule, mock_integration

from custom_components import application_credentials
from custom_components.application_credentials.guides.linking import Linking
from custom_components.application_credentials.guides.sentences import (
    Telling,
    async_telling,
)
from custom_components.application_credentials.guides.table import GUIDES
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration
from tests.common import add_cloud

COMPONENT = Path(application_credentials.__file__).parent
ENGLISH = json.loads((COMPONENT / "strings.json").read_text())["selector"]["guide"]
URI = "https://my.home-assistant.io/redirect/oauth"

ASKED = (
    "Home Assistant asks for a client ID only because account linking is not loaded."
)
LOAD = "Add `cloud:` to your `configuration.yaml`"


def telling(
    domain: str, *, uri: str | None = URI, linking: Linking = Linking.OFFERED
) -> Telling:
    """Return the guide of an integration in English."""
    documentation = f"https://docs.test/{domain}"
    return Telling(
        GUIDES[domain], ENGLISH["options"], domain, documentation, uri, linking
    )


@pytest.mark.parametrize("domain", ["xbox", "dropbox", "willow"])
def test_that_none_is_needed_comes_first(domain: str) -> None:
    """For what Home Assistant links, and for what the integration brings."""
    whole = telling(domain).whole()
    assert whole.startswith(f"You do not need a client ID for {domain}.")


@pytest.mark.parametrize("domain", ["xbox", "dropbox"])
def test_why_one_is_asked_for_is_told_where_account_linking_is_not_loaded(
    domain: str,
) -> None:
    """And only there."""
    need = telling(domain, linking=Linking.NOT_LOADED).need()
    assert ASKED in need
    assert LOAD in need
    assert ASKED not in telling(domain).whole()
    assert LOAD not in telling(domain).whole()


def test_an_integration_that_refuses_without_account_linking_asks_for_nothing() -> None:
    """What is told is how to have it loaded."""
    need = telling("smartthings", linking=Linking.NOT_LOADED).need()
    assert ASKED not in need
    assert LOAD in need


@pytest.mark.parametrize("domain", ["august", "willow", "fitbit", "spotify", "weheat"])
async def test_account_linking_is_not_spoken_of_where_it_is_not_the_reason(
    hass: HomeAssistant, domain: str
) -> None:
    """The integration loads it by itself, or has nothing to do with it."""
    whole = await told(hass, domain)
    assert ASKED not in whole
    assert LOAD not in whole


def test_a_client_id_is_needed_where_account_linking_no_longer_offers_one() -> None:
    """Whatever was so when the guide was read."""
    told = telling("dropbox", linking=Linking.NOT_OFFERED).whole()
    assert told.startswith("Account linking does not offer dropbox at the moment, so")
    assert "\n\n1\\. Open [Dropbox App Console]" in told
    for each in (
        "You do not need",
        "If you still want",
        "If linking fails",
        ASKED,
        LOAD,
    ):
        assert each not in told


def test_where_the_published_one_stands_is_told() -> None:
    """With nothing to register."""
    whole = telling("weheat").whole()
    assert "publishes one client ID and client secret for everybody" in whole
    assert "1\\. Open [support.weheat.nl](https://support.weheat.nl/s/article/" in whole
    assert URI not in whole


def test_what_to_use_instead_is_told_of_what_is_gone() -> None:
    """A client ID from before may still work."""
    need = telling("fitbit").need()
    assert need.startswith("Fitbit no longer gives out client IDs.")
    assert need.endswith("Use the integration Google Health instead.")


def test_the_steps_are_numbered_with_the_redirect_uri_in_a_block_of_its_own() -> None:
    """The block is not indented, and so has room for it on a phone."""
    whole = telling("spotify").whole()
    assert (
        "3\\. Register this redirect URI under *Redirect URIs*. Enter it exactly as it is, even if your"
        f" Home Assistant has another address:\n\n`{URI}`\n\n4\\. Select *Web API*.\n"
    ) in whole


def test_an_own_client_id_is_optional_where_home_assistant_links_the_account() -> None:
    """The steps come below a line that says so."""
    whole = telling("dropbox").whole()
    assert (
        "want your own client ID:\n\n1\\. Open [Dropbox App Console](https://www.dr"
        in whole
    )


def test_an_unknown_address_is_told_in_place_of_the_redirect_uri() -> None:
    """With where to set it."""
    whole = telling("spotify", uri=None).whole()
    assert "\n\n(Home Assistant does not know its own address yet." in whole


def test_each_api_is_enabled_in_a_step_of_its_own() -> None:
    """On its page."""
    library = "https://console.cloud.google.com/apis/library"
    assert (
        f"2\\. Enable [Google Drive API]({library}/drive.googleapis.com).\n\n"
        f"3\\. Enable [Google Sheets API]({library}/sheets.googleapis.com).\n"
    ) in telling("google_sheets").whole()


def test_what_to_know_is_one_line_above_the_day_and_the_documentation() -> None:
    """A guide that has nothing to know goes without it."""
    *_, notes, as_of = telling("onedrive").whole().split("\n\n")
    assert notes.startswith("Good to know: ")
    assert "expires after 24 months at the latest" in notes
    assert as_of.startswith("As of 2026-11-30.")
    assert as_of.endswith("(https://docs.test/onedrive).")
    assert "Good to know" not in telling("dropbox").whole()


def test_what_no_own_client_id_spares_is_told_before_the_steps_to_one() -> None:
    """Volvo's API key is asked for in any case."""
    need, own, *_ = telling("volvo").whole().split("\n\n")
    assert "You do not need a client ID for volvo." in need
    assert "In any case, Home Assistant asks for an API key." in need
    assert own.startswith("If you still want your own client ID")


def test_what_to_do_after_the_steps_comes_before_the_day() -> None:
    """It goes on from the steps, and from what to know."""
    whole = telling("spotify").whole(then="Then enter both.")
    notes, then, day = whole.split("\n\n")[-3:]
    assert notes.startswith("Good to know: ")
    assert then == "Then enter both."
    assert day.startswith("As of ")


def test_what_the_integration_itself_says_is_folded_at_the_end() -> None:
    """It is not lost, and nobody reads two guides."""
    whole = telling("miele").whole(own_text="1. Go to Miele.\n2. Come back.")
    assert whole.endswith(
        "<details><summary>What miele itself says about it</summary>\n\n"
        "1. Go to Miele.\n2. Come back.\n\n</details>"
    )


@pytest.mark.parametrize("domain", ["xbox", "fitbit", "willow"])
def test_no_page_of_the_provider_is_spoken_of_where_there_is_none(domain: str) -> None:
    """The day and the documentation are named all the same."""
    assert (
        telling(domain)
        .whole()
        .endswith(
            "As of 2026-11-30. More is in [the documentation of this integration]"
            f"(https://docs.test/{domain})."
        )
    )


@pytest.mark.parametrize(
    ("domain", "said"),
    [
        ("spotify", "Copy *Client ID* and *Client secret*."),
        ("google", "The client secret is not shown again there."),
        ("vicare", "Copy *Client ID*. There is no client secret"),
        ("onedrive", "Select *Certificates & secrets* > *New client secret*. Copy *A"),
    ],
)
def test_where_the_values_are_found_again(domain: str, said: str) -> None:
    """At the console; a secret that is shown once is made anew."""
    console = GUIDES[domain].console
    assert console
    values = telling(domain).values()
    assert values.startswith(f"Open [{console.name}]({console.url}). {said}")


def test_nobody_finds_again_what_is_not_needed() -> None:
    """Where there is no console, the reason is told."""
    assert telling("xbox").values() == telling("xbox").need()


def test_where_the_redirect_uri_is_registered() -> None:
    """With a new application where it cannot be changed; nothing where there is none."""
    console, register, uri, new = telling("myuplink").redirect_uri().split("\n\n")
    assert console == "Open [myUplink developer site](https://dev.myuplink.com/apps)."
    assert register.startswith("Register this redirect URI under *Callback URL*.")
    assert uri == f"`{URI}`"
    assert new.endswith("create a new application.")
    assert telling("mcp").redirect_uri().startswith("Register this redirect URI there.")
    assert telling("miele").redirect_uri() == ""
    assert telling("xbox").redirect_uri() == ""


def test_the_address_of_microbees_is_the_bare_one_first() -> None:
    """And the whole redirect URI if that is refused."""
    for text in (telling("microbees").whole(), telling("microbees").redirect_uri()):
        bare = text.index("`https://my.home-assistant.io`")
        assert bare < text.index("enter this address instead:") < text.index(URI)


def test_netatmos_redirect_uri_may_be_left_out() -> None:
    """Or has to be exact."""
    said = "Leave *Redirect URI* empty, or enter exactly this redirect URI:"
    assert said in telling("netatmo").whole()


def test_how_long_a_new_client_id_takes() -> None:
    """In minutes, or in hours that nobody can count; nothing where it works at once."""
    assert "up to 15 minutes" in telling("home_connect").wait()
    assert "up to 60 minutes" in telling("vicare").wait()
    assert "some hours" in telling("youtube").wait()
    assert telling("spotify").wait() == ""


def test_where_an_app_of_google_is_published() -> None:
    """With what Google asks for before."""
    branding, publish = telling("google").publishing().split("\n\n")
    assert branding.startswith("1\\. Under [Branding](https://console.cloud.google.com")
    assert publish.startswith("2\\. Under [Audience](https://console.cloud.google.com")


def test_a_client_id_of_another_integration_is_used_again() -> None:
    """With the API to enable for this one."""
    reuse = telling("youtube").reuse(["Google Mail", "Google Tasks"])
    assert reuse.startswith(
        "The client ID that you have (Google Mail, Google Tasks) works here, too, if its"
        " type is *Web application*."
    )
    assert "Enable [YouTube Data API v3](" in reuse


def test_a_client_id_that_is_used_again_needs_the_integrations_own_steps() -> None:
    """Nest's project at another console, which costs something; and none of those that made the client ID."""
    reuse = telling("nest").reuse(["YouTube"])
    enable, project = reuse.index("Enable [Cloud"), reuse.index("(US$5 once)")
    assert enable < project < reuse.index("Enable events in that project")
    assert "Authorized redirect URIs" not in reuse


def test_a_sentence_that_is_not_translated_is_told_by_its_key() -> None:
    """Nothing fails where the translations cannot be read."""
    untold = Telling(
        GUIDES["xbox"], {}, "Xbox", "https://docs.test", URI, Linking.OFFERED
    )
    assert untold.whole() == "need_linked\n\nas_of_none_to_make"


async def test_a_guide_has_the_name_and_the_documentation_of_the_integration(
    hass: HomeAssistant,
) -> None:
    """Those that its manifest has."""
    whole = await told(hass, "xbox")
    assert "for Xbox." in whole
    documentation = (await async_get_integration(hass, "xbox")).documentation
    assert f"]({documentation})." in whole


async def told(hass: HomeAssistant, domain: str) -> str:
    """Return the guide of an integration in the language of the person."""
    guide = await async_telling(hass, domain, URI)
    assert guide is not None
    return guide.whole()


async def test_an_integration_that_this_release_does_not_have_has_a_guide(
    hass: HomeAssistant,
) -> None:
    """It is not there yet, or no more; or its manifest names no documentation."""
    mock_integration(hass, MockModule("xbox"))
    hass.data["integrations"].pop("willow", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("homeassistant.loader.Integration.resolve_from_root", _nothing)
        assert (await told(hass, "willow")).startswith(
            "You do not need a client ID for willow."
        )
    for domain in ("willow", "xbox"):
        assert f"](https://www.home-assistant.io/integrations/{domain})." in (
            await told(hass, domain)
        )


def _nothing(*_: object) -> None:
    """Find no integration."""


async def test_why_one_is_asked_for_is_what_this_home_assistant_has_loaded(
    hass: HomeAssistant,
) -> None:
    """It is looked up each time."""
    assert ASKED in await told(hass, "xbox")
    add_cloud(hass, "xbox")
    assert ASKED not in await told(hass, "xbox")


async def test_a_guide_is_in_the_language_of_the_person(hass: HomeAssistant) -> None:
    """The names of buttons stay as the console has them."""
    hass.config.language = "de"
    assert "Stelle *Client Type* auf *Confidential*." in await told(hass, "twitch")


async def test_no_space_is_between_sentences_in_chinese(hass: HomeAssistant) -> None:
    """There is one within them, before a word in another alphabet."""
    hass.config.language = "zh-Hans"
    whole = await told(hass, "xbox")
    assert "Xbox" in whole
    assert "。 " not in whole
    assert whole.count("。") > 3


async def test_an_integration_from_elsewhere_has_no_guide(hass: HomeAssistant) -> None:
    """Nobody has read its provider's pages."""
    assert await async_telling(hass, "shop") is None
