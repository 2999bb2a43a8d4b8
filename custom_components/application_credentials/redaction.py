"""Keep client secrets out of Home Assistant's own debug log of the websocket.

`list`, `create` and `update` answer with whole records, as the original does,
and at level debug Home Assistant logs every message that it sends.
"""

import logging
import re
from typing import Any, Final, override

_WEBSOCKET_LOGGER: Final = "homeassistant.components.websocket_api.http.connection"

# A member of a JSON object whose value is a string.
_CLIENT_SECRET: Final = re.compile(r'("client_secret"\s*:\s*)"(?:[^"\\]|\\.)*"')


class RedactClientSecrets(logging.Filter):
    """Replace the client secret in the JSON that is logged."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the messages among the arguments of a record; drop no record."""
        if isinstance(record.args, tuple):
            record.args = tuple(_redact(argument) for argument in record.args)
        return True


def _redact(argument: Any) -> Any:
    """Return a message without client secrets, anything else as it is."""
    if isinstance(argument, bytes):
        argument = argument.decode(errors="replace")
    if isinstance(argument, str) and "client_secret" in argument:
        return _CLIENT_SECRET.sub(r'\1"**REDACTED**"', argument)
    return argument


_FILTER: Final = RedactClientSecrets()


def redact_websocket_log() -> None:
    """Install the filter; it stays for as long as the process runs."""
    # addFilter does nothing where the filter is there already.
    logging.getLogger(_WEBSOCKET_LOGGER).addFilter(_FILTER)
