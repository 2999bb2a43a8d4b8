"""Keep client secrets out of Home Assistant's own log of the websocket.

At level debug Home Assistant logs every message that it receives or sends, and
at every level those that are no proper request. Requests to create and update
hold a client secret, and so do the records in the answers.
"""

import logging
import re
from typing import Any, Final

from homeassistant.helpers.redact import REDACTED

_WEBSOCKET_LOGGER: Final = "homeassistant.components.websocket_api.http.connection"

# A member of a JSON object whose value is a string, or a number as people write one into the file.
_CLIENT_SECRET: Final = re.compile(
    r'("client_secret"\s*:\s*)(?:"(?:[^"\\]|\\.)*"|-?\d[-+.\deE]*)'
)

# What is nested deeper than this is none of our requests, and costs a stack frame each.
_MAX_DEPTH: Final = 100


def _redact_client_secrets(record: logging.LogRecord) -> bool:
    """Replace client secrets among the arguments of a log record; drop no record."""
    if isinstance(record.args, tuple):
        record.args = tuple(_redact(argument) for argument in record.args)
    elif isinstance(record.args, dict):
        # logging takes a dictionary that is the only argument out of its tuple.
        record.args = _redact(record.args)
    return True


def _redact(message: Any, depth: int = 0) -> Any:
    """Return a message, received or to be sent, without client secrets.

    In a request, whatever has a secret in its name: who mistypes the key has
    sent a secret all the same.
    """
    match message:
        case bytes() if b"client_secret" in message:
            return _redact(message.decode(errors="replace"))
        case str():
            return _CLIENT_SECRET.sub(rf'\1"{REDACTED}"', message)
        case dict() | list() if depth > _MAX_DEPTH:
            return REDACTED
        case dict():
            return {
                key: REDACTED
                if "secret" in str(key).lower()
                else _redact(value, depth + 1)
                for key, value in message.items()
            }
        case list():
            return [_redact(value, depth + 1) for value in message]
    return message


def redact_websocket_log() -> None:
    """Install the filter; it stays for as long as the process runs."""
    # addFilter does nothing where the filter is there already.
    logging.getLogger(_WEBSOCKET_LOGGER).addFilter(_redact_client_secrets)
