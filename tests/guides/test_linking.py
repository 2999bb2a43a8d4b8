"""What account linking offers today, which a guide cannot know."""

import sys
from unittest.mock import patch

import pytest

from custom_components.application_credentials.guides.linking import (
    Linking,
    async_linking,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    async_add_implementation_provider,
    async_get_implementations,
)
from tests.common import Wire, add_cloud, add_hook

# Home Assistant can link either; the second takes a client ID of one's own, too.
LINKED = ["xbox", "dropbox"]


@pytest.mark.parametrize("domain", LINKED)
async def test_nothing_is_offered_where_it_is_not_loaded(
    hass: HomeAssistant, domain: str
) -> None:
    """Nobody is asked then."""
    assert await async_linking(hass, domain) is Linking.NOT_LOADED


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize("domain", LINKED)
async def test_an_integration_is_offered_or_not(
    hass: HomeAssistant, domain: str
) -> None:
    """It is asked each time; the integration is not imported for it."""
    imported = set(sys.modules)
    add_cloud(hass, domain)
    assert await async_linking(hass, domain) is Linking.OFFERED
    add_cloud(hass)
    assert await async_linking(hass, domain) is Linking.NOT_OFFERED
    assert f"homeassistant.components.{domain}" not in sys.modules.keys() - imported


async def test_a_credential_is_no_account_linking(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Its implementation is called otherwise."""
    add_hook(hass, "xbox")
    await wire.create(domain="xbox")
    add_cloud(hass)
    assert await async_linking(hass, "xbox") is Linking.NOT_OFFERED


@pytest.mark.parametrize("domain", ["spotify", "weheat", "neato", "willow", "shop"])
async def test_nothing_is_asked_of_what_is_never_linked_for_you(
    hass: HomeAssistant, domain: str
) -> None:
    """The guide says so, or there is none."""
    add_cloud(hass)
    assert await async_linking(hass, domain) is None


@pytest.mark.parametrize(
    "error",
    [ImplementationUnavailableError("away"), RuntimeError("broken"), SystemExit()],
)
async def test_what_cannot_be_asked_is_as_the_guide_has_it(
    hass: HomeAssistant, wire: Wire, error: BaseException
) -> None:
    """The server is away, or the provider fails; also where there is a credential."""
    add_hook(hass, "xbox")
    await wire.create(domain="xbox")
    add_cloud(hass)

    async def fail(hass: HomeAssistant, domain: str) -> None:
        raise error

    async_add_implementation_provider(hass, "cloud", fail)  # type: ignore[arg-type]
    assert await async_linking(hass, "xbox") is Linking.OFFERED
    # It is there for all who ask otherwise.
    async_add_implementation_provider(hass, "cloud", provide_nothing)
    assert list(await async_get_implementations(hass, "xbox")) == ["xbox_abc"]


async def provide_nothing(
    hass: HomeAssistant, domain: str
) -> list[AbstractOAuth2Implementation]:
    """Offer no implementation."""
    return []


async def test_nobody_waits_long_for_the_answer(hass: HomeAssistant) -> None:
    """A person is in front of the dialog."""
    add_cloud(hass)

    async def wait(hass: HomeAssistant, domain: str) -> None:
        await hass.loop.create_future()

    async_add_implementation_provider(hass, "cloud", wait)  # type: ignore[arg-type]
    with patch(
        "custom_components.application_credentials.guides.linking._ASK_TIMEOUT", 0
    ):
        assert await async_linking(hass, "xbox") is Linking.OFFERED
