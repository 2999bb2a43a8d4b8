"""Print what the manifests of integrations, and of those they depend on, require.

Run it with the Python of an environment that holds Home Assistant:

    .tools/real/bin/python scripts/manifest_requirements.py xbox google_tasks
    .tools/real/bin/python scripts/manifest_requirements.py --always-on
    .tools/real/bin/python scripts/manifest_requirements.py --application-credentials
"""

import argparse
from collections.abc import Iterable, Iterator
import json
from pathlib import Path
from typing import Any

from homeassistant import components
from homeassistant.bootstrap import DEFAULT_INTEGRATIONS
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS

COMPONENTS = Path(next(iter(components.__path__)))


def manifests(domains: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the manifests of integrations and of all they depend on, each once."""
    waiting, seen = list(domains), set[str]()
    while waiting:
        if (domain := waiting.pop()) in seen:
            continue
        seen.add(domain)
        manifest: dict[str, Any] = json.loads(
            (COMPONENTS / domain / "manifest.json").read_text()
        )
        waiting += manifest.get("dependencies", [])
        yield manifest


def main() -> None:
    """Print one requirement a line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("domain", nargs="*")
    parser.add_argument(
        "--always-on",
        action="store_true",
        help="integrations that Home Assistant always sets up",
    )
    parser.add_argument(
        "--application-credentials",
        action="store_true",
        help="integrations that use application credentials",
    )
    arguments = parser.parse_args()
    domains: list[str] = arguments.domain
    if arguments.always_on:
        domains += DEFAULT_INTEGRATIONS
    if arguments.application_credentials:
        domains += APPLICATION_CREDENTIALS
    for requirement in sorted(
        {
            requirement
            for manifest in manifests(domains)
            for requirement in manifest.get("requirements", [])
        }
    ):
        print(requirement)


if __name__ == "__main__":
    main()
