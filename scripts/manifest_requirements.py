"""Print what the manifests of integrations, and of those they depend on, ask for.

Run it with the Python of an environment that holds Home Assistant:

    .tools/real-2026.11/bin/python scripts/manifest_requirements.py xbox google_tasks
    .tools/real-2026.11/bin/python scripts/manifest_requirements.py --always-on
    .tools/real-2026.11/bin/python scripts/manifest_requirements.py --application-credentials
"""

import argparse
from collections.abc import Iterable, Iterator
from importlib import import_module, metadata
import json
from pathlib import Path
from typing import Any

# Its files; that its libraries are there, too, only the options need.
COMPONENTS = Path(
    str(metadata.distribution("homeassistant").locate_file("homeassistant/components"))
)


def manifests(domains: Iterable[str], *, alone: bool) -> Iterator[dict[str, Any]]:
    """Yield the manifests of integrations and, if not alone, of all they depend on, each once."""
    waiting, seen = list(domains), set[str]()
    while waiting:
        if (domain := waiting.pop()) in seen:
            continue
        seen.add(domain)
        manifest: dict[str, Any] = json.loads(
            (COMPONENTS / domain / "manifest.json").read_text()
        )
        if not alone:
            waiting += manifest.get("dependencies", [])
        yield manifest


def main() -> None:
    """Print one requirement a line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("domain", nargs="*")
    parser.add_argument(
        "--alone",
        action="store_true",
        help="without what the integrations depend on",
    )
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
        domains += import_module("homeassistant.bootstrap").DEFAULT_INTEGRATIONS
    if arguments.application_credentials:
        generated = import_module("homeassistant.generated.application_credentials")
        domains += generated.APPLICATION_CREDENTIALS
    for requirement in sorted(
        {
            requirement
            for manifest in manifests(domains, alone=arguments.alone)
            for requirement in manifest.get("requirements", [])
        }
    ):
        print(requirement)


if __name__ == "__main__":
    main()
