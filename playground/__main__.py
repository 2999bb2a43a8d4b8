"""Run the playground until Ctrl-C; see scripts/develop."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
import fcntl
from pathlib import Path
import shutil
import signal
import sys
import time
from typing import NoReturn

from homeassistant.const import RESTART_EXIT_CODE
from playground.home_assistant import OWNER, PASSWORD, HomeAssistant
from playground.played_integrations import make_played_integrations
from playground.played_provider import SECRET, Client as Known
from playground.process import Process, ProcessFailed, port_is_taken
from playground.provider_server import PlayedProviders
from playground.shop import Client, Shop

LOCK = ".lock"
CLIENT = Client("playground-client", "playground-secret")
# An account can be moved to it.
OTHER_CLIENT = Client("other-client", "other-secret")

# As a home of a user, but for `my` and the others of default_config that lead away from this machine.
CONFIGURATION = """\
frontend:
config:
history:
logbook:
logger:
  default: warning
  logs:
    # It has a line for each that is not Home Assistant's.
    homeassistant.loader: error
"""
COUNTRY = "NL"

# Of those that are played.
SOME = ("Google Tasks", "Spotify", "Xbox")

WELCOME = """
  Home Assistant      {home_assistant}
  Sign in as          {owner}, password {password}

  Playground Shop     {shop}
    Client ID         {client_id}, or {other_id}
    Client secret     {client_secret}, or {other_secret}

  Played providers    {providers}
    For               {some} and {number} more of Home Assistant's integrations
    Client ID         any; they do not know {unknown_id}
    Client secret     {played_secret}

  Their pages take any name.
  Try it: Settings > Devices & services > {page}
  Logs and configuration are in {folder}. Ctrl-C ends everything.
"""


# Where to begin.
OURS = "Application credentials > Add credential."
OF_THE_ORIGINAL = "Add integration > Playground Shop."


def say(text: str) -> None:
    """Tell the developer what is going on."""
    print(text, flush=True)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/develop",
        description="Run Home Assistant with our component, a demo shop and its server.",
    )
    parser.add_argument(
        "--port", type=int, default=8123, help="Home Assistant's port (default: 8123)"
    )
    parser.add_argument(
        "--shop-port",
        type=int,
        default=9400,
        help="the authorization server's port (default: 9400)",
    )
    parser.add_argument(
        "--providers-port",
        type=int,
        default=9401,
        help="the played providers' port (default: 9401)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        default=Path(".playground"),
        help="where configuration and logs are (default: .playground)",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="forget everything and start over"
    )
    parser.add_argument(
        "--original",
        action="store_true",
        help="run Home Assistant's own component instead of ours",
    )
    return parser.parse_args()


def check_ports(*ports: int) -> None:
    """Refuse to start beside somebody who has our ports."""
    for port in ports:
        if port_is_taken(port):
            sys.exit(
                f"Port {port} is taken; choose others with --port, --shop-port and --providers-port."
            )


@contextmanager
def playground_folder(folder: Path, *, fresh: bool) -> Iterator[Path]:
    """Have the folder of the playground for ourselves; it is kept between runs."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another run uses {folder}; choose another with --folder.")
        if fresh:
            say("Forgetting the last run …")
            forget_all(folder)
        yield folder


def forget_all(folder: Path) -> None:
    """Empty the folder but for its lock, which we hold."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def give_country(home_assistant: HomeAssistant) -> None:
    """Say where it is; Home Assistant has a repair issue where nobody has."""
    with home_assistant.websocket() as websocket:
        if websocket.command("get_config")["country"] is None:
            websocket.command("config/core/update", country=COUNTRY)


def watch(home_assistant: HomeAssistant, *others: Process) -> NoReturn:
    """Return never, but raise when a part ends; a restart that was asked for in the frontend is carried out."""
    while True:
        time.sleep(0.5)
        if home_assistant.process.exit_code == RESTART_EXIT_CODE:
            say("Restarting Home Assistant …")
            home_assistant.start()
            say("It is back.")
        for part in (home_assistant.process, *others):
            if not part.is_running:
                raise ProcessFailed(
                    f"{part.name} ended by itself (exit code {part.exit_code})\n{part.log_tail()}"
                )


def run(options: argparse.Namespace, folder: Path) -> None:
    """Start everything, watch it, end everything."""
    shop = Shop(folder, options.shop_port)
    redirect_uris = [
        f"http://{host}:{options.port}/auth/external/callback"
        for host in ("127.0.0.1", "localhost")
    ]
    providers = PlayedProviders(folder, options.providers_port, *redirect_uris)
    played = make_played_integrations(
        folder / "played_integrations", options.providers_port
    )
    home_assistant = HomeAssistant(
        folder,
        options.port,
        ours=not options.original,
        environment=shop.environment | providers.environment,
        configuration=CONFIGURATION,
        integrations=played.values(),
    )
    try:
        say("Starting the authorization server …")
        shop.start()
        providers.start()
        for client in (CLIENT, OTHER_CLIENT):
            shop.register(client, *redirect_uris)
        say("Starting Home Assistant …")
        home_assistant.start()
        give_country(home_assistant)
        say(
            WELCOME.format(
                home_assistant=home_assistant.url,
                owner=OWNER,
                password=PASSWORD,
                shop=shop.url,
                client_id=CLIENT.client_id,
                client_secret=CLIENT.client_secret,
                other_id=OTHER_CLIENT.client_id,
                other_secret=OTHER_CLIENT.client_secret,
                page=OF_THE_ORIGINAL if options.original else OURS,
                providers=providers.url,
                some=", ".join(SOME),
                number=len(played.keys() - SOME),
                unknown_id=Known.UNKNOWN,
                played_secret=SECRET,
                folder=options.folder,
            )
        )
        watch(home_assistant, shop.process, providers.process)
    finally:
        # A second Ctrl-C would leave processes behind.
        for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, signal.SIG_IGN)
        say("Ending everything …")
        home_assistant.stop()
        providers.stop()
        shop.stop()


def main() -> None:
    """Run until Ctrl-C, a signal, or the end of a part."""
    for signal_number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, lambda number, _: sys.exit(128 + number))
    options = arguments()
    check_ports(options.port, options.shop_port, options.providers_port)
    try:
        with playground_folder(options.folder.resolve(), fresh=options.fresh) as folder:
            run(options, folder)
    except ProcessFailed as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
