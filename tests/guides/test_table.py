"""The guides as data: complete, of the provider's own pages, and in the words that there are."""

from collections.abc import Iterator
from datetime import timedelta
import json
from pathlib import Path
import re
from string import Formatter
from typing import Final
from urllib.parse import urlsplit

from custom_components import application_credentials
from custom_components.application_credentials.guides import (
    google,
    microsoft,
    sentences,
)
from custom_components.application_credentials.guides.guide import (
    REGISTERING,
    Guide,
    Kind,
    Sentence,
    Unlinked,
)
from custom_components.application_credentials.guides.table import (
    GUIDES,
    has_redirect_uri,
    link_life,
    may_secret_end,
    same_console,
    wait_of,
)
from homeassistant import components
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS

STRINGS = json.loads(
    (Path(application_credentials.__file__).parent / "strings.json").read_text()
)
VOCABULARY: dict[str, str] = STRINGS["selector"]["guide"]["options"]
COMPONENTS = Path(components.__path__[0])

MAX_STEPS: Final = 11

# The pages that a guide may lead to, by provider.
HOSTS: Final = {
    "Dropbox": {"www.dropbox.com"},
    "Google": {"console.cloud.google.com", "console.nest.google.com"},
    "Home Connect": {"developer.home-connect.com"},
    "Husqvarna": {"developer.husqvarnagroup.cloud"},
    "LaMetric": {"developer.lametric.com"},
    "Microsoft": {"entra.microsoft.com"},
    "Miele": {"developer.miele.com"},
    "Minut": {"web.minut.com"},
    "Monzo": {"developers.monzo.com"},
    "Netatmo": {"dev.netatmo.com"},
    "Resideo": {"developer.honeywellhome.com"},
    "Spotify": {"developer.spotify.com"},
    "Tesla": {"developer.tesla.com"},
    "Tibber": {"data-api.tibber.com"},
    "Twitch": {"dev.twitch.tv"},
    "Viessmann": {"app.developer.viessmann-climatesolutions.com"},
    "Volvo": {"developer.volvocars.com"},
    "Weheat": {"support.weheat.nl"},
    "Withings": {"developer.withings.com"},
    "Yoto": {"dashboard.yoto.dev"},
    "microBees": {"developers.microbees.com", "my.home-assistant.io"},
    "myUplink": {"dev.myuplink.com"},
}

# Integrations with nothing to register: made by a form, published, or nobody's to make.
NO_REDIRECT_URI: Final = {"miele"} | {
    domain
    for domain, guide in GUIDES.items()
    if guide.kind in {Kind.CLOUD, Kind.BUILTIN, Kind.PUBLISHED, Kind.GONE}
}


def told(guide: Guide) -> tuple[Sentence, ...]:
    """Return all sentences of a guide."""
    return (*guide.before, *guide.steps, *guide.notes)


def addresses(guide: Guide) -> Iterator[str]:
    """Yield all addresses that a guide leads to."""
    if guide.console:
        yield guide.console.url
    for sentence in told(guide):
        for value in sentence.values.values():
            yield from re.findall(r"\]\((.+?)\)", value)
            if value.startswith("http"):
                yield value


def test_every_integration_has_a_guide() -> None:
    """Those of the installed Home Assistant; of one that is new, nobody has read anything yet."""
    assert sorted(set(APPLICATION_CREDENTIALS) - GUIDES.keys()) == []


def test_an_address_is_of_the_providers_own_page() -> None:
    """And none leads into somebody else's project."""
    for guide in GUIDES.values():
        for address in addresses(guide):
            parts = urlsplit(address)
            assert parts.scheme == "https", address
            assert parts.netloc in HOSTS[guide.provider], address
            assert not parts.query, address


def test_no_host_is_left_over() -> None:
    """The table above has the providers that a guide leads to, and no other."""
    leading = {each.provider for each in GUIDES.values() if any(addresses(each))}
    assert HOSTS.keys() == leading


def test_the_steps_are_few() -> None:
    """And there are some where a person makes a client ID."""
    for domain, guide in GUIDES.items():
        assert len(guide.steps) <= MAX_STEPS, domain
        makes = guide.kind in {Kind.OWN, Kind.CLOUD_OR_OWN, Kind.PUBLISHED}
        assert bool(guide.steps) is makes, domain


def test_a_sentence_is_given_what_it_has_placeholders_for() -> None:
    """By the guide or by the step; and nothing that it has no place for."""
    for domain, guide in GUIDES.items():
        of_the_guide = given_by(guide)
        for sentence in told(guide):
            parts = Formatter().parse(VOCABULARY[sentence.key])
            names = {name for _, name, _, _ in parts if name}
            own = set(sentence.values) - {"address"}
            assert own <= names, (domain, sentence)
            assert names <= own | of_the_guide, (domain, sentence)


def given_by(guide: Guide) -> set[str]:
    """Return the placeholders that a guide fills in, whatever the sentence."""
    only_with = {
        "console": guide.console,
        "console_url": guide.console,
        "secret": guide.values.secret,
        "field": guide.redirect_field,
        "minutes": guide.wait,
        "months": guide.secret_months,
    }
    filled = {name for name, value in only_with.items() if value}
    return {"integration", "provider", "id", "link"} | filled


def test_every_sentence_is_used() -> None:
    """Those that a guide has none of, by the module that puts guides together."""
    used = {sentence.key for guide in GUIDES.values() for sentence in told(guide)}
    used |= {sentence.key for sentence in google.PUBLISHING}
    module = Path(sentences.__file__).read_text()
    by_name = {key for key in VOCABULARY if f'"{key}"' in module}
    assert set(VOCABULARY) == used | by_name


def test_there_is_a_redirect_uri_where_there_is_one_to_register() -> None:
    """One step has it, or none."""
    for domain, guide in GUIDES.items():
        steps = [each for each in guide.steps if each.key in REGISTERING]
        assert len(steps) == (0 if domain in NO_REDIRECT_URI else 1), domain


def test_a_wait_is_told() -> None:
    """As is what comes to an end."""
    waits = {"note_wait", "note_wait_hours", "log_out_wait"}
    for domain, guide in GUIDES.items():
        keys = {sentence.key for sentence in told(guide)}
        assert bool(keys & waits) is (guide.wait is not None), domain
        assert ("note_secret_ends" in keys) is bool(guide.secret_months), domain
        assert ("note_link_ends" in keys) is (guide.link_life is not None), domain


def test_account_linking_is_needed_as_the_integration_says() -> None:
    """In its manifest, or in its config flow; for those that the installed Home Assistant has."""
    for domain in APPLICATION_CREDENTIALS:
        folder = COMPONENTS / domain
        manifest = json.loads((folder / "manifest.json").read_text())
        refuses = "cloud_not_enabled" in (folder / "config_flow.py").read_text()
        expected = Unlinked.REFUSES if refuses else Unlinked.ASKS
        if "cloud" in manifest.get("dependencies", []):
            expected = Unlinked.LOADS
        assert GUIDES[domain].unlinked is expected, domain


def test_all_of_google_can_share_a_client_id() -> None:
    """Each has its own API to enable. Microsoft's registrations are for one type of accounts."""
    assert same_console("nest") == google.GUIDES.keys() - {"nest"}
    assert len(same_console("google")) == 9
    for domain in google.GUIDES:
        assert "enable" in {step.key for step in GUIDES[domain].steps}, domain
    for domain in (*microsoft.GUIDES, "xbox", "spotify", "shop"):
        assert same_console(domain) == frozenset()


def test_some_new_client_ids_do_not_work_at_once() -> None:
    """Home Connect's after 15 minutes, ViCare's and Miele's within an hour, Google's within hours."""
    waits = {domain: wait for domain in GUIDES if (wait := wait_of(domain))}
    assert waits == dict.fromkeys(google.GUIDES, timedelta(hours=6)) | {
        "home_connect": timedelta(minutes=15),
        "miele": timedelta(hours=1),
        "vicare": timedelta(hours=1),
    }
    assert wait_of("shop") is None


def test_microsofts_secrets_end() -> None:
    """After two years at the latest; nobody knows of integrations from elsewhere."""
    ending = {domain for domain in GUIDES if may_secret_end(domain)}
    assert ending == microsoft.GUIDES.keys()
    assert may_secret_end("shop")


def test_some_links_end() -> None:
    """Spotify's, and Volvo's with a client ID of your own; Google's answers say it themselves."""
    lives = {domain: life for domain in GUIDES if (life := link_life(domain))}
    assert lives == dict.fromkeys(("spotify", "volvo"), timedelta(days=182))
    assert link_life("shop") is None


def test_names_of_buttons_are_not_translated() -> None:
    """No sentence has one in itself: what a console calls things is data."""
    for text in VOCABULARY.values():
        for name in re.findall(r"\*(.+?)\*", text):
            assert re.fullmatch(r"{\w+}", name), text


def test_a_redirect_uri_is_registered_wherever_the_steps_say_so() -> None:
    """And where nobody knows the steps."""
    without = {domain for domain in GUIDES if not has_redirect_uri(domain)}
    builtin = {each for each in GUIDES if GUIDES[each].kind is Kind.BUILTIN}
    assert without >= builtin | {"miele", "weheat"}
    assert not without & {"spotify", "google", "xbox", "yolink", "netatmo"}
    assert has_redirect_uri("shop")
