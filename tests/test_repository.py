"""What stands around the component: workflows, issue templates, changelog, the check of a release."""

from collections.abc import Iterator
import importlib.util
import json
from pathlib import Path
import re
import shutil
import subprocess
import sys
import tomllib
from typing import Any
import zipfile

import pytest

from custom_components import application_credentials
from homeassistant.util.yaml import load_yaml_dict

COMPONENT = Path(application_credentials.__file__).parent
REPOSITORY = COMPONENT.parent.parent
GITHUB = REPOSITORY / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.y*ml"))
TEMPLATES = sorted((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"))
MANIFEST: dict[str, Any] = json.loads((COMPONENT / "manifest.json").read_text())
CHANGELOG = (REPOSITORY / "CHANGELOG.md").read_text()


# The workflows.


def stem(path: Path) -> str:
    """Return the name of a file, for the name of a test."""
    return path.stem


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    """Return the jobs of a workflow."""
    found: dict[str, dict[str, Any]] = load_yaml_dict(str(path))["jobs"]
    return found


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the steps of a workflow."""
    for job in jobs(path).values():
        yield from job.get("steps", [])


def rights_to_write(rights: Any) -> set[str]:
    """Return what may be written with the rights of a workflow or a job."""
    if not isinstance(rights, dict):
        return set() if rights is None else {str(rights)}
    return {of for of, right in rights.items() if right not in {"read", "none"}}


@pytest.mark.parametrize("path", WORKFLOWS, ids=stem)
class TestWorkflow:
    """Each workflow by itself."""

    def test_an_action_is_pinned_to_a_commit(self, path: Path) -> None:
        """A tag can be moved to other code; the comment says which one it was."""
        used = re.findall(r"^\s*(?:- )?uses:(.*)$", path.read_text(), re.MULTILINE)
        assert len(used) == sum("uses" in step for step in steps(path)) + sum(
            "uses" in job for job in jobs(path).values()
        )
        for action in used:
            assert re.fullmatch(
                r" \./\S+| [\w./-]+@[0-9a-f]{40} # \S+", action.rstrip()
            ), action

    def test_no_step_finds_the_token_in_the_checkout(self, path: Path) -> None:
        """What is checked out runs code of others, such as that of the tests' libraries."""
        for step in steps(path):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False

    def test_it_has_no_more_rights_than_it_needs(self, path: Path) -> None:
        """It says which, and where it may write, it runs nothing of the repository."""
        workflow = load_yaml_dict(str(path))
        assert "permissions" in workflow
        assert not rights_to_write(workflow["permissions"])
        for job in jobs(path).values():
            if rights_to_write(job.get("permissions")):
                used = [step.get("uses", "") for step in job["steps"]]
                assert not any(each.startswith("actions/checkout@") for each in used)

    def test_every_job_ends(self, path: Path) -> None:
        """GitHub's own limit is six hours."""
        for name, job in jobs(path).items():
            assert "uses" in job or job["timeout-minutes"] <= 360, name

    def test_nothing_from_outside_gets_into_a_command(self, path: Path) -> None:
        """A branch or a title may hold a command; in an environment variable it is a text."""
        for step in steps(path):
            assert "${{ github." not in step.get("run", "")
            assert "${{ inputs." not in step.get("run", "")

    def test_it_does_not_run_code_of_others_with_our_rights(self, path: Path) -> None:
        """As a pull request would with this event."""
        assert "pull_request_target" not in path.read_text()


def test_there_is_a_workflow_for_all_that_has_to_hold() -> None:
    """Tests, both validators, and the release."""
    text = "".join(path.read_text() for path in WORKFLOWS)
    for needed in (
        "run: .ci/run",
        "uses: home-assistant/actions/hassfest@",
        "uses: hacs/action@",
        "run: scripts/release",
    ):
        assert needed in text


def test_the_actions_are_kept_up_to_date() -> None:
    """A commit does not move by itself."""
    dependabot = load_yaml_dict(str(GITHUB / "dependabot.yml"))
    assert [each["package-ecosystem"] for each in dependabot["updates"]] == [
        "github-actions"
    ]


# The issue templates.


def test_a_report_of_a_fault_comes_with_diagnostics() -> None:
    """And with the warning that no secret belongs into it."""
    asking = [path for path in TEMPLATES if path.stem in {"problem", "provider"}]
    assert len(asking) == 2
    for path in asking:
        form = load_yaml_dict(str(path))
        fields = {field["id"]: field for field in form["body"] if "id" in field}
        assert fields["diagnostics"]["validations"]["required"] is True
        assert "Never paste a client secret" in path.read_text()


@pytest.mark.parametrize("path", TEMPLATES, ids=stem)
def test_a_template_leads_to_places_of_this_repository(path: Path) -> None:
    """Which is where the manifest sends people, too."""
    home = MANIFEST["issue_tracker"].removesuffix("/issues")
    for address in re.findall(r"https://\S+", path.read_text()):
        assert address.startswith(f"{home}/")


# Versions and the changelog.


def test_the_version_is_the_same_everywhere() -> None:
    """In the manifest, in pyproject.toml and in the changelog."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    assert project["version"] == MANIFEST["version"]
    assert re.search(
        rf"^## {re.escape(MANIFEST['version'])}\b", CHANGELOG, re.MULTILINE
    )


def test_the_changelog_stands_from_the_newest_to_the_oldest() -> None:
    """Each version with its day, but for what is not released."""
    titles = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    if titles[0] == "Unreleased":
        del titles[0]
    versions = []
    for title in titles:
        match = re.fullmatch(r"(\d+)\.(\d+)\.(\d+) \(\d{4}-\d\d-\d\d\)", title)
        assert match, title
        versions.append(tuple(map(int, match.groups())))
    assert versions == sorted(versions, reverse=True)


def test_the_devcontainer_uses_the_scripts() -> None:
    """So that there is one way to make the environments."""
    path = REPOSITORY / ".devcontainer" / "devcontainer.json"
    made = json.loads(path.read_text())["updateContentCommand"]
    for command in made.split(" && "):
        assert (REPOSITORY / command.split()[0]).is_file()


# The check of a release.

spec = importlib.util.spec_from_file_location(
    "check_release", REPOSITORY / "scripts" / "check_release.py"
)
assert spec is not None
assert spec.loader is not None
check_release = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_release)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository in which version 2.3.4 has just been packed."""
    component = tmp_path / "custom_components" / "application_credentials"
    component.mkdir(parents=True)
    (component / "manifest.json").write_text('{"version": "2.3.4"}')
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## Unreleased\n\n- Not yet.\n\n## 2.3.4 (2026-12-01)\n\n"
        "- New.\n\n## 2.3.3 (2026-11-01)\n\n- Old.\n"
    )
    scripts = tmp_path / "scripts"
    scripts.mkdir()
    shutil.copy(REPOSITORY / "scripts" / "check_release.py", scripts)
    pack(tmp_path, {})
    return tmp_path


def pack(repository: Path, changed: dict[str, str | None]) -> None:
    """Make the zip of a release with some files changed, or left out."""
    files = {
        "__init__.py": "",
        "manifest.json": '{"version": "2.3.4"}',
        "translations/en.json": "{}",
    } | changed
    (repository / "dist").mkdir(exist_ok=True)
    with zipfile.ZipFile(repository / check_release.RELEASE, "w") as packed:
        for name, content in files.items():
            if content is not None:
                packed.writestr(name, content)


def run_check(repository: Path, *arguments: str) -> tuple[int, str]:
    """Run the check as the workflow does; return its exit code and what it says."""
    done = subprocess.run(
        [sys.executable, repository / "scripts" / "check_release.py", *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_release_gets_the_notes_of_its_version(repository: Path) -> None:
    """Not those of the one before, nor of what is not released."""
    code, _ = run_check(repository, "v2.3.4")
    assert code == 0
    assert (repository / check_release.NOTES).read_text() == "- New.\n"


@pytest.mark.parametrize("tag", ["v2.3.5", "2.3.4", "v2.3.4b1", "v2.3"])
def test_a_tag_of_another_version_is_not_released(repository: Path, tag: str) -> None:
    """It was set at the wrong commit, or the manifest was forgotten."""
    code, said = run_check(repository, tag)
    assert code == 1
    assert "the manifest says 2.3.4" in said
    assert not (repository / check_release.NOTES).exists()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"manifest.json": '{"version": "2.3.3"}'}, "the zip holds version 2.3.3"),
        ({"manifest.json": None}, "manifest.json is not in the zip"),
        ({"__init__.py": None}, "__init__.py is not in the zip"),
        ({"__pycache__/a.pyc": ""}, "the zip holds __pycache__/a.pyc"),
    ],
)
def test_a_zip_that_does_not_fit_is_not_released(
    repository: Path, changed: dict[str, str | None], reason: str
) -> None:
    """Nobody could install it, or it is another version."""
    pack(repository, changed)
    code, said = run_check(repository, "v2.3.4")
    assert code == 1
    assert reason in said


def test_a_damaged_zip_is_not_released(repository: Path) -> None:
    """A byte is enough."""
    path = repository / check_release.RELEASE
    content = path.read_bytes()
    path.write_bytes(content.replace(b'{"version"', b'{"Version"', 1))
    code, said = run_check(repository, "v2.3.4")
    assert code == 1
    assert "manifest.json is damaged" in said

    path.write_bytes(b"")
    assert run_check(repository, "v2.3.4")[0] == 1
    path.unlink()
    assert run_check(repository, "v2.3.4")[0] == 1


def test_a_version_without_notes_is_not_released(repository: Path) -> None:
    """People read there what changes for them."""
    (repository / "CHANGELOG.md").write_text("# Changelog\n\n## 2.3.4 (2026-12-01)\n")
    code, said = run_check(repository, "v2.3.4")
    assert code == 1
    assert "CHANGELOG.md says nothing of 2.3.4" in said


def test_a_test_version_is_not_released(repository: Path) -> None:
    """The Marketplace would offer it to everybody."""
    manifest = (
        repository / "custom_components" / "application_credentials" / "manifest.json"
    )
    manifest.write_text('{"version": "2.3.4b1"}')
    code, said = run_check(repository, "v2.3.4b1")
    assert code == 1
    assert "is not a version to release" in said


def test_the_check_says_how_it_is_used(repository: Path) -> None:
    """Without a tag it has nothing to compare with."""
    code, said = run_check(repository)
    assert code == 1
    assert "usage" in said


def test_this_version_can_be_released(tmp_path: Path) -> None:
    """Once its tag is set: it is packed, checked, and has notes."""
    component = tmp_path / COMPONENT.relative_to(REPOSITORY)
    shutil.copytree(COMPONENT, component, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(REPOSITORY / "scripts", tmp_path / "scripts")
    for name in ("CHANGELOG.md", "pyproject.toml"):
        shutil.copy(REPOSITORY / name, tmp_path)
    subprocess.run(
        [sys.executable, tmp_path / "scripts" / "release.py"], check=True, timeout=30
    )
    code, said = run_check(tmp_path, f"v{MANIFEST['version']}")
    assert code == 0, said
    assert (tmp_path / check_release.NOTES).read_text().strip()
