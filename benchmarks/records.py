"""Credentials, as many as one likes, and the file that holds them."""

from collections.abc import Sequence
import json
from pathlib import Path

from benchmarks.component import DOMAIN
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS
from homeassistant.util import slugify

type Record = dict[str, str]

# The integration whose implementations are looked for; `others` has no record of it.
OWN_DOMAIN = "miele"
OWN_CLIENT_ID = "own-client"


def record(domain: str, client_id: str, **optional: str) -> Record:
    """Return a record as either component would have made it."""
    return {
        "id": slugify(f"{domain}.{client_id}"),
        "domain": domain,
        "client_id": client_id,
        "client_secret": f"secret-of-{client_id}",
        **optional,
    }


def own() -> Record:
    """Return the record that OWN_DOMAIN imported from YAML."""
    return record(
        OWN_DOMAIN,
        OWN_CLIENT_ID,
        auth_domain=OWN_DOMAIN,
        name="Import from configuration.yaml",
    )


def others(count: int) -> list[Record]:
    """Return records of all integrations but OWN_DOMAIN, in turn."""
    domains = [domain for domain in APPLICATION_CREDENTIALS if domain != OWN_DOMAIN]
    return [
        record(
            domains[number % len(domains)],
            f"{number:012d}-client.apps.provider.test",
            name=f"Credential {number}",
        )
        for number in range(count)
    ]


def storage_path(folder: Path) -> Path:
    """Return where a Home Assistant with this configuration folder keeps its credentials."""
    return folder / ".storage" / DOMAIN


def write_records(folder: Path, records: Sequence[Record]) -> None:
    """Write the file of a Home Assistant that does not run."""
    path = storage_path(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    envelope = {
        "version": 1,
        "minor_version": 1,
        "key": DOMAIN,
        "data": {"items": records},
    }
    path.write_text(json.dumps(envelope, indent=2))
    # As ours leaves it, so that neither has to change it.
    path.chmod(0o600)


def read_records(folder: Path) -> list[Record]:
    """Return what is on disk, nothing where there is no file."""
    path = storage_path(folder)
    if not path.exists():
        return []
    records: list[Record] = json.loads(path.read_text())["data"]["items"]
    return records
