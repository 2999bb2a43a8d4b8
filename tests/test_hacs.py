"""What HACS, and the Marketplace after it, ask of a repository; and what Home Assistant asks of a brand's images.

Sources: custom_components/hacs/validate in hacs/integration, components/marketplace in Home Assistant, and the README
of home-assistant/brands.
"""

import json
from pathlib import Path
from typing import Any

from awesomeversion import AwesomeVersion
from PIL import Image
import pytest

from custom_components import application_credentials

FOLDER = Path(application_credentials.__file__).parent
REPOSITORY = FOLDER.parent.parent
BRAND = FOLDER / "brand"
HACS: dict[str, Any] = json.loads((REPOSITORY / "hacs.json").read_text())
MANIFEST: dict[str, Any] = json.loads((FOLDER / "manifest.json").read_text())

TYPES = {
    "name": str,
    "filename": str,
    "homeassistant": str,
    "hacs": str,
    "persistent_directory": str,
    "content_in_root": bool,
    "hide_default_branch": bool,
    "render_readme": bool,
    "zip_release": bool,
}

ICONS = {"icon.png": 256, "icon@2x.png": 512}
LOGOS = {
    "logo.png": (128, 256),
    "logo@2x.png": (256, 512),
    "dark_logo.png": (128, 256),
    "dark_logo@2x.png": (256, 512),
}
IMAGES = sorted(ICONS.keys() | LOGOS.keys())


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """Return the box of what is not transparent: left, top, right, bottom."""
    box = image.getchannel("A").getbbox()
    assert box is not None
    return box


def test_the_file_of_hacs_has_what_hacs_knows() -> None:
    """Anything else is refused."""
    assert {name: type(value) for name, value in HACS.items()} == {
        name: TYPES.get(name) for name in HACS
    }
    assert HACS["name"] == MANIFEST["name"]
    assert AwesomeVersion(HACS["homeassistant"]).valid


def test_a_release_is_a_zip_with_a_name() -> None:
    """The one that scripts/release makes. From the default branch nothing is installed."""
    assert HACS["zip_release"]
    assert HACS["hide_default_branch"]
    assert HACS["filename"] in (REPOSITORY / "scripts" / "release.py").read_text()


def test_the_manifest_has_what_hacs_needs() -> None:
    """More than Home Assistant does."""
    assert MANIFEST.keys() >= {
        "codeowners",
        "documentation",
        "domain",
        "issue_tracker",
        "name",
        "version",
    }


def test_there_is_one_integration() -> None:
    """HACS takes the first folder that it finds."""
    folders = [
        path
        for path in FOLDER.parent.iterdir()
        if path.is_dir() and path.name != "__pycache__"
    ]
    assert folders == [FOLDER]


def test_a_person_can_read_what_it_is_and_may_be_used_for() -> None:
    """Both are shown before anything is installed."""
    assert (REPOSITORY / "README.md").is_file()
    assert "Apache License" in (REPOSITORY / "LICENSE").read_text()


def test_the_images_are_those_that_home_assistant_serves() -> None:
    """One that has another name is never shown."""
    assert sorted(path.name for path in BRAND.iterdir()) == IMAGES


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_is_a_png_that_fits_any_background(name: str) -> None:
    """A box around it would be seen in the other theme."""
    with Image.open(BRAND / name) as image:
        assert (image.format, image.mode) == ("PNG", "RGBA")


@pytest.mark.parametrize(("name", "side"), ICONS.items())
def test_an_icon_is_a_square_without_empty_margins(name: str, side: int) -> None:
    """What is higher than wide reaches from top to bottom, and stands in the middle."""
    with Image.open(BRAND / name) as image:
        assert image.size == (side, side)
        left, top, right, bottom = ink(image)
    assert (top, bottom) == (0, side)
    assert left == side - right


@pytest.mark.parametrize(("name", "limits"), LOGOS.items())
def test_a_logo_is_large_enough_without_empty_margins(
    name: str, limits: tuple[int, int]
) -> None:
    """Its shortest side counts."""
    with Image.open(BRAND / name) as image:
        least, most = limits
        assert least <= min(image.size) <= most
        assert ink(image) == (0, 0, *image.size)


@pytest.mark.parametrize("name", [name for name in IMAGES if "@2x" not in name])
def test_an_image_for_fine_screens_is_twice_as_large(name: str) -> None:
    """To a pixel, which is what is left over where a side is odd."""
    with (
        Image.open(BRAND / name) as image,
        Image.open(BRAND / name.replace(".png", "@2x.png")) as fine,
    ):
        for side, fine_side in zip(image.size, fine.size, strict=True):
            assert abs(fine_side - 2 * side) <= 1
