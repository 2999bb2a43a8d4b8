"""The integrations that are driven: where they come from, and the libraries that they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
import json
from pathlib import Path
import re
import shutil
import subprocess
from subprocess import CompletedProcess
import sys
import tomllib
from typing import Any

from neighbours import FOLDER, REPOSITORY

HOME_ASSISTANT = Path(str(metadata.distribution("homeassistant").locate_file("")))
COMPONENTS = HOME_ASSISTANT / "homeassistant" / "components"
CONSTRAINTS = COMPONENTS.parent / "package_constraints.txt"
RELEASE = metadata.version("homeassistant")

ELSEWHERE = Path(__file__).parent / "elsewhere.toml"

# What an integration imports, and others of Home Assistant's bring.
ALSO = {"gentex_homelink": {"aiofiles", "paho-mqtt"}, "welock": {"aiomqtt"}}


class NotInstallable(Exception):
    """The libraries of an integration cannot be installed."""


@dataclass(frozen=True)
class Neighbour:
    """An integration, and where it comes from: a repository and a commit unless built in."""

    domain: str
    repository: str | None = None
    commit: str | None = None

    @property
    def name(self) -> str:
        """What tells it from others; several repositories may have the same domain."""
        if self.repository is None:
            return self.domain
        return f"{self.repository.replace('/', '+')}+{self.domain}"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return (self.custom_components or COMPONENTS) / self.domain

    @property
    def custom_components(self) -> Path | None:
        """The folder among whose integrations it is, None if it is built in."""
        if self.repository is None:
            return None
        return FOLDER / "elsewhere" / self.name / "custom_components"

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest."""
        return _manifest(self.folder)

    @property
    def libraries(self) -> Path:
        """Where its libraries are, apart from those of all others."""
        return FOLDER / f"libraries-{RELEASE}" / self.name

    def fetch(self) -> None:
        """Get its files at the commit, if they are not there. Raises CalledProcessError."""
        if self.repository is None or self.folder.exists():
            return
        assert self.custom_components is not None
        checkout = self.custom_components.parent
        shutil.rmtree(checkout, ignore_errors=True)
        checkout.mkdir(parents=True)
        source = f"https://github.com/{self.repository}.git"
        for command in (
            ["init", "--quiet"],
            ["fetch", "--quiet", "--depth", "1", source, str(self.commit)],
            ["checkout", "--quiet", "FETCH_HEAD"],
        ):
            subprocess.run(["git", *command], cwd=checkout, check=True)

    def install(self) -> None:
        """Install what it and all it depends on require. Raises NotInstallable."""
        done, failed = self.libraries / ".done", self.libraries / ".failed"
        if failed.exists():
            raise NotInstallable(failed.read_text())
        if done.exists():
            return
        shutil.rmtree(self.libraries, ignore_errors=True)
        self.libraries.mkdir(parents=True)
        requirements = sorted(_requirements(self.folder) | ALSO.get(self.domain, set()))
        if requirements and (reason := _install(requirements, self.libraries)):
            shutil.rmtree(self.libraries)
            self.libraries.mkdir()
            failed.write_text(reason)
            raise NotInstallable(reason)
        done.write_text("\n".join(requirements))


def built_in() -> list[Neighbour]:
    """Return those of Home Assistant that use application credentials."""
    generated = import_module("homeassistant.generated.application_credentials")
    return [Neighbour(domain) for domain in generated.APPLICATION_CREDENTIALS]


def elsewhere() -> list[Neighbour]:
    """Return those of other people."""
    listed = tomllib.loads(ELSEWHERE.read_text())["integration"]
    return [Neighbour(**each) for each in listed]


def _manifest(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return manifest


def _requirements(folder: Path) -> set[str]:
    """Return what an integration and those it depends on require."""
    waiting, seen, found = [folder], set[Path](), set[str]()
    while waiting:
        if (each := waiting.pop()) in seen or not each.exists():
            continue
        seen.add(each)
        manifest = _manifest(each)
        found.update(manifest.get("requirements", []))
        waiting += [COMPONENTS / name for name in manifest.get("dependencies", [])]
    return found


def _install(requirements: list[str], target: Path) -> str:
    """Install requirements; return why that is not possible, nothing if it is.

    What they need besides has the version that is here, as that may be imported
    already, or else one that Home Assistant allows. A registry need not have every
    version of a library; then it is the newest that it has before it.
    """
    older = [each.replace("==", "<=") for each in requirements]
    reason = ""
    allowed = ["--constraint", str(CONSTRAINTS)]
    for wanted, versions in (
        (requirements, ["--override", "-"]),
        (requirements, allowed),
        (older, allowed),
    ):
        said = _uv(
            *("install", "--target", str(target), *versions, *wanted),
            given=_installed(requirements),
        )
        if said.returncode == 0:
            return ""
        reason = reason or said.stderr.strip()
    return reason


def _installed(requirements: list[str]) -> str:
    """Return what is installed here beside the requirements, with its versions."""
    pinned = (each for each in requirements if "==" in each)
    named = {re.split(r"[^\w.-]", each)[0].lower().replace("_", "-") for each in pinned}
    lines = _uv("freeze").stdout.splitlines()
    return "\n".join(
        line for line in lines if "==" in line and line.partition("==")[0] not in named
    )


def _uv(command: str, *arguments: str, given: str = "") -> CompletedProcess[str]:
    """Run a command of `uv pip`."""
    uv = _run([REPOSITORY / "scripts" / "find-uv"]).stdout.strip()
    here = ("--quiet", "--python", sys.executable)
    return _run([uv, "pip", command, *here, *arguments], given)


def _run(command: Sequence[str | Path], given: str = "") -> CompletedProcess[str]:
    return subprocess.run(
        command, check=False, capture_output=True, text=True, input=given
    )
