"""The door: our component or, where that cannot be set up, Home Assistant's own."""

from collections.abc import Callable, Generator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from logging import ERROR
from pathlib import Path
import sys
from typing import Any, override
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components import application_credentials
from homeassistant.components.application_credentials import (
    ApplicationCredentialsStorageCollection,
)
from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryDisabler,
    ConfigEntryState,
)
from homeassistant.const import __version__ as home_assistant_version
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import UnknownHandler
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_get_config_entry_implementation,
    async_get_implementations,
)
from homeassistant.setup import async_setup_component

from .common import (
    DOMAIN,
    PACKAGE,
    SHOP,
    Disk,
    Setups,
    Wire,
    add_account,
    add_integration,
    client,
    imported_anew,
    link_flow,
    record,
    stored,
)

FOLDER = Path(application_credentials.__file__).parent

# What Home Assistant imports by name at every start; everything else has to wait behind it.
THE_DOOR = {
    PACKAGE,
    *(
        f"{PACKAGE}.{name}"
        for name in ("config_flow", "diagnostics", "repairs", "system_health")
    ),
}
ISSUE = (DOMAIN, "original_serves")


def modules() -> list[str]:
    """Return the names of all modules of the component, but for the door."""
    names = {
        ".".join((PACKAGE, *path.relative_to(FOLDER).with_suffix("").parts))
        for path in FOLDER.rglob("*.py")
    }
    return sorted({name.removesuffix(".__init__") for name in names} - THE_DOOR)


class Breakage(MetaPathFinder):
    """Has the import of one module fail, as where Home Assistant has taken a name away."""

    def __init__(self, name: str) -> None:
        """Take the name of the module."""
        self._name = name

    @override
    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        """Fail where the module is looked for."""
        if fullname == self._name:
            raise ImportError(f"cannot import name 'that' from {fullname}")
        return None


@pytest.fixture
def break_module() -> Generator[Callable[[str], None]]:
    """Return a function that makes the import of a module fail."""
    broken: list[Breakage] = []

    def break_module(name: str) -> None:
        broken.append(Breakage(name))
        sys.meta_path.insert(0, broken[0])

    with imported_anew():
        yield break_module
    for breakage in broken:
        sys.meta_path.remove(breakage)


class Home:
    """A home with a credential, an account that is linked with it, and our entry."""

    def __init__(self, hass: HomeAssistant, hass_storage: Disk) -> None:
        """Have them from before the start."""
        self._hass = hass
        hass_storage[DOMAIN] = stored(record())
        self.entry = MockConfigEntry(domain=DOMAIN, title="Application credentials")
        self.entry.add_to_hass(hass)
        self.setups: Setups = add_integration(hass)
        self.account = add_account(hass, "shop_abc")

    async def async_start(self) -> None:
        """Start as Home Assistant does: first the component, then the accounts."""
        served: list[str] = []

        def set_up(entry: ConfigEntry) -> None:
            served.append(entry.entry_id)

        self.setups.fails = set_up
        assert await async_setup_component(self._hass, DOMAIN, {})
        with link_flow():
            assert await async_setup_component(self._hass, SHOP, {})
            await self._hass.async_block_till_done()
        assert served == [self.account.entry_id]


@pytest.fixture
def home(hass: HomeAssistant, hass_storage: Disk) -> Home:
    """Return a home that is not yet started."""
    return Home(hass, hass_storage)


async def assert_the_original_serves(
    hass: HomeAssistant, home: Home, hass_ws_client: WebSocketGenerator
) -> None:
    """Check that nothing is missing but what only we can do, and that it is said."""
    # Records, commands, implementations.
    collection: Any = hass.data[DOMAIN]
    assert type(collection) is ApplicationCredentialsStorageCollection
    wire = Wire(await hass_ws_client(hass))
    assert await wire.get("list") == [{"id": "shop_abc", **client()}]
    assert (await wire.create("def"))["id"] == "shop_def"
    assert await wire.get("delete", application_credentials_id="shop_def") is None
    with patch("homeassistant.loader.APPLICATION_CREDENTIALS", [SHOP]):
        assert await wire.get("config") == {
            "domains": [SHOP],
            "integrations": {SHOP: {}},
        }
    assert await wire.get("config_entry", config_entry_id=home.account.entry_id) == {
        "application_credentials_id": "shop_abc"
    }
    assert list(await async_get_implementations(hass, SHOP)) == ["shop_abc"]
    implementation: Any = await async_get_config_entry_implementation(
        hass, home.account
    )
    assert implementation.client_secret == "the-secret"
    assert home.account.state is ConfigEntryState.LOADED
    # What a person sees.
    issue = ir.async_get(hass).async_get_issue(*ISSUE)
    assert issue is not None
    assert not issue.is_fixable
    versions = {
        "version": str(hass.data["integrations"][DOMAIN].version),
        "home_assistant": home_assistant_version,
    }
    assert issue.translation_placeholders == versions
    assert home.entry.state is ConfigEntryState.SETUP_ERROR
    assert home.entry.error_reason_translation_key == "original_serves"
    assert home.entry.error_reason_translation_placeholders == versions
    assert all(version in str(home.entry.reason) for version in versions.values())


@pytest.mark.parametrize(
    "module", [each.removeprefix(f"{PACKAGE}.") for each in modules()]
)
async def test_the_original_serves_where_a_module_cannot_be_imported(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    home: Home,
    break_module: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
    module: str,
) -> None:
    """Whichever it is: a component of which a part is missing is none."""
    break_module(f"{PACKAGE}.{module}")
    await home.async_start()
    await assert_the_original_serves(hass, home, hass_ws_client)
    assert f"cannot import name 'that' from {PACKAGE}.{module}" in caplog.text


STEPS = [
    "redact_websocket_log",
    "Hooks",
    "CredentialCollection",
    "CredentialCollection.async_load",
    "Findings",
    "State.async_load",
    "AccountWatcher.async_start",
    "issues.async_follow",
    "implementations.async_setup",
    "websocket_api.async_setup",
]


@pytest.mark.parametrize("step", STEPS)
async def test_the_original_serves_where_set_up_fails_half_way(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    home: Home,
    caplog: pytest.LogCaptureFixture,
    step: str,
) -> None:
    """None of our callbacks is called any more."""
    with patch(f"{PACKAGE}.component.{step}", side_effect=AttributeError("gone")):
        await home.async_start()
    caplog.clear()
    await assert_the_original_serves(hass, home, hass_ws_client)
    # What we would follow.
    add_account(hass, "shop_gone", title="ben@shop.test")
    with link_flow():
        home.account.async_start_reauth(hass)
        await hass.async_block_till_done()
    assert [key for key in ir.async_get(hass).issues if key[0] == DOMAIN] == [ISSUE]
    assert [record for record in caplog.records if record.levelno >= ERROR] == []


async def test_there_is_no_dialog_where_the_original_serves(
    hass: HomeAssistant, home: Home
) -> None:
    """Neither to add a credential nor to edit one."""
    with patch(f"{PACKAGE}.component.Hooks", side_effect=AttributeError("gone")):
        await home.async_start()
    assert home.entry.supported_subentry_types == {}


async def test_no_dialog_is_opened_of_a_disabled_entry_where_the_original_serves(
    hass: HomeAssistant, home: Home
) -> None:
    """The entry does not say that it serves."""
    with patch(f"{PACKAGE}.component.Hooks", side_effect=AttributeError("gone")):
        await home.async_start()
    await hass.config_entries.async_set_disabled_by(
        home.entry.entry_id, ConfigEntryDisabler.USER
    )
    assert home.entry.supported_subentry_types
    with pytest.raises(UnknownHandler):
        await hass.config_entries.subentries.async_init(
            (home.entry.entry_id, "credential"), context={"source": SOURCE_USER}
        )


async def test_the_entry_can_be_deleted_where_the_original_serves(
    hass: HomeAssistant, home: Home
) -> None:
    """That prepares for uninstalling."""
    with patch(f"{PACKAGE}.component.Hooks", side_effect=AttributeError("gone")):
        await home.async_start()
    await hass.config_entries.async_remove(home.entry.entry_id)
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_no_entry_is_made_where_the_original_serves(
    hass: HomeAssistant, home: Home
) -> None:
    """It would only say that there is nothing to see."""
    await hass.config_entries.async_remove(home.entry.entry_id)
    with patch(f"{PACKAGE}.component.Hooks", side_effect=AttributeError("gone")):
        await home.async_start()
    assert hass.config_entries.async_entries(DOMAIN) == []


async def test_the_issue_is_gone_at_a_start_with_a_version_that_works(
    hass: HomeAssistant, home: Home
) -> None:
    """And the entry is loaded again."""
    ir.async_create_issue(
        hass,
        *ISSUE,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key="original_serves",
    )
    await home.async_start()
    assert ir.async_get(hass).async_get_issue(*ISSUE) is None
    assert home.entry.state is ConfigEntryState.LOADED
    assert home.account.state is ConfigEntryState.LOADED


def test_the_door_imports_nothing_of_ours() -> None:
    """None of its modules, before it is used."""
    with imported_anew():
        for name in sorted(THE_DOOR):
            __import__(name)
        assert {name for name in sys.modules if name.startswith(PACKAGE)} == THE_DOOR
