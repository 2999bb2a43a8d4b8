"""A real Home Assistant that runs one of the two, started for one measurement."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import json
from pathlib import Path
import tempfile

from benchmarks.component import DOMAIN, Component
from benchmarks.records import Record, write_records
from playground import REPOSITORY
from playground.home_assistant import OURS, HomeAssistant
from playground.process import free_port

# On the disk of the repository: what is temporary may be kept in memory, where nothing takes time.
FOLDER = REPOSITORY / ".tools" / "benchmark-runs"

# One port for all, since what `config` answers contains it.
PORT = free_port()
# Nobody listens there: the provider of the demo integrations, which refuses every check at once.
_NO_SHOP = {"SHOP_AUTHORIZATION_SERVER": f"http://127.0.0.1:{free_port()}"}


@contextmanager
def new_folder() -> Iterator[Path]:
    """Make an empty configuration folder, and remove it in the end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER, ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def new_home_assistant(
    component: Component, records: Sequence[Record] = ()
) -> Iterator[HomeAssistant]:
    """Start a Home Assistant whose file holds `records`; it is killed in the end."""
    with new_folder() as folder:
        write_records(folder, records)
        home_assistant = HomeAssistant(
            folder, PORT, ours=component is Component.OURS, environment=_NO_SHOP
        )
        try:
            home_assistant.start()
            yield home_assistant
        finally:
            home_assistant.process.kill()


def link_component(folder: Path, component: Component) -> None:
    """Put ours into a configuration folder, or nothing, which leaves the original."""
    if component is Component.OURS:
        integrations = folder / "custom_components"
        integrations.mkdir()
        (integrations / DOMAIN).symlink_to(OURS)


def pid_of(home_assistant: HomeAssistant) -> int:
    """Return the process id, which Home Assistant leaves in its configuration folder."""
    pid: int = json.loads((home_assistant.folder / ".ha_run.lock").read_text())["pid"]
    return pid
