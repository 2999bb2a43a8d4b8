"""Drive one integration, with the original or with ours, and print what was seen.

usage: python -m neighbours.drive DOMAIN (original | ours) [FOLDER OF CUSTOM INTEGRATIONS …]

It prints JSON: a list of [step, what, value].
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import json
from pathlib import Path
import sys
import tempfile
from typing import Any

from neighbours import REPOSITORY
from neighbours.authority import Authority

OURS = REPOSITORY / "custom_components"


@contextmanager
def trusted_authority() -> Iterator[Authority]:
    """Trust an authority, and import what is driven.

    Not the other way round: much of that reads at once whom to trust.
    """
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        authority.trust()
        import neighbours.driver  # noqa: F401, PLC0415

        yield authority


def drive(
    domain: str, side: str, folders: Sequence[Path], authority: Authority
) -> list[tuple[str, str, Any]]:
    """Drive an integration; return what was seen. Once in a process."""
    from neighbours.driver import async_drive  # noqa: PLC0415

    integrations = [*folders, *([OURS] if side == "ours" else [])]
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(async_drive(domain, Path(folder), integrations, authority))


def main() -> None:
    """Drive what the command line says."""
    domain, side, *folders = sys.argv[1:]
    with trusted_authority() as authority:
        seen = drive(domain, side, [Path(folder) for folder in folders], authority)
    json.dump(seen, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
