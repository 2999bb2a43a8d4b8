"""No client secret in a log at any level, in an error to any caller, or in a repair issue.

Whatever a client sends: every byte of an error that comes back, and every log
record, is searched for the secret.
"""

from collections import deque
from collections.abc import Awaitable, Callable
from functools import partial
import gc
import json
from pathlib import Path
from secrets import token_hex
import traceback
from types import CellType, CoroutineType, FunctionType, MethodType
from typing import Any
from unittest.mock import patch

from aiohttp import ClientError
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from custom_components.application_credentials.records.collection import DATA_COLLECTION
from homeassistant.components.application_credentials import (
    ClientCredential,
    async_import_client_credential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.config_entry_oauth2_flow import (
    async_get_config_entry_implementation,
)

from .common import (
    DOMAIN,
    SHOP,
    TOKEN_URL,
    Wire,
    add_account,
    add_integration,
    client,
    link_flow,
    settle,
)

# What every secret here holds, and nothing else does.
MARK = "973197319731"

OTHER_COMMANDS = [
    "list",
    "delete",
    "subscribe",
    "config",
    "config_entry",
    "usage",
    "check",
    "move",
    "redirect_uri",
    "copy",
]

# What JSON can hold, for the websocket takes nothing else. orjson reads no surrogates.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
# An import may hold halves of characters, which no file can.
imported_texts = st.one_of(st.text(st.characters(), max_size=4), st.just("half \ud83d"))
marked_texts = st.one_of(
    st.just(MARK), st.builds(lambda a, b: f"{a}{MARK}{b}", texts, texts)
)
marked_values = st.one_of(marked_texts, st.sampled_from([int(MARK), -float(MARK)]))
marked_json = st.recursive(
    marked_values,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(st.one_of(texts, marked_texts), inner, min_size=1, max_size=3),
    ),
    max_leaves=4,
)
any_json = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 9), texts, st.lists(texts, max_size=2)
)
secrets = st.one_of(marked_values, marked_json)
secret_keys = st.sampled_from(
    ["client_secret"] * 4 + ["clientSecret", "CLIENT_SECRET", "secret"]
)
others = {
    "domain": st.one_of(st.just(SHOP), any_json),
    "client_id": st.one_of(st.sampled_from(["abc", "new"]), any_json),
    "application_credentials_id": st.one_of(st.just("shop_abc"), any_json),
    "name": any_json,
    "auth_domain": any_json,
    "config_entry_id": any_json,
    "domains": any_json,
    "colour": any_json,
}
# The fields of a request that is granted, for some of the requests that are made.
GRANTED: dict[str, dict[str, Any]] = {
    "create": {"domain": SHOP, "client_id": "new"},
    "update": {"application_credentials_id": "shop_abc"},
}


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """Return a request with a secret, as it may come from a script with any fault."""
    command = draw(st.sampled_from(["create", "update"] * 4 + OTHER_COMMANDS))
    request = dict(GRANTED.get(command, {})) if draw(st.booleans()) else {}
    for key in draw(st.sets(st.sampled_from(sorted(others)), max_size=3)):
        request[key] = draw(others[key])
    request[draw(secret_keys)] = draw(secrets)
    return {"type": f"{DOMAIN}/{command}", **request}


def issues_of(hass: HomeAssistant) -> str:
    """Return all that the repair issues say."""
    return json.dumps(
        [
            [issue.issue_id, issue.data, issue.translation_placeholders]
            for issue in ir.async_get(hass).issues.values()
        ]
    )


async def forget_all_but(hass: HomeAssistant, item_id: str) -> None:
    """Delete what an example has created."""
    credentials = hass.data[DATA_COLLECTION]
    for created in [each for each in credentials.data if each != item_id]:
        await credentials.async_delete_item(created)


thorough = settings(
    database=None,
    deadline=None,
    max_examples=300,
    # The examples share the fixtures, and each leaves them as it found them.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(
    request=requests(),
    message_id=st.one_of(st.none(), st.sampled_from(["7", -7, 0.5, [MARK[:3]]])),
    has_id=st.sampled_from([True, True, True, False]),
    disk_is_full=st.booleans(),
)
@thorough
async def test_no_request_has_its_secret_told_or_logged(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    credentials_file: Path,
    wire: Wire,
    request: dict[str, Any],
    message_id: Any,
    has_id: bool,
    disk_is_full: bool,
) -> None:
    """A secret comes back in an answer that grants a request, and nowhere else."""
    if "shop_abc" not in hass.data[DATA_COLLECTION].data:
        await wire.create("abc")
    backup = credentials_file.with_suffix(".backup")
    if disk_is_full:
        credentials_file.rename(backup)
        credentials_file.mkdir()
    try:
        caplog.clear()
        if has_id:
            await wire.socket.send_json_auto_id(request)
        else:
            await wire.socket.send_json({"id": message_id, **request})
        answer = await wire.socket.receive_str()
        if not json.loads(answer)["success"]:
            assert MARK not in answer
        await hass.async_block_till_done()
        # The websocket is logged, with what was received.
        assert "Received {" in caplog.text
        assert MARK not in caplog.text
    finally:
        if disk_is_full:
            credentials_file.rmdir()
            backup.rename(credentials_file)
    assert MARK not in issues_of(hass)
    await forget_all_but(hass, "shop_abc")


async def test_a_secret_comes_back_to_who_may_have_it(
    caplog: pytest.LogCaptureFixture, credentials_file: Path, wire: Wire
) -> None:
    """What the test above looks for is there to be found."""
    record = await wire.create(client_secret=MARK)
    assert record["client_secret"] == MARK
    assert MARK in credentials_file.read_text()
    assert "Received {" in caplog.text
    assert MARK not in caplog.text


async def test_the_debug_mode_of_asyncio_logs_no_secret(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, wire: Wire
) -> None:
    """It logs each task and callback that takes long, with its result and its arguments."""
    add_integration(hass)
    add_integration(hass, "other")
    # Everything takes long.
    with (
        patch.object(hass.loop, "get_debug", return_value=True),
        patch.object(hass.loop, "slow_callback_duration", 0),
    ):
        for command, fields in (
            ("create", client(client_secret=f"1{MARK}")),
            ("update", {"client_secret": f"2{MARK}"}),
            ("update", {"client_id": "new", "client_secret": f"3{MARK}"}),
            ("copy", {"domains": ["other"]}),
            ("check", {}),
            ("delete", {}),
        ):
            about = (
                {}
                if command == "create"
                else {"application_credentials_id": "shop_abc"}
            )
            await wire.get(command, **about, **fields)
            await hass.async_block_till_done()
    assert "Executing <Task" in caplog.text
    assert MARK not in caplog.text


@given(
    client_id=imported_texts,
    client_secret=st.one_of(secrets, st.builds(lambda t: t + MARK, imported_texts)),
    name=st.one_of(st.none(), imported_texts),
)
@thorough
async def test_no_import_has_its_secret_logged_or_raised(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    credentials_file: Path,
    wire: Wire,
    client_id: str,
    client_secret: Any,
    name: str | None,
) -> None:
    """An error ends in the log of whoever imports, with its traceback."""
    caplog.clear()
    raised = ""
    try:
        await async_import_client_credential(
            hass, SHOP, ClientCredential(client_id, client_secret, name)
        )
    except HomeAssistantError as err:
        raised = "".join(traceback.format_exception(err))
    assert MARK not in raised
    assert MARK not in caplog.text
    await forget_all_but(hass, "")


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param(f'{{"version": 1, "data": {{"items": ["{MARK}', id="no JSON"),
        pytest.param(f'["{MARK}"]', id="a list"),
        pytest.param(f'{{"version": "1", "data": "{MARK}"}}', id="no version"),
        pytest.param(json.dumps({"version": 2, "data": MARK}), id="newer version"),
        pytest.param(json.dumps({"version": 1, "data": [MARK]}), id="no items"),
        *(
            pytest.param(
                json.dumps({"version": 1, "data": {"items": [item]}}),
                id=f"damaged record {number}",
            )
            for number, item in enumerate(
                [
                    {"id": "shop_abc", **client(client_secret=[MARK])},
                    {"id": 7, **client(client_secret=MARK)},
                    {"id": "shop_abc", "domain": SHOP, "client_secret": MARK},
                    MARK,
                    [MARK],
                ]
            )
        ),
    ],
)
async def test_no_damaged_file_has_its_secret_logged(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    credentials_file: Path,
    start: Callable[[], Awaitable[Wire]],
    stored: str,
) -> None:
    """Whatever is wrong with the file is said without what stands in it."""
    credentials_file.parent.mkdir(exist_ok=True)
    credentials_file.write_text(stored)
    wire = await start()
    assert await wire.get("list") == []
    await wire.ask("create", **client())
    assert MARK not in caplog.text
    assert MARK not in issues_of(hass)


# What is kept in memory.


# What objects of ours consist of.
CONTAINERS = (dict, list, tuple, set, frozenset, deque, CellType, MethodType, partial)


def held(*words: str) -> set[str]:
    """Return those of the words that objects of ours hold, with what these consist of."""
    found: set[str] = set()
    seen: set[int] = set()
    gc.collect()
    objects = [each for each in gc.get_objects() if is_ours(each)]
    while objects:
        each = objects.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, str | bytes):
            text = each if isinstance(each, str) else each.decode(errors="replace")
            found |= {word for word in words if word in text}
        elif is_ours(each) or isinstance(each, CONTAINERS):
            objects += gc.get_referents(each)
    return found


def is_ours(each: Any) -> bool:
    """Return whether an object is an instance of a class of ours, or one of our functions."""
    if isinstance(each, FunctionType | CoroutineType):
        code = each.__code__ if isinstance(each, FunctionType) else each.cr_code
        return f"custom_components/{DOMAIN}/" in code.co_filename
    return type(each).__module__.startswith(f"custom_components.{DOMAIN}")


async def test_no_old_secret_and_no_token_stays_in_memory(
    hass: HomeAssistant, wire: Wire, provider: AiohttpClientMocker
) -> None:
    """After checks, refreshes, refusals and a rotation; the secret of now does."""
    words = [f"{name}-{token_hex(8)}" for name in ("old", "new", "a", "r", "a2", "r2")]
    old, new, access, refresh, access_2, refresh_2 = words
    add_integration(hass)
    with link_flow():
        await wire.create(client_secret=old)
        token: dict[str, Any] = {
            "access_token": access,
            "refresh_token": refresh,
            "expires_at": 0,
        }
        account = add_account(hass, "shop_abc", data={"token": token})
        assert await hass.config_entries.async_setup(account.entry_id)
        await wire.get("check", application_credentials_id="shop_abc")
        provider.post(TOKEN_URL, status=401, json={"error": "invalid_client"})
        implementation = await async_get_config_entry_implementation(hass, account)
        with pytest.raises(ClientError):
            await implementation.async_refresh_token(token)
        await settle(hass)
        provider.clear_requests()
        answer = {"access_token": access_2, "refresh_token": refresh_2, "expires_in": 1}
        provider.post(TOKEN_URL, json=answer)
        token = await implementation.async_refresh_token(token)
        hass.config_entries.async_update_entry(
            account, data={**account.data, "token": token}
        )
        await wire.get("link_again", config_entry_id=account.entry_id)
        assert held(old) == {old}
        await wire.get(
            "update", application_credentials_id="shop_abc", client_secret=new
        )
        await settle(hass)
    assert account.data["token"]["access_token"] == access_2
    del implementation
    assert held(*words) == {new}
