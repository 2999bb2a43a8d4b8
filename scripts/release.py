"""Pack the component for a release; see scripts/release."""

import json
from pathlib import Path
import sys
import tomllib
import zipfile

REPOSITORY = Path(__file__).parent.parent
COMPONENT = REPOSITORY / "custom_components" / "application_credentials"
RELEASE = REPOSITORY / "dist" / "application_credentials.zip"

# What Home Assistant reads. Anything else in the folder was not meant for users.
SUFFIXES = {".py", ".json", ".yaml", ".png"}
# Two releases of the same files are the same, byte for byte.
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def files() -> list[Path]:
    """Return the files of the component, and exit where one is not meant for users."""
    found = sorted(
        path
        for path in COMPONENT.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    strange = [path for path in found if path.suffix not in SUFFIXES]
    if strange:
        sys.exit(f"Not part of a component: {', '.join(map(str, strange))}")
    return found


def check_version() -> str:
    """Return the version, which has to be the same everywhere."""
    manifest = json.loads((COMPONENT / "manifest.json").read_text())["version"]
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    if manifest != project["version"]:
        sys.exit(
            f"manifest.json says version {manifest}, pyproject.toml {project['version']}"
        )
    return str(manifest)


def main() -> None:
    """Write the zip."""
    version = check_version()
    RELEASE.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(RELEASE, "w", zipfile.ZIP_DEFLATED) as release:
        for path in files():
            entry = zipfile.ZipInfo(str(path.relative_to(COMPONENT)), LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            release.writestr(entry, path.read_bytes())
    print(f"{RELEASE.relative_to(REPOSITORY)}: version {version}")


if __name__ == "__main__":
    main()
