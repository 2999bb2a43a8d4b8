"""What the authorization server has to know still when it is started again.

The server itself keeps all that in memory. A home that was linked with it and is
started again tomorrow would be refused every token that it holds.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
import json
from pathlib import Path
import threading
from typing import Any, Final

import flask
from oidc_provider_mock._storage import AccessToken, Client, RefreshToken, Storage, User

# Where the server keeps each kind, by what; codes are good for one minute only.
_KINDS: Final[dict[str, tuple[Callable[..., Any], str]]] = {
    "_users": (User, "sub"),
    "_access_tokens": (AccessToken, "token"),
    "_refresh_tokens": (RefreshToken, "token"),
}
_CLIENTS: Final = "_clients"


class Memory:
    """The file in which a server's clients, users and tokens outlast its end."""

    def __init__(self, file: Path, make_client: Callable[..., Client]) -> None:
        """Take the file, which may not be there yet, and what makes a client of its fields."""
        self._file = file
        self._kinds = {**_KINDS, _CLIENTS: (make_client, "id")}
        self._written = ""
        # The server answers several requests at once.
        self._lock = threading.Lock()

    def follow(self, app: flask.Flask) -> None:
        """Have `app` know what it knew before its last end, and keep what it learns."""
        is_new = True

        @app.before_request
        def remember() -> None:
            nonlocal is_new
            with self._lock:
                if is_new:
                    self._read(flask.g.oidc_provider_mock_storage)
                    is_new = False

        @app.after_request
        def keep(response: flask.Response) -> flask.Response:
            with self._lock:
                self._write(flask.g.oidc_provider_mock_storage)
            return response

    def _read(self, storage: Storage) -> None:
        if not self._file.exists():
            return
        known: dict[str, list[dict[str, Any]]] = json.loads(self._file.read_text())
        for where, (make, key) in self._kinds.items():
            for fields in known[where]:
                if "expires_at" in fields:
                    fields["expires_at"] = datetime.fromisoformat(fields["expires_at"])
                getattr(storage, where)[fields[key]] = make(**fields)

    def _write(self, storage: Storage) -> None:
        known = json.dumps(
            {
                where: [asdict(each) for each in list(getattr(storage, where).values())]
                for where in self._kinds
            },
            default=datetime.isoformat,
        )
        if known == self._written:
            return
        # Beside it first: whoever ends us may do so at any time.
        beside = self._file.with_suffix(".new")
        beside.write_text(known)
        beside.replace(self._file)
        self._written = known
