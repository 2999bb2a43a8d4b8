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

from custom_components.application_credentials.data import DATA
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
    add_account,
    add_hook,
    add_integration,
    add_movable,
    get_authorization_server,
    link_flow,
    move,
)

from .conftest import DESCRIBE, described

HOOKS = f"custom_components.{DOMAIN}.hooks"
CALL_TIMEOUT = f"{HOOKS}.hook.CALL_TIMEOUT"
IMPORT_TIMEOUT = f"{HOOKS}.hook.IMPORT_TIMEOUT"
ASK_TIMEOUT = f"{HOOKS}.implementation.ASK_TIMEOUT"
SERVER = "async def async_get_authorization_server(hass): ...\n"
GOOD = f"{DESCRIBE}    return {{'a': 'b'}}\n"
# What has to be called.
CALLED = f"{DESCRIBE}    return dict(a='b')\n"

# The first lines of a hook that hangs while it is imported.
HANGING_IMPORT = "import hang_switch\nhang_switch.released.wait(30)\n"


def faults(caplog: pytest.LogCaptureFixture, domain: str) -> list[str]:
    """Return what the log says of an integration's hook."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == f"{HOOKS}.hook" and f" {domain} " in record.getMessage()
    ]


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


# What can go wrong.

FAULTS = {
    "raises": f"{DESCRIBE}    raise ValueError('the-secret')\n",
    "raises Home Assistant's": "from homeassistant.exceptions import HomeAssistantError\n"
    f"{DESCRIBE}    raise HomeAssistantError('the-secret')\n",
    "raises TimeoutError": f"{DESCRIBE}    raise TimeoutError\n",
    "exits": f"{DESCRIBE}    raise SystemExit(1)\n",
    "is cancelled": f"import asyncio\n{DESCRIBE}    raise asyncio.CancelledError\n",
    "cancels its task": f"import asyncio\n{DESCRIBE}    asyncio.current_task().cancel()\n"
    "    await asyncio.sleep(0)\n",
    "returns what JSON cannot hold": f"{DESCRIBE}    return dict(a=object())\n",
    "returns too large a number": f"{DESCRIBE}    return dict(a=1 << 70)\n",
    "returns what is no text": f"{DESCRIBE}    return dict(a=chr(0xD800))\n",
    "is written with what JSON cannot hold": f"{DESCRIBE}    return {{'a': b'b'}}\n",
    "is written with too large a number": f"{DESCRIBE}    return {{'a': {1 << 70}}}\n",
    "is written with what is no text": f"{DESCRIBE}    return {{'a': '\\ud800'}}\n",
    "is written with a key that cannot be one": f"{DESCRIBE}    return {{[]: 'b'}}\n",
    "is no coroutine": "def async_get_description_placeholders(hass): return {'a': 'b'}\n",
    "is no function": "async_get_description_placeholders = 1\n",
    "takes other arguments": "async def async_get_description_placeholders(): return dict()\n",
    "fails when it is asked for": "def __getattr__(name): raise RuntimeError(name)\n",
    "exits when it is asked for": "def __getattr__(name): raise SystemExit\n",
    "cannot be imported": f"import nothing_of_this_name\n{CALLED}",
    "fails when it is imported": f"raise ValueError('broken')\n{CALLED}",
    "exits when it is imported": f"raise SystemExit(1)\n{CALLED}",
    "is not Python": f"this is no Python\n{GOOD}",
    "has a null byte": f"\0\n{GOOD}",
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
    neighbours.add("good_one", GOOD)
    for _ in range(2):
        config = await wire.get("config")
        assert config["integrations"]["broken_one"] == {}
        assert config["integrations"]["good_one"] == {
            "description_placeholders": {"a": "b"}
        }
        assert set(APPLICATION_CREDENTIALS) <= set(config["domains"])
        assert set(config["integrations"]) == set(config["domains"])
    [fault] = faults(caplog, "broken_one")
    assert DOMAIN in fault
    assert "the-secret" not in fault


# What is read beside the hook when the home is known.
AT_HOME = (
    "from .const import DOCS\n"
    f"{DESCRIBE}    if 'my' in hass.config.components:\n        return {{'a': 'b'}}\n"
    "    return {'a': DOCS}\n"
)


@pytest.mark.parametrize(
    "const", ["this is no Python\n", "\0\n"], ids=["no Python", "null byte"]
)
async def test_broken_constants_cost_that_integration_alone(
    wire: Wire, neighbours: Neighbours, caplog: pytest.LogCaptureFixture, const: str
) -> None:
    """Also where they are read only once it is known what the home has."""
    neighbours.add("broken_one", AT_HOME, const=const)
    neighbours.add("good_one", GOOD)
    for _ in range(2):
        assert await described(wire, "broken_one") is None
        assert await described(wire, "good_one") == {"a": "b"}
    assert len(faults(caplog, "broken_one")) == 1


async def test_a_hook_that_hangs_costs_that_integration_its_answer_once(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    release: asyncio.Event,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is asked again the next time; meanwhile another hook is not waited for longer."""
    waiting = f"{DESCRIBE}    await hass.data['test_release'].wait()\n    return dict(a='b')\n"
    for domain in ("hanging_one", "hanging_two"):
        neighbours.add(domain, waiting)
    neighbours.add("good_one", CALLED)
    start = time.monotonic()
    with patch(CALL_TIMEOUT, 0.5):
        integrations = (await wire.get("config"))["integrations"]
    assert time.monotonic() - start < 3
    assert integrations["hanging_one"] == integrations["hanging_two"] == {}
    assert integrations["good_one"] == {"description_placeholders": {"a": "b"}}
    assert len(faults(caplog, "hanging_one")) == 1
    release.set()
    assert await described(wire, "hanging_one") == {"a": "b"}


@pytest.mark.usefixtures("hanging_imports")
async def test_an_import_that_hangs_is_given_up(
    wire: Wire, neighbours: Neighbours, caplog: pytest.LogCaptureFixture
) -> None:
    """Those that can be read do not wait behind it, and who creates one gets an answer."""
    neighbours.add("hanging_one", f"{HANGING_IMPORT}{CALLED}")
    neighbours.add("good_one", GOOD)
    with patch(IMPORT_TIMEOUT, 0.2):
        integrations = (await wire.get("config"))["integrations"]
        assert integrations["hanging_one"] == {}
        assert integrations["good_one"] == {"description_placeholders": {"a": "b"}}
        assert await wire.refused(
            "create", domain="hanging_one", client_id="abc", client_secret="s"
        ) == ("invalid_format", "No application_credentials platform for hanging_one")
        # Nor does anybody who asks while it hangs.
        assert await described(wire, "hanging_one") is None
    assert "TimeoutError" in faults(caplog, "hanging_one")[0]


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


async def wait_for_what_is_cancelled(hass: HomeAssistant, *_: Any) -> None:
    """Be a hook that waits for a task of its own, which ends."""
    waiting = hass.async_create_task(asyncio.sleep(3600))
    waiting.cancel()
    await waiting


async def test_a_hook_that_waits_for_what_is_cancelled_has_failed(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Nobody has cancelled the request, which is answered."""
    add_integration(hass)
    account = await add_movable(hass, wire)
    add_hook(hass, async_get_auth_implementation=wait_for_what_is_cancelled)
    answer = await wire.get("check", application_credentials_id="shop_one")
    assert (answer["client"], answer["reason"]) == ("unknown", "not_asked")
    with link_flow():
        await move(hass, wire, account, "shop_two")
    with pytest.raises(ImplementationUnavailableError, match="raises CancelledError"):
        await async_get_implementations(hass, SHOP)


async def test_an_import_that_ends_in_a_cancellation_has_failed(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """As any other that raises."""
    neighbours.add("broken_one", "import asyncio\nraise asyncio.CancelledError\n")
    with pytest.raises(ImplementationUnavailableError, match="CancelledError"):
        await async_get_implementations(hass, "broken_one")


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
        hass.data[DATA].hooks.async_load("slow_one"), "asking"
    )
    await asyncio.sleep(0.1)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert not faults(caplog, "slow_one")


# An integration that runs is called.


RETURNED = [
    {"a": "file"},
    {},
    ["a", {"b": [1, 2.5, None]}],
    {"a": {"b": ("c", True)}},
    None,
    "text",
    type("Text", (str,), {})("text"),
]


@pytest.mark.parametrize("returned", RETURNED, ids=repr)
async def test_what_a_running_hook_returns_is_sent_as_it_is(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours, returned: Any
) -> None:
    """It is the module that runs, with its state, whatever its file says."""
    neighbours.add("running_one", f"{SERVER}{GOOD}")
    integration = await loader.async_get_integration(hass, "running_one")
    platform: Any = await integration.async_get_platform(DOMAIN)

    async def describe(hass: HomeAssistant) -> Any:
        return returned

    platform.async_get_description_placeholders = describe
    answer = (await wire.get("config"))["integrations"]["running_one"]
    assert answer == {"description_placeholders": json.loads(json.dumps(returned))}


async def test_a_running_integration_is_called_though_its_hook_was_not_imported(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """Its state may be in its package."""
    neighbours.add(
        "running_one",
        f"from . import state\n{DESCRIBE}    return dict(state)\n",
        init="state = {'a': 'text'}\n",
    )
    integration = await loader.async_get_integration(hass, "running_one")
    package: Any = await integration.async_get_component()
    package.state["a"] = "memory"
    hass.config.components.add("running_one")
    assert await described(wire, "running_one") == {"a": "memory"}
    platform: Any = sys.modules[f"custom_components.running_one.{DOMAIN}"]
    assert platform.state is package.state


async def test_a_running_integration_may_have_no_hook_or_no_description(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """And that is no fault."""
    neighbours.add("hookless")
    neighbours.add("silent", SERVER)
    for domain in ("hookless", "silent"):
        hass.config.components.add(domain)
        assert await described(wire, domain) is None


# One that does not run is read, or else imported.


async def test_only_a_hook_that_cannot_be_read_is_imported(
    wire: Wire, neighbours: Neighbours
) -> None:
    """The ordinary way, with its package."""
    neighbours.add("read_one", GOOD)
    neighbours.add(
        "imported_one",
        f"from . import A\n{DESCRIBE}    return {{'a': A}}\n",
        init="A = 'b'\n",
    )
    for domain in ("read_one", "imported_one"):
        assert await described(wire, domain) == {"a": "b"}
    assert "custom_components.imported_one" in sys.modules
    assert "custom_components.read_one" not in sys.modules
    assert not [name for name in sys.modules if name.startswith(f"{HOOKS}.hook_of")]


@pytest.mark.parametrize(
    "source",
    [
        f"if True:\n    {DESCRIBE}        return {{'a': 'b'}}\n",
        f"try:\n    {DESCRIBE}        return {{'a': 'b'}}\nexcept OSError: ...\n",
        "from .elsewhere import *\n",
        "from .elsewhere import async_get_description_placeholders\n",
        "from .elsewhere import describe as async_get_description_placeholders\n",
        (
            "from .elsewhere import describe\n"
            "def __getattr__(name):\n"
            "    if name == 'async_get_description_placeholders': return describe\n"
            "    raise AttributeError(name)\n"
        ),
        f"def same(function): return function\n@same\n{DESCRIBE}    return {{'a': 'b'}}\n",
        f"{DESCRIBE}    return {{'a': 'wrong'}}\n{CALLED}",
        f"{DESCRIBE}    return {{'a': 'wrong'}}\nif True:\n    from .elsewhere import *\n",
    ],
)
async def test_what_shows_only_when_it_runs_is_answered_all_the_same(
    wire: Wire, neighbours: Neighbours, source: str
) -> None:
    """As the original answers it."""
    elsewhere = f"{CALLED}describe = async_get_description_placeholders\n"
    neighbours.add("open_one", source, elsewhere=elsewhere)
    assert await described(wire, "open_one") == {"a": "b"}


async def test_each_file_is_read_once_and_not_on_the_event_loop(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """However often somebody asks."""
    neighbours.add("good_one", GOOD)
    neighbours.add("other_one", AT_HOME, const="DOCS = 'c'\n")
    threads: list[int] = []
    read_bytes = Path.read_bytes

    def read(path: Path) -> bytes:
        threads.append(threading.get_ident())
        return read_bytes(path)

    with patch.object(Path, "read_bytes", read):
        await wire.get("config")
        count = len(threads)
        await wire.get("config")
        assert await described(wire, "other_one") == {"a": "c"}
    assert len(threads) == count > 40
    assert hass.loop_thread_id not in threads


# Prints what is described, and which integrations were imported for it. A process
# of its own, since other tests import integrations.
OURS = """
import asyncio, json, sys
from homeassistant import loader
from homeassistant.core import HomeAssistant
from custom_components.application_credentials.hooks.hook import Hooks

async def main():
    hass = HomeAssistant(sys.argv[1])
    loader.async_setup(hass)
    domains = await loader.async_get_application_credentials(hass)
    described = await Hooks(hass).async_describe(domains)
    imported = [name for name in sys.modules if name.startswith("homeassistant.components.")]
    print(json.dumps({"described": described, "imported": imported}))
    await hass.async_stop(force=True)

asyncio.run(main())
"""

# Prints what the hooks themselves answer, of those whose libraries are installed.
THEIRS = """
import asyncio, importlib, json, sys
from homeassistant.core import HomeAssistant
from custom_components.application_credentials.data import DATA

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


# Which integrations take credentials.


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
    assert "nothing_of_this_name" in faults(caplog, "broken_one")[0]


@pytest.mark.parametrize("domain", ["good_one", "good__one", "1-good-one"])
@pytest.mark.parametrize(
    "source", [SERVER, "from .elsewhere import *\n"], ids=["read", "imported"]
)
async def test_an_integration_with_a_hook_gets_credentials(
    wire: Wire, neighbours: Neighbours, source: str, domain: str
) -> None:
    """Whether its hook is of use is read where it can be, and else found out by import."""
    neighbours.add(domain, source, elsewhere=SERVER)
    record = await wire.create(domain=domain)
    assert record["domain"] == domain
    assert (f"custom_components.{domain}" in sys.modules) == (source != SERVER)


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


# Hooks with something to say.


async def refuse(hass: HomeAssistant, *_: Any) -> Any:
    """Be a hook that quotes a secret in Home Assistant's words."""
    raise HomeAssistantError("the-secret is wrong")


HOOKS_THAT_REFUSE = [
    "async_get_authorization_server",
    "async_get_auth_implementation",
]


@pytest.mark.parametrize("function", HOOKS_THAT_REFUSE)
async def test_home_assistants_own_errors_pass_without_being_called_a_fault(
    hass: HomeAssistant, wire: Wire, function: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What a hook has to say to the person who links an account is said."""
    await wire.create()
    hook: dict[str, Any] = {function: refuse}
    add_hook(hass, **hook)
    with pytest.raises(HomeAssistantError, match="the-secret is wrong"):
        await async_get_implementations(hass, SHOP)
    assert not faults(caplog, SHOP)


@pytest.mark.parametrize("function", HOOKS_THAT_REFUSE)
async def test_what_a_hook_says_keeps_no_credential_from_being_deleted(
    hass: HomeAssistant, wire: Wire, function: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor is it in the log."""
    caplog.set_level("DEBUG")
    await wire.create()
    # Of which it has to be found out which credential it means.
    add_account(hass, SHOP)
    hook: dict[str, Any] = {function: refuse}
    add_hook(hass, **hook)
    caplog.clear()
    await wire.get("delete", application_credentials_id="shop_abc")
    assert await wire.get("list") == []
    assert "the-secret is wrong" not in caplog.text


@pytest.mark.parametrize("function", HOOKS_THAT_REFUSE)
async def test_what_a_hook_says_keeps_no_account_from_being_moved(
    hass: HomeAssistant, wire: Wire, function: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Nor is it in the log."""
    caplog.set_level("DEBUG")
    add_integration(hass)
    account = await add_movable(hass, wire)
    hook: dict[str, Any] = {function: refuse}
    add_hook(hass, **hook)
    caplog.clear()
    with link_flow():
        await move(hass, wire, account, "shop_two")
    assert account.data["auth_implementation"] == "shop_two"
    assert "the-secret is wrong" not in caplog.text


async def test_a_hook_that_hangs_keeps_no_credential_from_being_deleted(
    hass: HomeAssistant, wire: Wire, release: asyncio.Event
) -> None:
    """It is asked which credential an account means, and not waited for longer."""
    await wire.create()
    add_account(hass, SHOP)

    async def hang(hass: HomeAssistant, *_: Any) -> Any:
        await hass.data["test_release"].wait()
        raise ValueError

    add_hook(hass, async_get_auth_implementation=hang)
    with patch(ASK_TIMEOUT, 0.1):
        await wire.get("delete", application_credentials_id="shop_abc")
    assert await wire.get("list") == []
