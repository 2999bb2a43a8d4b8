"""The played providers as one server, each below its own path.

    python -m playground.provider_server --port 9401 --redirect-uri URI

`/google/authorize` and `/google/token` are the endpoints of the provider `google`. The redirect URIs are those that are
registered with all of them. Whoever is sent to `/google/authorize` to link an account posts a name there, as `sub`. What
becomes of the links is told through the door behind:

    PUT /google/mood     works, ended, refuses, silent or lasts, as text

The endpoints of `any` are those of the provider with whose name the client ID begins: `google.known`.
"""

import argparse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import secrets
import sys
from typing import Any, override
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from playground import REPOSITORY
from playground.played_provider import (
    SECRET,
    SIGN_IN,
    Answer,
    Mood,
    Provider,
    read_client,
    sends_to,
)
from playground.played_providers import PROVIDERS
from playground.process import Process

START_SECONDS = 30

NOT_FOUND = Answer(404, "Not found")

ANY = "any"

# Seconds: so few that an account has to refresh its token whenever it is set up.
LIFE = 10


class Request(BaseHTTPRequestHandler):
    """A request to one of the providers."""

    protocol_version = "HTTP/1.1"
    server: "ProviderServer"

    def do_GET(self) -> None:
        """Answer a person's browser."""
        provider, endpoint, query = self._asked()
        if provider is None:
            self._send(NOT_FOUND)
        elif endpoint == "authorize":
            redirect_uri = query.get("redirect_uri", "")
            home, *others = self.server.redirect_uris
            answer = provider.answer_authorize(
                _client_id(provider, query),
                redirect_uri,
                redirect_uri if redirect_uri in others else home,
                has_scope="scope" in query,
            )
            self._send(answer or SIGN_IN)
        else:
            self._send(provider.authorize.elsewhere if provider.authorize else SIGN_IN)

    def do_POST(self) -> None:
        """Answer a request for a token, or send a person back who has signed in."""
        form = _first(self._body())
        header = self.headers.get("Authorization")
        client_id, secret = read_client(form, header)
        provider, endpoint, query = self._asked(client_id)
        if provider is None:
            self._send(NOT_FOUND)
        elif endpoint == "authorize":
            back = {"code": f"link-{form['sub']}", "state": query["state"]}
            self._send(sends_to(f"{query['redirect_uri']}?{urlencode(back)}"))
        elif endpoint != "token":
            self._send(NOT_FOUND)
        elif (mood := self.server.moods[provider.slug]) is Mood.SILENT:
            self.close_connection = True
        else:
            form |= {"client_id": client_id, "client_secret": secret}
            self._send(
                _answer_account(provider, mood, form)
                or provider.answer_token(
                    _client_id(provider, form), secret, is_basic=bool(header)
                )
            )

    def do_PUT(self) -> None:
        """Have a provider make something else of its accounts."""
        provider, endpoint, _ = self._asked()
        if provider is None or endpoint != "mood":
            self._send(NOT_FOUND)
        else:
            self.server.moods[provider.slug] = Mood(self._body())
            self._send(Answer(204))

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

    def _asked(
        self, client_id: str = ""
    ) -> tuple[Provider | None, str, dict[str, str]]:
        url = urlsplit(self.path)
        query = _first(url.query)
        _, slug, endpoint, *_ = [*url.path.split("/"), "", ""]
        if slug == ANY:
            slug, _, _ = (query.get("client_id") or client_id).partition(".")
        return self.server.providers.get(slug), endpoint, query

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        if answer.location:
            self.send_header("Location", answer.location)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class ProviderServer(ThreadingHTTPServer):
    """All of them."""

    daemon_threads = True

    def __init__(self, port: int, redirect_uris: list[str]) -> None:
        """Listen on 127.0.0.1."""
        super().__init__(("127.0.0.1", port), Request)
        self.redirect_uris = redirect_uris
        self.providers = {provider.slug: provider for provider in PROVIDERS}
        self.moods = dict.fromkeys(self.providers, Mood.WORKS)


class PlayedProviders:
    """The server as a process."""

    def __init__(self, folder: Path, port: int, *redirect_uris: str) -> None:
        """Describe a server; its log goes into the folder."""
        self.url = f"http://127.0.0.1:{port}"
        self.process = Process(
            "The played providers",
            [
                sys.executable,
                "-m",
                "playground.provider_server",
                "--port",
                str(port),
                *(f"--redirect-uri={uri}" for uri in redirect_uris),
            ],
            folder=REPOSITORY,
            log=folder / "played_providers.log",
        )

    @property
    def environment(self) -> dict[str, str]:
        """What tells the demo integration where the server is: at another host than the shop's."""
        return {"PLAYED_PROVIDERS": self.url.replace("127.0.0.1", "localhost")}

    def start(self) -> None:
        """Start the server; return when it answers."""
        self.process.start()
        self.process.wait_until(self._is_listening, seconds=START_SECONDS)

    def stop(self) -> None:
        """Stop the server."""
        self.process.stop()

    def put(self, slug: str, mood: Mood) -> None:
        """Have a provider make something of the accounts that are linked with it."""
        httpx2.put(f"{self.url}/{slug}/mood", content=mood).raise_for_status()

    def _is_listening(self) -> bool:
        try:
            return httpx2.get(self.url, timeout=10).status_code == NOT_FOUND.status
        except httpx2.TransportError:
            return False


def _answer_account(
    provider: Provider, mood: Mood, form: dict[str, str]
) -> Answer | None:
    """Return what is said to an account, None of a code that nobody was sent back with."""
    links = provider.said_to_accounts
    code, is_refresh = form.get("code", ""), form.get("grant_type") == "refresh_token"
    if mood is Mood.REFUSES and (
        is_refresh or code.startswith("link-") or not provider.code_first
    ):
        return links.refused
    if not is_refresh and not code.startswith("link-"):
        return None
    if form.get("client_secret") != SECRET:
        return provider.wrong_secret
    if is_refresh and mood is Mood.ENDED:
        return links.ended
    user = (
        form["refresh_token"].partition(" ")[2]
        if is_refresh
        else code.removeprefix("link-")
    )
    tokens = {
        "access_token": f"{secrets.token_hex(8)} {user}",
        "token_type": "Bearer",
        "expires_in": LIFE,
    }
    if not is_refresh or links.renews_refresh_token:
        tokens["refresh_token"] = f"{secrets.token_hex(8)} {user}"
    if is_refresh:
        return Answer(200, {**tokens, **links.refreshed})
    return Answer(
        200, {**tokens, **(links.lasting if mood is Mood.LASTS else links.linked)}
    )


def _client_id(provider: Provider, query: dict[str, str]) -> str:
    """Return which client is asked about; its name begins with that of its provider."""
    return query.get("client_id", "").removeprefix(f"{provider.slug}.")


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def main() -> None:
    """Serve until we are ended."""
    parser = argparse.ArgumentParser(description="The playground's played providers.")
    parser.add_argument("--port", type=int, default=9401)
    parser.add_argument("--redirect-uri", required=True, action="append")
    options = parser.parse_args()
    with ProviderServer(options.port, options.redirect_uri) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
