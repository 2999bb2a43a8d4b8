"""The shop's OAuth2 authorization server, and a door behind it for tests.

    python -m playground.authorization_server --port 9400 --memory FILE

The server is oidc-provider-mock: authorization page, token endpoint, refresh tokens and userinfo. Only the
clients that it was told about can use it, through the door behind it, under /playground:

    PUT    /playground/clients/ID    {"client_secret": …, "redirect_uris": […]}   add a client or change it
    DELETE /playground/clients/ID                                                 forget it
    GET    /playground/tokens                                                     what was issued and is valid
    GET    /playground/token-requests                                             what the token endpoint was asked
"""

import argparse
from http import HTTPStatus
import os
from pathlib import Path
from typing import Any, override

# Authlib refuses plain http otherwise; it reads this when it is imported.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import flask
from flask.typing import ResponseReturnValue
import oidc_provider_mock

# The package's own way to register a client chooses the ID and the secret by itself, so we go below it.
from oidc_provider_mock._storage import Client, storage
import werkzeug.serving

from playground.remembering import Memory

USERS = {"anna@shop.test": "Anna", "ben@shop.test": "Ben"}

control = flask.Blueprint("playground", __name__, url_prefix="/playground")


class RegisteredClient(Client):
    """A client that may authenticate in the body or in the header, but not without the secret it has."""

    @override
    def check_endpoint_auth_method(self, method: str, endpoint: object) -> bool:
        return method != "none" or not self.secret


@control.put("/clients/<path:client_id>")
def put_client(client_id: str) -> ResponseReturnValue:
    """Add a client or replace what is known of it; tokens that it got stay valid."""
    body = flask.request.get_json()
    storage.store_client(
        RegisteredClient(
            id=client_id,
            secret=body["client_secret"],
            redirect_uris=body["redirect_uris"],
            allowed_scopes=Client.SCOPES_SUPPORTED,
            token_endpoint_auth_method="client_secret_post",
        )
    )
    return "", HTTPStatus.NO_CONTENT


@control.delete("/clients/<path:client_id>")
def delete_client(client_id: str) -> ResponseReturnValue:
    """Forget a client."""
    storage._clients.pop(client_id, None)  # noqa: SLF001 (it has no method for it)
    return "", HTTPStatus.NO_CONTENT


@control.get("/tokens")
def get_tokens() -> ResponseReturnValue:
    """Return the tokens that are valid, by kind, each with the user it was issued for."""
    return {
        "access_tokens": {
            token.token: token.user_id for token in storage.access_tokens()
        },
        "refresh_tokens": {
            token.token: token.user_id for token in storage.refresh_tokens()
        },
    }


def keep_token_requests(app: flask.Flask) -> None:
    """Keep what the token endpoint was asked and how it answered, for the door behind the server."""
    kept: list[dict[str, Any]] = []

    @app.after_request
    def keep(response: flask.Response) -> flask.Response:
        request = flask.request
        if request.path == "/oauth2/token":
            header = request.authorization
            kept.append(
                {
                    "grant_type": request.form.get("grant_type"),
                    "client_id": header.username
                    if header
                    else request.form.get("client_id"),
                    "authentication": "client_secret_basic"
                    if header
                    else "client_secret_post",
                    "status": response.status_code,
                    "error": (response.get_json(silent=True) or {}).get("error"),
                }
            )
        return response

    @app.get("/playground/token-requests")
    def get_token_requests() -> ResponseReturnValue:
        return kept


def create_app(memory: Path) -> flask.Flask:
    """Return the server as a Flask app, which knows what it has left in a file."""
    users = [
        oidc_provider_mock.User(sub=email, claims={"email": email, "name": name})
        for email, name in USERS.items()
    ]
    app = oidc_provider_mock.app(require_client_registration=True, user_claims=users)
    app.register_blueprint(control)
    keep_token_requests(app)
    Memory(memory, RegisteredClient).follow(app)
    return app


def main() -> None:
    """Serve on 127.0.0.1 until we are ended."""
    parser = argparse.ArgumentParser(
        description="The playground's authorization server."
    )
    parser.add_argument("--port", type=int, default=9400)
    parser.add_argument(
        "--memory", type=Path, required=True, help="a file for what it knows"
    )
    options = parser.parse_args()
    werkzeug.serving.run_simple(
        "127.0.0.1", options.port, create_app(options.memory), threaded=True
    )


if __name__ == "__main__":
    main()
