"""What an integration's code can do to others: exit, race, hang, tell, recurse, block."""

import asyncio
from contextlib import suppress
import os
import sys
import time
from types import ModuleType
from typing import Any, override
from unittest.mock import patch

import pytest

from custom_components.application_credentials.accounts.changes import (
    async_copy_candidates,
)
from custom_components.application_credentials.hooks.hooks import DATA_HOOKS
from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
    LocalOAuth2Implementation,
    async_get_implementations,
)
from tests.common import (
    AUTHORIZE_URL,
    DOMAIN,
    SHOP,
    TOKEN_URL,
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

HOOKS = f"custom_components.{DOMAIN}.hooks"
CALL_TIMEOUT = f"{HOOKS}.describing.CALL_TIMEOUT"
ASK_TIMEOUT = f"{HOOKS}.implementation.ASK_TIMEOUT"
DESCRIBE = "async def async_get_description_placeholders(hass):\n"
GOOD = f"VALUE = 'b'\n{DESCRIBE}    return {{'a': VALUE}}\n"
DESCRIBED = {"description_placeholders": {"a": "b"}}
SERVER = (
    "from homeassistant.components.application_credentials import AuthorizationServer\n"
    "from .const import TOKEN\n"
    "async def async_get_authorization_server(hass):\n"
    "    return AuthorizationServer('https://provider.test/authorize', TOKEN)\n"
)
CONST = f"TOKEN = {TOKEN_URL!r}\n"


def faults(caplog: pytest.LogCaptureFixture, domain: str) -> list[str]:
    """Return what the log says of an integration's hook."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == f"{HOOKS}.faults" and f" {domain} " in record.getMessage()
    ]


# What is no Exception ends the process, if nobody keeps it from that.

NO_EXCEPTIONS = [SystemExit, KeyboardInterrupt, GeneratorExit, BaseException]

EXITING = {
    "a question for its names": "def __getattr__(name): raise {error}\n",
    "the function": f"{DESCRIBE}    raise {{error}}\n",
    "a function that is no coroutine": (
        "def async_get_description_placeholders(hass): raise {error}\n"
    ),
    "what is awaited": (
        "class Awaited:\n    def __await__(self): raise {error}\n"
        "def async_get_description_placeholders(hass): return Awaited()\n"
    ),
    "a class of its own": (
        "class Placeholders:\n    @property\n    def __class__(self): raise {error}\n"
        f"{DESCRIBE}    return Placeholders()\n"
    ),
    "a string's methods": (
        "class Text(str):\n"
        "    def __str__(self): raise {error}\n"
        "    encode = __hash__ = __eq__ = __len__ = __str__\n"
        f"{DESCRIBE}    return dict(a=Text('b'), b=object())\n"
    ),
    "its error": (
        "class Broken(Exception):\n    def __str__(self): raise {error}\n"
        f"{DESCRIBE}    raise Broken\n"
    ),
    "the error of its import": (
        "class Broken(Exception):\n    def __str__(self): raise {error}\n"
        f"raise Broken\n{DESCRIBE}    return dict()\n"
    ),
}


@pytest.mark.parametrize("error", NO_EXCEPTIONS)
@pytest.mark.parametrize("source", EXITING.values(), ids=EXITING.keys())
async def test_what_is_no_exception_costs_that_integration_its_description(
    wire: Wire,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    source: str,
    error: type[BaseException],
) -> None:
    """Home Assistant goes on, and all others are described."""
    neighbours.add("exiting_one", source.format(error=error.__name__))
    neighbours.add("good_one", GOOD)
    for _ in range(2):
        integrations = (await wire.get("config"))["integrations"]
        assert integrations["exiting_one"] == {}
        assert integrations["good_one"] == DESCRIBED
    assert len(faults(caplog, "exiting_one")) == 1


async def test_placeholders_of_other_classes_are_sent_as_what_they_hold(
    wire: Wire, neighbours: Neighbours
) -> None:
    """Whatever their methods do."""
    neighbours.add(
        "odd_one",
        "from enum import StrEnum, IntEnum\n"
        "class Text(StrEnum):\n    B = 'b'\n"
        "class Number(IntEnum):\n    ONE = 1\n"
        "class Size(float):\n    def __float__(self): raise SystemExit\n"
        "class Placeholders(dict):\n    def items(self): raise SystemExit\n"
        "    keys = values = __iter__ = __len__ = __bool__ = __eq__ = items\n"
        f"{DESCRIBE}    return Placeholders(a=Text.B, b=Number.ONE, c=Size(1.5))\n",
    )
    for _ in range(2):
        config = await wire.get("config")
        assert config["integrations"]["odd_one"] == {
            "description_placeholders": {"a": "b", "b": 1, "c": 1.5}
        }


@pytest.mark.parametrize("error", NO_EXCEPTIONS)
async def test_no_credential_is_created_for_a_hook_that_exits_when_it_is_looked_at(
    wire: Wire, neighbours: Neighbours, error: type[BaseException]
) -> None:
    """Who creates one gets an answer."""
    neighbours.add("exiting_one", f"def __getattr__(name): raise {error.__name__}\n")
    assert await wire.refused(
        "create", domain="exiting_one", client_id="abc", client_secret="s"
    ) == ("invalid_format", "No application_credentials platform for exiting_one")


def exiting_server(error: type[BaseException]) -> Any:
    """Return a hook whose authorization server exits when it is asked for its URL."""

    class Server:
        authorize_url = AUTHORIZE_URL

        @property
        def token_url(self) -> str:
            raise error

    async def server(hass: HomeAssistant) -> Any:
        return Server()

    return {"async_get_authorization_server": server}


def exiting_implementation(error: type[BaseException], attribute: str) -> Any:
    """Return a hook whose implementation exits when it is asked for something."""

    class Implementation(LocalOAuth2Implementation):
        @override
        def __getattribute__(self, name: str) -> Any:
            if name == attribute:
                raise error
            return super().__getattribute__(name)

    async def own(hass: HomeAssistant, auth_domain: str, _: Any) -> Any:
        return Implementation(hass, auth_domain, "abc", "s", AUTHORIZE_URL, TOKEN_URL)

    return {"async_get_auth_implementation": own}


def exiting_function(error: type[BaseException]) -> Any:
    """Return a hook that exits when it is called."""

    async def server(hass: HomeAssistant) -> Any:
        raise error

    return {"async_get_authorization_server": server}


def exiting_names(error: type[BaseException]) -> Any:
    """Return a hook that exits when it is asked for another name."""

    def exit_(name: str) -> Any:
        raise error

    return {
        "async_get_authorization_server": get_authorization_server,
        "__getattr__": exit_,
    }


@pytest.mark.parametrize("error", NO_EXCEPTIONS)
@pytest.mark.parametrize(
    "hook",
    [
        exiting_server,
        exiting_function,
        exiting_names,
        lambda error: exiting_implementation(error, "domain"),
    ],
    ids=["server", "function", "names", "implementation"],
)
async def test_what_is_no_exception_costs_an_account_its_implementation(
    hass: HomeAssistant, wire: Wire, hook: Any, error: type[BaseException]
) -> None:
    """It is tried again later; nothing else stops."""
    await wire.create()
    add_hook(hass, **hook(error))
    with pytest.raises(ImplementationUnavailableError, match=error.__name__):
        await async_get_implementations(hass, SHOP)


@pytest.mark.parametrize("error", NO_EXCEPTIONS)
@pytest.mark.parametrize(
    "hook",
    [
        exiting_server,
        exiting_function,
        exiting_names,
        lambda error: exiting_implementation(error, "domain"),
        lambda error: exiting_implementation(error, "token_url"),
        lambda error: exiting_implementation(error, "extra_authorize_data"),
    ],
    ids=["server", "function", "names", "domain", "token URL", "authorize data"],
)
async def test_what_is_no_exception_costs_a_check_its_verdict(
    hass: HomeAssistant, wire: Wire, hook: Any, error: type[BaseException]
) -> None:
    """The check is answered, and so is what comes after it."""
    record = await wire.create()
    add_hook(hass, **hook(error))
    checked = await wire.get("check", application_credentials_id=record["id"])
    assert checked["redirect_uri"] == "unknown"
    assert await wire.get("list") == [record]
    # Nor does the dialog look further.
    assert await async_copy_candidates(hass, record) == []


async def test_a_hook_that_cancels_its_task_costs_a_check_its_verdict(
    hass: HomeAssistant, wire: Wire
) -> None:
    """It is not the task of who asks."""
    record = await wire.create()

    async def cancel(hass: HomeAssistant) -> AuthorizationServer:
        task = asyncio.current_task()
        assert task is not None
        task.cancel()
        await asyncio.sleep(0)
        return await get_authorization_server(hass)

    add_hook(hass, async_get_authorization_server=cancel)
    checked = await wire.get("check", application_credentials_id=record["id"])
    assert checked["client"] == "unknown"


# First openings at once.


async def test_first_openings_at_once_share_one_load_and_one_whole_answer(
    wire: Wire, neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hook's file is run once, however long that takes."""
    log: Any = ModuleType("load_log")
    log.loaded = []
    monkeypatch.setitem(sys.modules, "load_log", log)
    alone = f"import load_log, time\nload_log.loaded.append(__name__)\ntime.sleep(0.2)\n{GOOD}"
    neighbours.add("alone_one", alone)
    neighbours.add("needing_one", f"from . import A\n{GOOD}", init="A = 'b'\n")
    answers = await wire.ask_together("config", *[{}] * 30)
    for answer in answers:
        assert answer["result"] == answers[0]["result"]
        for domain in ("alone_one", "needing_one"):
            assert answer["result"]["integrations"][domain] == DESCRIBED
    assert len(log.loaded) == 1


async def test_the_files_of_hooks_are_read_once_for_openings_at_once(
    wire: Wire, neighbours: Neighbours
) -> None:
    """Who comes second waits for what the first reads."""
    neighbours.add("good_one", GOOD)
    with patch(f"{HOOKS}.readings.read_hook", return_value=None) as read:
        await wire.ask_together("config", *[{}] * 5)
    folders = [str(call.args[0]) for call in read.call_args_list]
    assert len(folders) == len(set(folders))


# Hooks that wait.

WAITS = (
    "import asyncio\n"
    f"{DESCRIBE}"
    "    hass.data['test_calls'].append(asyncio.current_task())\n"
)


@pytest.fixture
def calls(hass: HomeAssistant) -> list[asyncio.Task[Any]]:
    """Collect the tasks in which a hook was called."""
    called: list[asyncio.Task[Any]] = []
    hass.data["test_calls"] = called
    return called


async def test_a_hook_that_hangs_is_waited_for_once(
    wire: Wire, neighbours: Neighbours, calls: list[asyncio.Task[Any]]
) -> None:
    """Later openings are answered at once, whatever was loaded since."""
    neighbours.add("hanging_one", f"{WAITS}    await asyncio.sleep(3600)\n")
    neighbours.add("good_one", GOOD)
    with patch(CALL_TIMEOUT, 0.5):
        for longest in (5, 0.4, 0.4):
            start = time.monotonic()
            integrations = (await wire.get("config"))["integrations"]
            assert time.monotonic() - start < longest
            assert integrations["hanging_one"] == {}
            assert integrations["good_one"] == DESCRIBED
    assert len(calls) == 1


async def test_a_hook_that_ignores_its_cancellation_is_waited_for_once(
    wire: Wire,
    neighbours: Neighbours,
    calls: list[asyncio.Task[Any]],
    release: asyncio.Event,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody waits for its end."""
    neighbours.add(
        "hanging_one",
        f"{WAITS}"
        "    while not hass.data['test_release'].is_set():\n"
        "        try:\n"
        "            await hass.data['test_release'].wait()\n"
        "        except asyncio.CancelledError:\n"
        "            pass\n",
    )
    with patch(CALL_TIMEOUT, 0.2):
        for longest in (5, 0.3, 0.3):
            start = time.monotonic()
            assert (await wire.get("config"))["integrations"]["hanging_one"] == {}
            assert time.monotonic() - start < longest
    assert len(calls) == 1
    assert len(faults(caplog, "hanging_one")) == 1


async def test_a_hook_that_waits_is_called_once_an_opening_in_a_task_of_its_own(
    wire: Wire, neighbours: Neighbours, calls: list[asyncio.Task[Any]]
) -> None:
    """Also the second time, when it is loaded; what it does there is done once."""
    neighbours.add(
        "waiting_one",
        f"{WAITS}    await asyncio.sleep(0.01)\n    return {{'a': 'b'}}\n",
    )
    for opening in (1, 2, 3):
        integrations = (await wire.get("config"))["integrations"]
        assert integrations["waiting_one"] == DESCRIBED
        assert len(calls) == opening
    assert len({id(task) for task in calls}) == 3
    assert all("waiting_one" in task.get_name() for task in calls)


async def test_openings_at_once_share_one_call_of_a_hook_that_waits(
    wire: Wire, neighbours: Neighbours, calls: list[asyncio.Task[Any]]
) -> None:
    """They get the same answer."""
    neighbours.add(
        "waiting_one", f"{WAITS}    await asyncio.sleep(0.1)\n    return {{'a': 'b'}}\n"
    )
    await wire.get("config")
    for answer in await wire.ask_together("config", *[{}] * 5):
        assert answer["result"]["integrations"]["waiting_one"] == DESCRIBED
    assert len(calls) == 2


@pytest.mark.parametrize(
    "body",
    [
        "    asyncio.current_task().cancel()\n    return {'a': 'c'}\n",
        "    asyncio.current_task().cancel()\n    await asyncio.sleep(0)\n",
        (
            "    await asyncio.sleep(0)\n    asyncio.current_task().cancel()\n"
            "    await asyncio.sleep(0)\n"
        ),
        "    raise asyncio.CancelledError\n",
    ],
    ids=["at once", "before it waits", "after it has waited", "by name"],
)
async def test_a_hook_that_cancels_its_task_costs_that_integration_alone(
    wire: Wire, neighbours: Neighbours, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    """It is not the task of who asks, nor of anybody else."""
    neighbours.add("cancelling_one", f"import asyncio\n{DESCRIBE}{body}")
    neighbours.add("good_one", GOOD)
    for _ in range(2):
        integrations = (await wire.get("config"))["integrations"]
        assert integrations["cancelling_one"] == {}
        assert integrations["good_one"] == DESCRIBED
    assert len(faults(caplog, "cancelling_one")) == 1


@pytest.mark.parametrize("error", [RuntimeError, SystemExit, KeyboardInterrupt])
async def test_a_hook_that_raises_when_it_is_closed_costs_that_integration_alone(
    wire: Wire, neighbours: Neighbours, error: type[BaseException]
) -> None:
    """What it returns is no coroutine of Python's."""
    neighbours.add(
        "closing_one",
        "import asyncio\n"
        "class Answer:\n"
        "    def __await__(self): return self\n"
        "    def __iter__(self): return self\n"
        "    def __next__(self): return None\n"
        f"    def close(self): raise {error.__name__}\n"
        "    throw = close\n"
        "def async_get_description_placeholders(hass): return Answer()\n",
    )
    neighbours.add("good_one", GOOD)
    with patch(CALL_TIMEOUT, 0.1):
        for _ in range(2):
            integrations = (await wire.get("config"))["integrations"]
            assert integrations["closing_one"] == {}
            assert integrations["good_one"] == DESCRIBED


async def test_a_hook_that_could_not_be_loaded_in_time_is_asked_once_it_is_loaded(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
) -> None:
    """Its integration has imported it meanwhile."""
    neighbours.add(
        "slow_one",
        f"import time\nif __name__.startswith('custom_components.{DOMAIN}'):\n"
        f"    time.sleep(1)\n{GOOD}",
    )
    with patch(CALL_TIMEOUT, 0.1):
        assert (await wire.get("config"))["integrations"]["slow_one"] == {}
        assert (await wire.get("config"))["integrations"]["slow_one"] == {}
        [slow] = (
            await hass.data[DATA_HOOKS].loader.async_integrations(["slow_one"])
        ).values()
        await slow.async_get_platform(DOMAIN)
        assert (await wire.get("config"))["integrations"]["slow_one"] == DESCRIBED


async def test_an_opening_that_has_waited_too_long_ends_it_for_later_ones(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is said once that the hook hangs, and not that it has ended its task."""
    neighbours.add("slow_one", f"import time\ntime.sleep(1)\n{GOOD}")
    descriptions = hass.data[DATA_HOOKS].descriptions

    async def open_later() -> Any:
        await asyncio.sleep(0.2)
        return await descriptions.async_describe(["slow_one"])

    with patch(CALL_TIMEOUT, 0.2):
        openings = await asyncio.gather(
            descriptions.async_describe(["slow_one"]), open_later()
        )
    assert list(openings) == [{}, {}]
    [fault] = faults(caplog, "slow_one")
    assert fault.endswith("hangs")


async def test_an_opening_that_is_given_up_leaves_the_others_answered(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours, release: asyncio.Event
) -> None:
    """They wait for the same call."""
    neighbours.add(
        "waiting_one",
        f"{DESCRIBE}    await hass.data['test_release'].wait()\n    return {{'a': 'b'}}\n",
    )
    descriptions = hass.data[DATA_HOOKS].descriptions
    first, second = (
        hass.async_create_background_task(
            descriptions.async_describe(["waiting_one"]), "opening"
        )
        for _ in range(2)
    )
    await asyncio.sleep(0.1)
    first.cancel()
    await asyncio.sleep(0)
    release.set()
    assert await second == {"waiting_one": {"a": "b"}}
    assert first.cancelled()


# Hooks with something to say.


async def refuse(hass: HomeAssistant, *_: Any) -> Any:
    """Be a hook that quotes a secret in Home Assistant's words."""
    raise HomeAssistantError("the-secret is wrong")


HOOKS_THAT_REFUSE = [
    "async_get_authorization_server",
    "async_get_auth_implementation",
]


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


@pytest.mark.parametrize("function", HOOKS_THAT_REFUSE)
async def test_what_a_hook_says_with_a_secret_in_it_is_told_to_nobody(
    hass: HomeAssistant, wire: Wire, function: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever asks for implementations puts it in the log."""
    await wire.create()
    hook: dict[str, Any] = {function: refuse}
    add_hook(hass, **hook)
    with pytest.raises(ImplementationUnavailableError) as raised:
        await async_get_implementations(hass, SHOP)
    assert "the-secret" not in repr(raised.value)
    assert raised.value.__cause__ is None
    [fault] = faults(caplog, SHOP)
    assert "the-secret" not in fault


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


async def test_the_end_of_a_hook_that_nobody_waits_for_is_told_to_nobody(
    hass: HomeAssistant,
    wire: Wire,
    release: asyncio.Event,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It ignores that it was cancelled, and then it raises."""
    await wire.create()
    add_account(hass, SHOP)

    async def hang(hass: HomeAssistant, *_: Any) -> Any:
        while not hass.data["test_release"].is_set():
            with suppress(asyncio.CancelledError):
                await hass.data["test_release"].wait()
        raise HomeAssistantError("the-secret")

    add_hook(hass, async_get_auth_implementation=hang)
    with patch(ASK_TIMEOUT, 0.1):
        await wire.get("delete", application_credentials_id="shop_abc")
    release.set()
    await asyncio.sleep(0.01)
    assert "the-secret" not in caplog.text
    assert "never retrieved" not in caplog.text


# Files that are none.

NESTED = "a = " + "-" * 100_000 + "1\n"


def block(path: Any) -> None:
    """Put a pipe in the place of a file."""
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def fill(path: Any) -> None:
    """Put 50 MB in the place of a file."""
    path.write_bytes(b"A = 1\n" * (50 * 1024 * 1024 // 6))


def nest(path: Any) -> None:
    """Put what makes the parser recurse without end in the place of a file."""
    path.write_text(NESTED)


def recurse(path: Any) -> None:
    """Put what recurses without end when it is run in the place of a file."""
    path.write_text("def again(): again()\nagain()\n")


def circle(path: Any) -> None:
    """Have the constants import the hook, which imports the constants."""
    path.write_text(f"from .{DOMAIN} import TOKEN\n")


@pytest.mark.parametrize("spoil", [block, fill, nest, recurse, circle])
async def test_constants_that_cannot_be_read_cost_that_integration_alone(
    wire: Wire,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    spoil: Any,
) -> None:
    """The Add dialog is there in no time, and the log says once why."""
    folder = neighbours.add("spoilt_one", f"from .const import TOKEN\n{GOOD}", const="")
    spoil(folder / "const.py")
    neighbours.add("good_one", GOOD)
    for _ in range(2):
        start = time.monotonic()
        integrations = (await wire.get("config"))["integrations"]
        assert time.monotonic() - start < 4
        assert integrations["spoilt_one"] == {}
        assert integrations["good_one"] == DESCRIBED
    assert len(faults(caplog, "spoilt_one")) == 1


@pytest.mark.parametrize("spoil", [block, fill, nest])
async def test_a_hook_that_cannot_be_read_costs_that_integration_alone(
    wire: Wire, neighbours: Neighbours, caplog: pytest.LogCaptureFixture, spoil: Any
) -> None:
    """It is not imported either: that might never end."""
    folder = neighbours.add("spoilt_one", "")
    spoil(folder / f"{DOMAIN}.py")
    neighbours.add("good_one", GOOD)
    for _ in range(2):
        integrations = (await wire.get("config"))["integrations"]
        assert integrations["spoilt_one"] == {}
        assert integrations["good_one"] == DESCRIBED
    start = time.monotonic()
    code, message = await wire.refused(
        "create", domain="spoilt_one", client_id="abc", client_secret="s"
    )
    assert time.monotonic() - start < 4
    assert code == "invalid_format"
    assert "spoilt_one" in message
    assert any("cannot be read" in fault for fault in faults(caplog, "spoilt_one"))


@pytest.mark.parametrize("name", ["const.py", f"{DOMAIN}.py"])
@pytest.mark.parametrize("spoil", [block, fill, nest])
async def test_the_copy_dialog_works_where_a_file_cannot_be_read(
    hass: HomeAssistant,
    wire: Wire,
    neighbours: Neighbours,
    caplog: pytest.LogCaptureFixture,
    spoil: Any,
    name: str,
) -> None:
    """For all others of the provider."""
    for domain in ("shop_one", "shop_two"):
        neighbours.add(domain, SERVER, const=CONST)
    folder = neighbours.add("spoilt_one", SERVER, const=CONST)
    spoil(folder / name)
    record = await wire.create(domain="shop_one")
    with patch(ASK_TIMEOUT, 0.5):
        for _ in range(2):
            assert await async_copy_candidates(hass, record) == ["shop_two"]
    assert len(faults(caplog, "spoilt_one")) <= 1


async def test_an_integration_whose_token_url_is_none_is_offered_for_no_copy(
    hass: HomeAssistant, wire: Wire, neighbours: Neighbours
) -> None:
    """Nor does it have any."""
    for domain, url in (("shop_one", TOKEN_URL), ("odd_one", "https://[")):
        neighbours.add(
            domain,
            SERVER.replace("from .const", "from .urls"),
            urls=f"TOKEN = {url!r}\n",
        )
    record = await wire.create(domain="shop_one")
    assert await async_copy_candidates(hass, record) == []
    odd = await wire.create(domain="odd_one")
    assert await async_copy_candidates(hass, odd) == []


# Listeners.


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "changed"},
        {"domain": "changed"},
        {"id": "changed"},
        {"client_id": None, "domain": []},
    ],
    ids=["client ID", "domain", "id", "no strings"],
)
@pytest.mark.parametrize("of_all", [False, True], ids=["each", "all"])
async def test_a_listener_that_changes_records_in_place_keeps_nobody_waiting(
    hass: HomeAssistant, wire: Wire, change: dict[str, Any], of_all: bool
) -> None:
    """What is stored stays as it was acknowledged, and can be changed and deleted."""
    add_hook(hass, "other")

    async def spoil(change_type: str, item_id: str, item: Any) -> None:
        item.update(change)

    async def spoil_all(changes: Any) -> None:
        for each in changes:
            each.item.update(change)

    credentials = hass.data[DATA_COLLECTION]
    if of_all:
        credentials.async_add_change_set_listener(spoil_all)
    else:
        credentials.async_add_listener(spoil)
    async with asyncio.timeout(5):
        created = await wire.create("abc")
        assert await wire.get("list") == [created]
        updated = await wire.get(
            "update", application_credentials_id="shop_abc", client_id="def"
        )
        assert await wire.get("list") == [updated]
        await wire.get("delete", application_credentials_id="shop_abc")
        assert await wire.get("list") == []
        await wire.create("abc")


@pytest.mark.parametrize(
    "change",
    [{"client_id": "changed"}, {"domain": "changed"}, {"client_id": None}, {"id": "x"}],
    ids=["client ID", "domain", "no client ID", "id"],
)
async def test_who_changes_a_stored_record_in_place_keeps_nobody_waiting(
    hass: HomeAssistant, wire: Wire, change: dict[str, Any]
) -> None:
    """Other code gets hold of the records themselves."""
    await wire.create("abc")
    hass.data[DATA_COLLECTION].async_items()[0].update(change)
    async with asyncio.timeout(5):
        await wire.ask("update", application_credentials_id="shop_abc", client_id="def")
        await wire.ask("delete", application_credentials_id="shop_abc")
        await wire.create("later")
        await wire.get("delete", application_credentials_id="shop_later")
