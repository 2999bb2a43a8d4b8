"""What Home Assistant's validator would say of the component; and that its rules, as we know them, find what they are for."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from custom_components import application_credentials
from homeassistant import components
from homeassistant.util.yaml import load_yaml_dict
from tests import hassfest

FOLDER = Path(application_credentials.__file__).parent
REPOSITORY = FOLDER.parent.parent
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())
STRINGS: dict[str, Any] = json.loads((FOLDER / "strings.json").read_text())
QUALITY_SCALE: dict[str, Any] = load_yaml_dict(str(FOLDER / "quality_scale.yaml"))
ICONS = FOLDER / "icons.json"


# The component.


def test_hassfest_finds_the_component_alone() -> None:
    """It looks into the repository's root and into each folder of custom_components; the playground has its own."""
    found = [
        *REPOSITORY.glob("manifest.json"),
        *REPOSITORY.glob("custom_components/*/manifest.json"),
    ]
    assert found == [FOLDER / "manifest.json"]


def test_the_manifest_is_valid() -> None:
    """With nothing in it that hassfest does not know."""
    assert hassfest.manifest_faults(MANIFEST, FOLDER) == []


def test_what_is_imported_is_declared() -> None:
    """Home Assistant sets up first, and installs the requirements of, what is declared."""
    assert hassfest.dependency_faults(MANIFEST, FOLDER) == []


def test_what_is_declared_is_there() -> None:
    """What a release may take away one day does not stand in `dependencies`: nothing of ours would be set up."""
    shipped = Path(components.__file__).parent
    declared = MANIFEST["dependencies"] + MANIFEST["after_dependencies"]
    assert [name for name in declared if not (shipped / name).is_dir()] == []


def test_a_set_up_from_yaml_is_refused_by_a_schema() -> None:
    """The component takes nothing from configuration.yaml, and says so."""
    assert hassfest.schema_faults(FOLDER) == []


@pytest.mark.parametrize(
    "path",
    [
        FOLDER / "strings.json",
        *sorted((FOLDER / "translations").glob("*.json")),
    ],
    ids=lambda path: path.stem,
)
def test_the_texts_are_valid(path: Path) -> None:
    """Only the English ones are looked at by hassfest; what breaks them breaks the others, too."""
    assert hassfest.strings_faults(json.loads(path.read_text())) == []


@pytest.mark.skipif(not ICONS.exists(), reason="Nothing of ours has an icon")
def test_the_icons_are_valid() -> None:
    """And of the kind that comes with Home Assistant."""
    assert hassfest.icons_faults(json.loads(ICONS.read_text())) == []


def test_the_quality_scale_is_valid() -> None:
    """It answers to every rule."""
    assert hassfest.quality_scale_faults(QUALITY_SCALE) == []


def test_there_are_no_actions() -> None:
    """So there is nothing for services.yaml to describe; what scripts need is on the websocket."""
    assert not any((FOLDER / described).exists() for described in hassfest.DESCRIBED)
    assert "services" not in STRINGS
    assert hassfest.description_faults(FOLDER) == []


def test_nothing_is_offered_again_that_was_discovered() -> None:
    """There is no such flow yet."""
    assert hassfest.discovery_faults(FOLDER) == []


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.json")), ids=lambda p: p.name)
def test_no_key_stands_twice_in_a_file(path: Path) -> None:
    """The first of two is lost without a word."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert sorted(set(keys)) == sorted(keys)
        return dict(pairs)

    json.loads(path.read_text(), object_pairs_hook=once)


# The rules.


def with_change(original: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy in which the value at a dotted path is another one; with None there is none."""
    changed = copy.deepcopy(original)
    *parents, last = path.split(".")
    parent = changed
    for part in parents:
        parent = parent.setdefault(part, {})
    if value is None:
        del parent[last]
    else:
        parent[last] = value
    return changed


def in_order(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return a manifest with its keys where they belong."""
    return dict(
        sorted(
            manifest.items(), key=lambda item: (item[0] not in {"domain", "name"}, item)
        )
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("iot_class", "calculated"),
        ("domain", "shop"),
        ("version", "one"),
        ("version", None),
        ("documentation", "http://example.com"),
        ("documentation", "https://www.home-assistant.io/integrations/shop"),
        ("issue_tracker", "example.com"),
        ("codeowners", ["anna"]),
        ("codeowners", None),
        ("integration_type", "virtual"),
        ("integration_type", None),
        ("requirements", ["shop == 1"]),
        ("quality_scale", "platinum"),
        ("strange", "Unknown"),
    ],
)
def test_a_fault_of_a_manifest_is_found(path: str, value: Any) -> None:
    """Among them a class of how it talks to the internet, which this domain must not have."""
    changed = in_order(with_change(MANIFEST, path, value))
    assert hassfest.manifest_faults(changed, FOLDER)


def test_a_manifest_out_of_order_is_found() -> None:
    """The domain, the name, and then the alphabet."""
    valid = in_order(MANIFEST | {"loggers": ["shop"], "requirements": ["shop>=1"]})
    assert hassfest.manifest_faults(valid, FOLDER) == []
    for changed in (
        MANIFEST | {"loggers": ["shop"]},
        {"name": MANIFEST["name"], **MANIFEST},
    ):
        assert len(hassfest.manifest_faults(changed, FOLDER)) == 1


def test_a_config_flow_that_is_not_there_is_found(tmp_path: Path) -> None:
    """The manifest says that there is one."""
    folder = tmp_path / "application_credentials"
    assert hassfest.manifest_faults(MANIFEST, folder) == ["there is no config_flow.py"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("config.step", None),
        ("config.step.user.title", "Of '{name}'"),
        ("config.step.user.title", "<b>Bold</b>"),
        ("config.step.user.title", "See https://shop.test"),
        ("config.step.user.title", "Space at the end "),
        ("config.step.user.title", "Name of [%key:common::name%]"),
        ("config.step.user.title", ["a list"]),
        ("config.step.user.title", 1),
        ("config.step.user.title", "Of {the-shop}"),
        ("config.step.user.title", "Of {shop.name}"),
        ("config.step.user.title", "Of {0}"),
        ("config.step.user.title", "Of {}"),
        ("config.step.user.title", "Of {shop"),
        ("config.step.user.title", "Of shop}"),
        ("config.step.user.title", "{count, plural, one {account} other {accounts}}"),
        ("config.step.user.data_description.name", "Help for no field"),
        ("config.step.user.strange", "Unknown"),
        ("issues.original_serves.fix_flow", {"step": {}}),
        ("issues.original_serves.description", None),
        ("issues.original_serves.title", None),
        ("exceptions.Upper", {"message": "The key is no slug"}),
        ("exceptions.no_message", {}),
        ("selector.text.options._key", "The key begins with an underscore"),
        ("config_subentries.credential", {"entry_type": "Without steps"}),
        ("entity.sensor.accounts", {"label": "Unknown"}),
        ("entity.sensor.accounts.state.on", "Of {shop}"),
        ("entity.sensor.accounts.unit_of_measurement", "of {shop}"),
        ("entity.sensor.accounts.state_attributes.shop.name", "Of {shop}"),
        ("entity.sensor.accounts.state_attributes.shop.state.on", "Of {shop}"),
        ("services", {}),
    ],
)
def test_a_fault_of_a_text_is_found(path: str, value: Any) -> None:
    """Of its place, or of itself."""
    assert hassfest.strings_faults(with_change(STRINGS, path, value))


def test_a_placeholder_has_a_name() -> None:
    """That of an entity may have one, too."""
    for path in ("config.step.user.title", "entity.sensor.accounts.name"):
        changed = with_change(STRINGS, path, "{shop} of “{name}”")
        assert hassfest.strings_faults(changed) == []


@pytest.mark.parametrize(
    "source",
    [
        "import homeassistant.components.cloud",
        "from homeassistant.components import cloud",
        "from homeassistant.components.cloud.const import DOMAIN",
        "if True:\n    from homeassistant.components import cloud",
    ],
)
def test_an_import_that_is_not_declared_is_found(tmp_path: Path, source: str) -> None:
    """Wherever in a module it stands."""
    (tmp_path / "module.py").write_text(source)
    (tmp_path / "typed.py").write_text(
        "if TYPE_CHECKING:\n    from homeassistant.components import zha"
    )
    assert hassfest.dependency_faults(MANIFEST, tmp_path) == [
        "cloud is imported, and not declared"
    ]


def test_a_dependency_that_is_declared_twice_is_found(tmp_path: Path) -> None:
    """It is either needed or not."""
    manifest = {"domain": "shop", "dependencies": ["my"], "after_dependencies": ["my"]}
    assert hassfest.dependency_faults(manifest, tmp_path) == ["my is declared twice"]


def test_a_missing_schema_is_found(tmp_path: Path) -> None:
    """Home Assistant would warn of it at every start with such a section."""
    (tmp_path / "__init__.py").write_text("async def async_setup(hass, config): ...")
    assert hassfest.schema_faults(tmp_path)
    (tmp_path / "__init__.py").write_text("async def async_setup_entry(hass): ...")
    assert hassfest.schema_faults(tmp_path) == []


@pytest.mark.parametrize(
    ("module", "source", "described"),
    [
        ("shop.py", "hass.services.async_register(DOMAIN)", "services.yaml"),
        ("shop.py", "self.hass.services.register(DOMAIN)", "services.yaml"),
        ("shop.py", "async_register_admin_service(hass)", "services.yaml"),
        ("shop.py", "platform.async_register_entity_service()", "services.yaml"),
        ("trigger.py", "async def async_attach_trigger(): ...", "triggers.yaml"),
        ("trigger.py", "async def async_get_triggers(): ...", "triggers.yaml"),
        ("condition.py", "async def async_get_conditions(): ...", "conditions.yaml"),
    ],
)
def test_what_nothing_describes_is_found(
    tmp_path: Path, module: str, source: str, described: str
) -> None:
    """In whatever folder it is."""
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / module).write_text(source)
    (fault,) = hassfest.description_faults(tmp_path)
    assert described in fault
    (tmp_path / described).touch()
    assert hassfest.description_faults(tmp_path) == []


def test_a_discovery_without_an_id_is_found(tmp_path: Path) -> None:
    """What is there already would be offered again at every start."""
    flow = tmp_path / "config_flow.py"
    flow.write_text("async def async_step_zeroconf(self): ...")
    assert hassfest.discovery_faults(tmp_path)
    flow.write_text(
        "async def async_step_zeroconf(self): await self.async_set_unique_id()"
    )
    assert hassfest.discovery_faults(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("rules.brands", None),
        ("rules.brands", "exempt"),
        ("rules.brands", "perhaps"),
        ("rules.devices", {"status": "exempt"}),
        ("rules.devices", {"status": "done"}),
        ("rules.unheard-of", "done"),
    ],
)
def test_a_fault_of_the_quality_scale_is_found(path: str, value: Any) -> None:
    """An exemption without a reason is one."""
    assert hassfest.quality_scale_faults(with_change(QUALITY_SCALE, path, value))


TWICE = {"default": "mdi:account", "state": {"on": "mdi:account"}}


@pytest.mark.parametrize(
    "icons",
    [
        {"entity": {"sensor": {"accounts": {"default": "account"}}}},
        {"entity": {"sensor": {"accounts": {"state": {"On": "mdi:account"}}}}},
        {"entity": {"sensor": {"accounts": {"icon": "mdi:account"}}}},
        {"entity": {"sensor": {"accounts": TWICE}}},
        {"entity": {"sensor": {"accounts": {"state_attributes": {"shop": TWICE}}}}},
        {"entities": {}},
    ],
)
def test_a_fault_of_the_icons_is_found(icons: dict[str, Any]) -> None:
    """Whatever does not begin with mdi: comes from elsewhere; what is that of the others needs not be said."""
    assert hassfest.icons_faults(icons)
