"""Config flows of integrations, written for the original, go to their provider's page."""

from collections.abc import Generator
from pathlib import Path
import sys
from typing import Any

import pytest
from yarl import URL

import custom_components
from homeassistant import loader
from homeassistant.config_entries import HANDLERS, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS
from homeassistant.helpers.config_entry_oauth2_flow import async_get_implementations
from tests.common import REDIRECT_URI, Wire

from .libraries import any_library

pytestmark = [
    pytest.mark.original,
    pytest.mark.usefixtures("current_request_with_host"),
]

WRITTEN_FOR_THE_ORIGINAL = Path(__file__).parent / "written_for_the_original"


async def start(hass: HomeAssistant, domain: str) -> Any:
    """Return what a person sees who adds an integration."""
    return await hass.config_entries.flow.async_init(
        domain, context={"source": SOURCE_USER}
    )


def page(flow: Any) -> URL:
    """Return the page of the provider to which a flow sends the person."""
    assert flow["type"] is FlowResultType.EXTERNAL_STEP, flow
    url = URL(flow["url"])
    assert url.scheme == "https"
    assert url.query["redirect_uri"] == REDIRECT_URI
    assert url.query["response_type"] == "code"
    return url


# Those of Home Assistant that go there at once, and need nothing else set up.
HOME_ASSISTANTS = [
    "electric_kiwi",
    "fitbit",
    "google_assistant_sdk",
    "google_drive",
    "google_mail",
    "google_photos",
    "google_sheets",
    "google_tasks",
    "husqvarna_automower",
    "iotty",
    "lyric",
    "microbees",
    "miele",
    "myuplink",
    "onedrive",
    "spotify",
    "tesla_fleet",
    "weheat",
    "xbox",
    "youtube",
]


@pytest.mark.parametrize("domain", HOME_ASSISTANTS)
async def test_a_flow_of_home_assistants_goes_to_the_providers_page(
    hass: HomeAssistant, wire: Wire, domain: str
) -> None:
    """With the client of the credential, which it has just asked for."""
    with any_library():
        flow = await start(hass, domain)
        assert (flow["type"], flow["reason"]) == (
            FlowResultType.ABORT,
            "missing_credentials",
        )
        await wire.create("my-client", domain=domain)
        assert page(await start(hass, domain)).query["client_id"] == "my-client"


@pytest.mark.parametrize(
    "domain",
    [
        "ondilo_ico",
        pytest.param(
            "teslemetry",
            marks=pytest.mark.skipif(
                "teslemetry" not in APPLICATION_CREDENTIALS,
                reason="this release asks for an access token (teslemetry)",
            ),
        ),
    ],
)
async def test_a_flow_of_home_assistants_that_brings_its_client_goes_there_without_one(
    hass: HomeAssistant, wire: Wire, domain: str
) -> None:
    """It imports it, or is an implementation of its own."""
    with any_library():
        assert page(await start(hass, domain)).query["client_id"]


@pytest.fixture
def written_for_the_original(hass: HomeAssistant) -> Generator[None]:
    """Have Home Assistant find the integrations of others."""
    before, path = set(sys.modules), custom_components.__path__
    custom_components.__path__ = [*path, str(WRITTEN_FOR_THE_ORIGINAL)]
    hass.data.pop(loader.DATA_CUSTOM_COMPONENTS, None)
    yield
    custom_components.__path__ = path
    for domain in (
        each.parent.name for each in WRITTEN_FOR_THE_ORIGINAL.glob("*/*.json")
    ):
        HANDLERS.pop(domain, None)
        for name in set(sys.modules) - before:
            if f".{domain}" in name:
                del sys.modules[name]


@pytest.mark.usefixtures("written_for_the_original")
async def test_a_hook_that_names_endpoints_is_enough(
    hass: HomeAssistant, wire: Wire
) -> None:
    """As in most integrations; the flow adds its scopes."""
    await wire.create("my-client", domain="daikin_onecta")
    url = page(await start(hass, "daikin_onecta"))
    assert url.host == "idp.onecta.test"
    assert url.query["client_id"] == "my-client"
    assert url.query["scope"] == "openid onecta:basic.integration offline_access"


@pytest.mark.usefixtures("written_for_the_original")
async def test_a_flow_may_ask_for_implementations_by_itself(
    hass: HomeAssistant, wire: Wire
) -> None:
    """And decide by that what it asks the person; the endpoints are those of then."""
    flow = await start(hass, "home_connect_alt")
    assert flow["step_id"] == "user"
    flow = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"api_host": "https://api.home-connect-china.test"}
    )
    assert flow["reason"] == "missing_credentials"
    await wire.create("my-client", domain="home_connect_alt")
    url = page(await start(hass, "home_connect_alt"))
    assert url.host == "api.home-connect-china.test"
    assert url.query["client_id"] == "my-client"


@pytest.mark.usefixtures("written_for_the_original")
@pytest.mark.parametrize(
    ("client_id", "shown", "token_host"),
    [
        ("my-client", "my-client", "auth.smartcar.test"),
        ("v3-client", "my-application", "iam.smartcar.test"),
    ],
    ids=["older", "newer"],
)
async def test_a_hook_may_inherit_from_the_originals_classes(
    hass: HomeAssistant, wire: Wire, client_id: str, shown: str, token_host: str
) -> None:
    """With more in them, and a flow that asks before it goes on."""
    await wire.create(client_id, domain="smartcar")
    flow = await start(hass, "smartcar")
    assert flow["step_id"] == "scopes"
    flow = await hass.config_entries.flow.async_configure(
        flow["flow_id"], {"read_odometer": True}
    )
    url = page(flow)
    assert url.host == "connect.smartcar.test"
    assert url.query["scope"] == "read_odometer"
    # Both stand in the address; providers and browsers take the last.
    assert url.query.getall("client_id")[-1] == shown
    [implementation] = (await async_get_implementations(hass, "smartcar")).values()
    token_url: Any = vars(implementation)["token_url"]
    assert URL(token_url).host == token_host
