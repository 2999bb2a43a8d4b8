"""Whatever an integration's hook does, it does to that integration alone."""

import asyncio
from collections.abc import Generator
import json
from pathlib import Path
import subprocess
import sys
import threading
import time
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.application_credentials.hooks import reading
from custom_components.application_credentials.hooks.hooks import DATA_HOOKS
from homeassistant import loader
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
    async_get_implementations,
)
from tests.common import (
    DOMAIN,
    SHOP,
    Neighbours,
    Wire,
    add_hook,
    get_authorization_server,
)

HOOKS = f"custom_components.{DOMAIN}.hooks"
CALL_TIMEOUT = f"{HOOKS}.describing.CALL_TIMEOUT"
IMPORT_TIMEOUT = f"{HOOKS}.loading.IMPORT_TIMEOUT"
READ_HOOK = f"{HOOKS}.readings.read_hook"
DESCRIBE = "async def async_get_description_placeholders(hass):\n"
SERVER = "async def async_get_authorization_server(hass): ...\n"

# The first lines of a hook that hangs while it is imported.
HANGING_IMPORT = "import hang_switch\nhang_switch.released.wait(30)\n"

# One whose description is a literal, and one whose hook has to be run.
LITERAL = "google_tasks"
COMPUTED = "google_drive"


def errors_about(caplog: pytest.LogCaptureFixture, domain: str) -> list[str]:
    """Return the component's errors in the log that name an integration."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelname == "ERROR"
        and record.name == f"{HOOKS}.faults"
        and domain in record.getMessage()
    ]


def assert_others_are_described(config: Any) -> None:
    """Fail unless every integration is listed, and Home Assistant's are described."""
    assert set(APPLICATION_CREDENTIALS) <= set(config["domains"])
    assert set(config["integrations"]) == set(config["domains"])
    for domain in (LITERAL, COMPUTED):
        placeholders = config["integrations"][domain]["description_placeholders"]
        assert placeholders["oauth_creds_url"].startswith("https://"), domain


@pytest.fixture
def hanging_imports(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> Generator[None]:
    """Have the imports of what begins with HANGING_IMPORT go on when the test ends."""
    switch: Any = ModuleType("hang_switch")
    switch.released = threading.Event()
    monkeypatch.setitem(sys.modules, "hang_switch", switch)
    yield
    switch.released.set()


FAULTS = {
    "raises": f"{DESCRIBE}    raise ValueError('broken')\n",
    "raises Home Assistant's": "from homeassistant.exceptions import HomeAssistantError\n"
    f"{DESCRIBE}    raise HomeAssistantError('broken')\n",
    "raises TimeoutError": f"{DESCRIBE}    raise TimeoutError\n",
    "exits": f"{DESCRIBE}    raise SystemExit(1)\n",
    "interrupts": f"{DESCRIBE}    raise KeyboardInterrupt\n",
    "cancels": "import asyncio\n" + f"{DESCRIBE}    raise asyncio.CancelledError\n",
    "raises a BaseException": f"{DESCRIBE}    raise BaseException('broken')\n",
    "stops iterating": f"{DESCRIBE}    raise StopIteration\n",
    "returns a list": f"{DESCRIBE}    return ['a']\n",
    "returns nothing": f"{DESCRIBE}    return None\n",
    "returns a key that is no text": f"{DESCRIBE}    return dict([(1, 'b')])\n",
    "returns what JSON cannot hold": f"{DESCRIBE}    return dict(a=object())\n",
    "returns too large a number": f"{DESCRIBE}    return dict(a=1 << 70)\n",
    "returns what is no text": f"{DESCRIBE}    return dict(a=chr(0xD800))\n",
    "is written with a key that is no text": f"{DESCRIBE}    return {{1: 'b'}}\n",
    "is written with what JSON cannot hold": f"{DESCRIBE}    return {{'a': b'b'}}\n",
    "is written with too large a number": f"{DESCRIBE}    return {{'a': {1 << 70}}}\n",
    "is written with what is no text": f"{DESCRIBE}    return {{'a': '\\ud800'}}\n",
    "is written with a key that cannot be one": f"{DESCRIBE}    return {{[]: 'b'}}\n",
    "is no coroutine": "def async_get_description_placeholders(hass): return {'a': 'b'}\n",
    "is no function": "async_get_description_placeholders = 1\n",
    "takes other arguments": "async def async_get_description_placeholders(): return dict()\n",
    "fails when it is asked for": "def __getattr__(name): raise RuntimeError(name)\n",
    "cannot be imported": f"import nothing_of_this_name\n{DESCRIBE}    return dict()\n",
    "fails when it is imported": f"raise ValueError('broken')\n{DESCRIBE}    return dict()\n",
    "exits when it is imported": f"raise SystemExit(1)\n{DESCRIBE}    return dict()\n",
    "interrupts when it is imported": f"raise KeyboardInterrupt\n{DESCRIBE}    return dict()\n",
    "cancels when it is imported": "import asyncio\nraise asyncio.CancelledError\n"
    f"{DESCRIBE}    return dict()\n",
    "is not Python": f"this is no Python\n{DESCRIBE}    return {{}}\n",
    "has a null byte": f"\0\n{DESCRIBE}    return {{}}\n",
    "is not text": "a = '\udcff'\n",
    "is nested too deeply": "a = "
    + "(" * 100_000
    + ")" * 100_000
    + f"\n{DESCRIBE}    return {{}}\n",
}


@pytest.mark.parametrize("source", FAULTS.values(), ids=FAULTS.keys())
async def test_a_broken_hook_costs_that_integration_alone(
    wire: Wire,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    source: str,
) -> None:
    """It has no description, the log says once whose fault it is, all others are there."""
    neighbours.add("broken_one", source)
    for _ in range(2):
        config = await wire.get("config")
        assert config["integrations"]["broken_one"] == {}
        assert_others_are_described(config)
    assert len(errors_about(caplog, "broken_one")) == 1
    assert DOMAIN in errors_about(caplog, "broken_one")[0]


HANGS = {
    "waits": f"import asyncio\n{DESCRIBE}    await asyncio.sleep(3600)\n",
    "ignores its cancellation": "import asyncio\n"
    f"{DESCRIBE}"
    "    while not hass.data['test_release'].is_set():\n"
    "        try:\n"
    "            await hass.data['test_release'].wait()\n"
    "        except asyncio.CancelledError:\n"
    "            pass\n",
}


@pytest.mark.parametrize("source", HANGS.values(), ids=HANGS.keys())
async def test_a_hook_that_hangs_costs_that_integration_alone(
    wire: Wire,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    release: asyncio.Event,
    source: str,
) -> None:
    """The answer comes within the time that a hook is given."""
    neighbours.add("hanging_one", source)
    with patch(CALL_TIMEOUT, 0.1), patch(IMPORT_TIMEOUT, 0.4):
        for _ in range(2):
            start = time.monotonic()
            config = await wire.get("config")
            assert time.monotonic() - start < 3
            assert config["integrations"]["hanging_one"] == {}
            assert_others_are_described(config)
    assert len(errors_about(caplog, "hanging_one")) == 1
    assert "hangs" in errors_about(caplog, "hanging_one")[0]


@pytest.mark.usefixtures("hanging_imports")
async def test_an_import_that_hangs_costs_that_integration_alone(
    wire: Wire, neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """Others whose hook has to be run do not wait behind it."""
    for domain in ("hanging_import", "later_one"):
        neighbours.add(domain, f"VALUE = 'b'\n{DESCRIBE}    return {{'a': VALUE}}\n")
    neighbours.add("hanging_early", f"{HANGING_IMPORT}{DESCRIBE}    return dict()\n")
    with patch(CALL_TIMEOUT, 0.5), patch(IMPORT_TIMEOUT, 0.5):
        start = time.monotonic()
        config = await wire.get("config")
        assert time.monotonic() - start < 3
    assert config["integrations"]["hanging_early"] == {}
    assert config["integrations"]["later_one"] == {
        "description_placeholders": {"a": "b"}
    }
    assert_others_are_described(config)
    assert len(errors_about(caplog, "hanging_early")) == 1


async def test_other_requests_are_answered_while_a_hook_hangs(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours, release: asyncio.Event
) -> None:
    """`config` is in nobody's way."""
    neighbours.add(
        "hanging_one",
        f"{DESCRIBE}    await hass.data['test_release'].wait()\n    return dict()\n",
    )
    await wire.socket.send_json_auto_id({"type": f"{DOMAIN}/config"})
    assert await wire.get("list") == []
    release.set()
    assert (await wire.socket.receive_json())["success"]


async def test_a_request_that_is_given_up_is_given_up(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours, release: asyncio.Event
) -> None:
    """The cancellation of who asks is not taken for a fault of the hook."""
    add_hook(
        hass,
        async_get_authorization_server=get_authorization_server,
        async_get_auth_implementation=wait_for_ever,
    )
    await wire.create()
    providers = hass.data["oauth2_providers"]
    asking = hass.async_create_background_task(providers[DOMAIN](hass, SHOP), "asking")
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert asking.cancelled()


async def wait_for_ever(hass: HomeAssistant, *_: Any) -> None:
    """Be a hook that hangs."""
    await asyncio.sleep(3600)


@pytest.mark.usefixtures("hanging_imports")
async def test_an_import_that_is_given_up_is_given_up(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The cancellation of who asks is not taken for a fault of the hook."""
    neighbours.add("slow_one", HANGING_IMPORT)
    asking = hass.async_create_background_task(
        hass.data[DATA_HOOKS].loader.async_load("slow_one"), "asking"
    )
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not errors_about(caplog, "slow_one")


async def test_one_integration_can_be_described_alone(
    hass: HomeAssistant, wire: Wire
) -> None:
    """The dialog needs no more than that."""
    described = await hass.data[DATA_HOOKS].descriptions.async_describe([LITERAL])
    assert list(described) == [LITERAL]


async def test_an_integration_that_is_named_twice_is_looked_for_once(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Home Assistant would wait for itself."""
    loader = hass.data[DATA_HOOKS].loader
    async with asyncio.timeout(10):
        found = await loader.async_integrations(["fitbit", "twitch", "fitbit"])
    assert list(found) == ["fitbit", "twitch"]


async def test_a_loaded_platform_is_called_and_not_loaded_again(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """What is in memory answers, whatever the file says."""
    neighbours.add("loaded_one", f"{SERVER}{DESCRIBE}    return {{'a': 'file'}}\n")
    config = await wire.get("config")
    assert config["integrations"]["loaded_one"]["description_placeholders"] == {
        "a": "file"
    }

    integration = await loader.async_get_integration(hass, "loaded_one")
    platform = await integration.async_get_platform(DOMAIN)

    async def describe(hass: HomeAssistant) -> dict[str, str]:
        return {"a": "memory"}

    platform.async_get_description_placeholders = describe  # type: ignore[attr-defined]
    with patch(READ_HOOK) as read:
        config = await wire.get("config")
    assert config["integrations"]["loaded_one"]["description_placeholders"] == {
        "a": "memory"
    }
    read.assert_not_called()


async def test_a_loaded_platform_without_a_description_has_none(
    wire: Wire,
    neighbours: Neighbours,
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And that is no fault."""
    neighbours.add("loaded_one", SERVER)
    integration = await loader.async_get_integration(hass, "loaded_one")
    await integration.async_get_platform(DOMAIN)
    config = await wire.get("config")
    assert config["integrations"]["loaded_one"] == {}
    assert not errors_about(caplog, "loaded_one")


async def test_a_hook_runs_without_its_integration(
    wire: Wire, neighbours: Neighbours
) -> None:
    """Its `.const` is there; the package with its libraries is not imported."""
    neighbours.add(
        "alone_one",
        f"from .const import A\n{DESCRIBE}    return {{'a': A}}\n",
        init="raise RuntimeError('imported')\n",
        const="A = 'b'\n",
    )
    config = await wire.get("config")
    assert config["integrations"]["alone_one"] == {
        "description_placeholders": {"a": "b"}
    }
    assert not [
        name for name in sys.modules if name.startswith("custom_components.alone_one")
    ]


async def test_a_hook_that_runs_without_its_integration_is_run_once(
    wire: Wire, neighbours: Neighbours
) -> None:
    """The second answer costs a call."""
    neighbours.add(
        "alone_one",
        f"import itertools\nCOUNT = itertools.count()\n{DESCRIBE}    return {{'a': next(COUNT)}}\n",
    )
    answers = [await wire.get("config") for _ in range(3)]
    assert [
        answer["integrations"]["alone_one"]["description_placeholders"]["a"]
        for answer in answers
    ] == [0, 1, 2]


async def test_only_a_hook_that_needs_its_package_is_imported_with_it(
    wire: Wire, neighbours: Neighbours
) -> None:
    """`from . import X` has its value from the package's `__init__`, so that has to run."""
    needs_package = f"from . import A\n{DESCRIBE}    return {{'a': A}}\n"
    neighbours.add("needing_one", needs_package, init="A = 'b'\n")
    neighbours.add("alone_one", f"A = 'b'\n{DESCRIBE}    return {{'a': A}}\n")
    config = await wire.get("config")
    for domain in ("needing_one", "alone_one"):
        assert config["integrations"][domain] == {
            "description_placeholders": {"a": "b"}
        }, domain
    assert "custom_components.needing_one" in sys.modules
    assert "custom_components.alone_one" not in sys.modules
    # What was tried before leaves nothing behind.
    assert not [name for name in sys.modules if "hook_of_needing_one" in name]


async def test_nothing_is_read_or_run_on_the_event_loop(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading takes a disk, and running a file whatever its author wants."""
    threads: dict[str, int] = {}
    monkeypatch.setitem(sys.modules, "thread_log", ModuleType("thread_log"))
    sys.modules["thread_log"].threads = threads  # type: ignore[attr-defined]
    neighbours.add(
        "threaded_one",
        "import thread_log, threading\nthread_log.threads['run'] = threading.get_ident()\n"
        f"{DESCRIBE}    return dict()\n",
    )
    read_hook = reading.read_hook

    def read(folder: Path) -> Any:
        threads[f"read {folder.name}"] = threading.get_ident()
        return read_hook(folder)

    with patch(READ_HOOK, read):
        await wire.get("config")
    assert {"run", "read threaded_one", f"read {LITERAL}"} < set(threads)
    assert hass.loop_thread_id not in threads.values()


async def test_each_file_is_read_once(wire: Wire) -> None:
    """The second answer reads nothing."""
    await wire.get("config")
    with patch(READ_HOOK) as read:
        assert_others_are_described(await wire.get("config"))
    read.assert_not_called()


async def test_placeholders_are_computed_on_each_call(
    hass: HomeAssistant, wire: Wire
) -> None:
    """What depends on the running instance is what it is now."""

    async def redirect_url() -> str:
        config = await wire.get("config")
        url: str = config["integrations"][COMPUTED]["description_placeholders"][
            "redirect_url"
        ]
        return url

    assert await redirect_url() == "https://YOUR_DOMAIN:PORT/auth/external/callback"
    await hass.config.async_update(external_url="https://home.test")
    assert await redirect_url() == "https://home.test/auth/external/callback"
    hass.config.components.add("my")
    assert await redirect_url() == "https://my.home-assistant.io/redirect/oauth"


# Prints what is described, and which integrations were imported for it. A process
# of its own, since other tests import integrations.
OURS = """
import asyncio, json, sys
from homeassistant import loader
from homeassistant.core import HomeAssistant
from custom_components.application_credentials.hooks.hooks import Hooks

async def main():
    hass = HomeAssistant(sys.argv[1])
    loader.async_setup(hass)
    domains = await loader.async_get_application_credentials(hass)
    described = await Hooks(hass).descriptions.async_describe(domains)
    imported = [name for name in sys.modules if name.startswith("homeassistant.components.")]
    print(json.dumps({"described": described, "imported": imported}))
    await hass.async_stop(force=True)

asyncio.run(main())
"""

# Prints what the hooks themselves answer, of those whose libraries are installed.
THEIRS = """
import asyncio, importlib, json, sys
from homeassistant.core import HomeAssistant

async def main():
    hass = HomeAssistant(sys.argv[1])
    described = {}
    for domain in sys.argv[2:]:
        try:
            hook = importlib.import_module(
                f"homeassistant.components.{domain}.application_credentials"
            )
        except ImportError:
            continue
        describe = getattr(hook, "async_get_description_placeholders", None)
        described[domain] = await describe(hass) if describe else None
    print(json.dumps(described))
    await hass.async_stop(force=True)

asyncio.run(main())
"""


async def run(hass: HomeAssistant, script: str, *arguments: str) -> Any:
    """Return what a script prints in a process of its own."""
    done = await hass.async_add_executor_job(
        lambda: subprocess.run(
            [sys.executable, "-c", script, *arguments],
            capture_output=True,
            check=True,
            cwd=Path(__file__).parents[2],
            text=True,
            timeout=120,
        )
    )
    return json.loads(done.stdout.splitlines()[-1])


async def test_home_assistants_integrations_are_described_without_importing_them(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """The answers are those of the hooks; not one `__init__` runs for them."""
    ours, theirs = await asyncio.gather(
        run(hass, OURS, str(tmp_path)),
        run(hass, THEIRS, str(tmp_path), *APPLICATION_CREDENTIALS),
    )
    assert {"google_mail", "google_tasks", "miele", "spotify", "xbox"} <= set(theirs)
    assert theirs == {domain: ours["described"].get(domain) for domain in theirs}
    packages = {name.split(".")[2] for name in ours["imported"]}
    assert not packages & set(APPLICATION_CREDENTIALS)


async def test_a_loaded_hook_may_take_its_time(hass: HomeAssistant, wire: Wire) -> None:
    """One that waits for something is waited for, as one is that answers at once."""

    async def slow(hass: HomeAssistant) -> dict[str, str]:
        await asyncio.sleep(0)
        return {"url": "https://slow.test"}

    add_hook(
        hass,
        "slow",
        async_get_authorization_server=get_authorization_server,
        async_get_description_placeholders=slow,
    )
    assert await hass.data[DATA_HOOKS].descriptions.async_describe(["slow"]) == {
        "slow": {"url": "https://slow.test"}
    }


async def test_every_one_of_home_assistants_hooks_that_describes_is_described(
    wire: Wire,
) -> None:
    """None is missing for want of its libraries."""
    components = Path(loader.__file__).parent / "components"
    describing = {
        domain
        for domain in APPLICATION_CREDENTIALS
        if "async def async_get_description_placeholders"
        in (components / domain / f"{DOMAIN}.py").read_text()
    }
    config = await wire.get("config")
    assert {
        domain for domain, answer in config["integrations"].items() if answer
    } == describing
    assert len(describing) > 10


@pytest.mark.parametrize(
    ("domain", "hook"),
    [("nothing_of_this_name", None), ("hookless", "")],
    ids=["unknown integration", "empty hook"],
)
async def test_an_integration_that_takes_no_credentials_gets_none(
    wire: Wire, neighbours: Neighbours, domain: str, hook: str | None
) -> None:
    """`create` says why."""
    if hook is not None:
        neighbours.add(domain, hook)
    code, message = await wire.refused(
        "create", domain=domain, client_id="abc", client_secret="s"
    )
    assert code == "invalid_format"
    assert domain in message
    assert await wire.get("list") == []


async def test_an_integration_without_a_hook_gets_no_credentials(
    wire: Wire, neighbours: Neighbours
) -> None:
    """It would have no use for them."""
    neighbours.add("hookless")
    assert await wire.refused(
        "create", domain="hookless", client_id="abc", client_secret="s"
    ) == ("invalid_format", "No application_credentials platform for hookless")


async def test_an_integration_whose_hook_cannot_be_imported_gets_no_credentials(
    wire: Wire, neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is the original's; the log has the reason."""
    neighbours.add("broken_one", "import nothing_of_this_name\n")
    assert await wire.refused(
        "create", domain="broken_one", client_id="abc", client_secret="s"
    ) == ("invalid_format", "No application_credentials platform for broken_one")
    assert "nothing_of_this_name" in errors_about(caplog, "broken_one")[0]


@pytest.mark.usefixtures("hanging_imports")
async def test_an_import_that_takes_too_long_is_given_up(
    wire: Wire, neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """Who creates a credential gets an answer."""
    neighbours.add("hanging_one", HANGING_IMPORT)
    with patch(IMPORT_TIMEOUT, 0.1):
        assert await wire.refused(
            "create", domain="hanging_one", client_id="abc", client_secret="s"
        ) == ("invalid_format", "No application_credentials platform for hanging_one")
    assert "TimeoutError" in errors_about(caplog, "hanging_one")[0]


@pytest.mark.parametrize(
    "source", [SERVER, f"if True:\n    {SERVER}"], ids=["read", "imported"]
)
async def test_an_integration_with_a_hook_gets_credentials(
    wire: Wire, neighbours: Neighbours, source: str
) -> None:
    """Whether its hook is of use is read where it can be, and else found out by import."""
    neighbours.add("good_one", source)
    record = await wire.create(domain="good_one")
    assert record["id"] == "good_one_abc"
    assert ("custom_components.good_one" in sys.modules) == (source != SERVER)


async def test_flows_of_other_integrations_do_not_notice_a_broken_hook(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """An import that raises in one is no concern of another."""
    neighbours.add("broken_one", "raise HomeAssistantError\n")
    await wire.get("config")
    await wire.create()
    assert set(await async_get_implementations(hass, SHOP)) == {"shop_abc"}
    with pytest.raises(ImplementationUnavailableError):
        await async_get_implementations(hass, "broken_one")


async def test_home_assistants_own_errors_pass_without_being_called_a_fault(
    hass: HomeAssistant, wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    """What a hook has to say to the person who links an account is said."""

    async def refuse(hass: HomeAssistant) -> None:
        raise HomeAssistantError("Subscribe first")

    await wire.create()
    add_hook(hass, async_get_authorization_server=refuse)
    with pytest.raises(HomeAssistantError, match="Subscribe first"):
        await async_get_implementations(hass, SHOP)
    assert not errors_about(caplog, SHOP)


async def test_an_import_that_failed_is_not_tried_again_for_a_description(
    wire: Wire, neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may take long, and Home Assistant logs each of them with a traceback."""
    log: Any = ModuleType("import_log")
    log.count = 0
    monkeypatch.setitem(sys.modules, "import_log", log)
    neighbours.add(
        "broken_one",
        "import import_log\nimport_log.count += 1\nraise ValueError('broken')\n"
        f"{DESCRIBE}    return dict()\n",
    )
    await wire.get("config")
    tried = log.count
    await wire.get("config")
    assert log.count == tried > 0
