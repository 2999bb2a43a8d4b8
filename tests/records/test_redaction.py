"""The log of the websocket holds no client secret."""

from collections.abc import Awaitable, Callable
import json
import logging
from typing import Any

import pytest

from custom_components.application_credentials.records.redaction import (
    redact_websocket_log,
)
from tests.common import DOMAIN, Disk, Wire, client, record, stored

SECRET = 'the-"secret\\'
LOGGER = "homeassistant.components.websocket_api.http.connection"


def messages(caplog: pytest.LogCaptureFixture, containing: str) -> list[str]:
    """Return what the websocket has logged about something."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name == LOGGER and containing in record.getMessage()
    ]


async def test_requests_answers_and_events_are_logged_without_the_secret(
    caplog: pytest.LogCaptureFixture, wire: Wire
) -> None:
    """All else in them is logged as ever."""
    await wire.get("subscribe")
    await wire.socket.receive_json()
    await wire.socket.send_json_auto_id(
        {"type": f"{DOMAIN}/create", **client(client_secret=SECRET, name="Kitchen")}
    )
    for _message in range(2):
        await wire.socket.receive_json()
    [record] = await wire.get("list")
    assert record["client_secret"] == SECRET
    assert any("Received" in each for each in messages(caplog, f"{DOMAIN}/create"))
    sent = messages(caplog, "Kitchen")
    assert len(sent) == 4  # the request, its answer, the event, the list
    assert all("**REDACTED**" in each for each in sent)
    assert not messages(caplog, "the-")


@pytest.mark.parametrize("secret", [1234567890, -1.5e300])
async def test_a_number_that_a_person_has_written_into_the_file_is_not_logged(
    caplog: pytest.LogCaptureFixture,
    hass_storage: Disk,
    start: Callable[[], Awaitable[Wire]],
    secret: float,
) -> None:
    """It is served, and so it is sent."""
    hass_storage[DOMAIN] = stored(record(client_secret=secret))
    wire = await start()
    [listed] = await wire.get("list")
    assert listed["client_secret"] == secret
    [sent] = messages(caplog, "shop_abc")
    assert '"client_secret":"**REDACTED**"' in sent
    assert str(secret) not in caplog.text


async def test_several_requests_in_one_message_are_logged_without_the_secret(
    caplog: pytest.LogCaptureFixture, wire: Wire
) -> None:
    """The websocket takes a list of requests, too."""
    await wire.socket.send_json(
        [
            {"id": 7, "type": f"{DOMAIN}/create", **client("a", client_secret=SECRET)},
            {"id": 8, "type": f"{DOMAIN}/create", **client("b", client_secret=SECRET)},
        ]
    )
    for _answer in range(2):
        assert (await wire.socket.receive_json())["success"]
    [received] = messages(caplog, "Received [")
    assert received.count("**REDACTED**") == 2
    assert not messages(caplog, "the-")


@pytest.mark.parametrize("item_id", ["7", None, -7, 7.5])
async def test_a_request_that_home_assistant_refuses_is_logged_without_the_secret(
    caplog: pytest.LogCaptureFixture, wire: Wire, item_id: Any
) -> None:
    """One without a proper id is logged as an error, at every level, before we see it."""
    await wire.socket.send_json(
        {"id": item_id, "type": f"{DOMAIN}/create", **client(client_secret=SECRET)}
    )
    assert not (await wire.socket.receive_json())["success"]
    [refused] = messages(caplog, "Received invalid command")
    assert "**REDACTED**" in refused
    assert not messages(caplog, "the-")


@pytest.mark.parametrize(
    "secret", [1234567890, 12345.67890, ["1234567890"], {"a": ["1234567890"]}]
)
async def test_a_secret_of_any_type_is_taken_out(
    caplog: pytest.LogCaptureFixture, wire: Wire, secret: Any
) -> None:
    """A number or a list may be a secret in the wrong place."""
    await wire.ask("create", **client(client_secret=secret))
    assert messages(caplog, "**REDACTED**")
    assert not messages(caplog, "67890")


@pytest.mark.parametrize("key", ["clientSecret", "CLIENT-SECRET", "secret"])
async def test_a_secret_under_a_mistyped_key_is_taken_out(
    caplog: pytest.LogCaptureFixture, wire: Wire, key: str
) -> None:
    """A script that calls it by another name has its secret kept all the same."""
    fields: dict[str, Any] = {key: SECRET}
    await wire.refused("create", **client(**fields))
    assert messages(caplog, "**REDACTED**")
    assert not messages(caplog, 'the-"')


def test_whatever_else_is_logged_stays_as_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Other messages are Home Assistant's business."""
    redact_websocket_log()
    logger = logging.getLogger(LOGGER)
    logger.info("plain")
    logger.info("%s of %d at %s", b'{"a": "b"}', 7, {"c": ["d"]})
    logger.info("%s", [("e", None)])
    logger.info("%(one)s", {"one": "f"})
    logger.handle(
        logging.makeLogRecord(
            {"name": LOGGER, "levelno": logging.INFO, "msg": "handed on", "args": None}
        )
    )
    assert [
        record.getMessage() for record in caplog.records if record.name == LOGGER
    ] == [
        "plain",
        "b'{\"a\": \"b\"}' of 7 at {'c': ['d']}",
        "[('e', None)]",
        "f",
        "handed on",
    ]


@pytest.mark.parametrize("as_bytes", [True, False])
def test_a_secret_in_json_is_found_wherever_it_ends(
    caplog: pytest.LogCaptureFixture, as_bytes: bool
) -> None:
    """Quotes and backslashes within the secret do not end it; the rest is there."""
    redact_websocket_log()
    records = [{"client_secret": secret, "name": "n"} for secret in (SECRET, "", "x")]
    message: Any = json.dumps({"a": records, "z": 1})
    logging.getLogger(LOGGER).info("%s", message.encode() if as_bytes else message)
    for each in records:
        each["client_secret"] = "**REDACTED**"
    assert json.loads(caplog.records[-1].getMessage()) == {"a": records, "z": 1}


def test_a_message_that_is_nested_without_end_can_be_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who sends such a thing must not stop the log."""
    redact_websocket_log()
    message: Any = "the-end"
    for _level in range(5000):
        message = [{"a": message}]
    logging.getLogger(LOGGER).info("%s: %s", "Received", message)
    assert "**REDACTED**" in caplog.records[-1].getMessage()
    assert "the-end" not in caplog.records[-1].getMessage()


def test_the_filter_is_there_once(caplog: pytest.LogCaptureFixture) -> None:
    """A second set-up adds no second filter."""
    redact_websocket_log()
    before = list(logging.getLogger(LOGGER).filters)
    redact_websocket_log()
    assert logging.getLogger(LOGGER).filters == before
