"""Check a release before it is published, and write its notes to dist/notes.md.

usage: python3 scripts/check_release.py TAG   (after scripts/release)

The tag, the manifest and the changelog have to name one version, and the zip that scripts/release has made has to be
what HACS and the Marketplace unpack. Needs nothing but Python, since it runs where a release is made.
"""

import json
from pathlib import Path
import re
import sys
import zipfile

REPOSITORY = Path(__file__).parent.parent
RELEASE = "dist/application_credentials.zip"
NOTES = "dist/notes.md"


class NotReleasable(Exception):
    """Says what is wrong with a release."""


def check_tag(tag: str, version: str) -> None:
    """Raise NotReleasable where a tag is not that of a version."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise NotReleasable(f"{version} is not a version to release")
    if tag != f"v{version}":
        raise NotReleasable(f"the tag is {tag}, and the manifest says {version}")


def check_zip(path: Path, version: str) -> None:
    """Raise NotReleasable where a zip is not whole, or does not hold this version at its root."""
    with zipfile.ZipFile(path) as packed:
        if (damaged := packed.testzip()) is not None:
            raise NotReleasable(f"{damaged} is damaged in the zip")
        names = packed.namelist()
        for name in ("__init__.py", "manifest.json", "translations/en.json"):
            if name not in names:
                raise NotReleasable(f"{name} is not in the zip")
        if strange := [name for name in names if ".." in name or "__pycache__" in name]:
            raise NotReleasable(f"the zip holds {', '.join(strange)}")
        packed_version = json.loads(packed.read("manifest.json"))["version"]
    if packed_version != version:
        raise NotReleasable(f"the zip holds version {packed_version}")


def notes_of(changelog: str, version: str) -> str:
    """Return what a changelog says of a version; raise NotReleasable where that is nothing."""
    section = re.search(
        rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)",
        changelog,
        re.MULTILINE | re.DOTALL,
    )
    if section is None or not (notes := section[1].strip()):
        raise NotReleasable(f"CHANGELOG.md says nothing of {version}")
    return f"{notes}\n"


def check_release(repository: Path, tag: str) -> None:
    """Check all of it, and write the notes; raise NotReleasable where something is wrong."""
    manifest = repository / "custom_components/application_credentials/manifest.json"
    version = json.loads(manifest.read_text())["version"]
    check_tag(tag, version)
    check_zip(repository / RELEASE, version)
    changelog = (repository / "CHANGELOG.md").read_text()
    (repository / NOTES).write_text(notes_of(changelog, version))


def main() -> None:
    """Check the release of a tag."""
    if len(sys.argv) != 2:
        sys.exit("usage: python3 scripts/check_release.py TAG")
    try:
        check_release(REPOSITORY, sys.argv[1])
    except (NotReleasable, OSError, zipfile.BadZipFile) as err:
        sys.exit(f"Not released: {err}")
    print(f"{sys.argv[1]} can be released; its notes are in {NOTES}")


if __name__ == "__main__":
    main()
