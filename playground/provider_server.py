"""The played providers as one server, each below its own path.

    python -m playground.provider_server --port 9401 --redirect-uri URI

`/google/authorize` and `/google/token` are the endpoints of the provider `google`. The redirect URI is the one that is
registered with all of them.
"""

import argparse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
import sys
from typing import Any, override
from urllib.parse import parse_qs, urlsplit

import httpx2

from playground import REPOSITORY
from playground.played_provider import Answer, Provider
from playground.played_providers import PROVIDERS
from playground.process import Process

START_SECONDS = 30

NOT_FOUND = Answer(404, "Not found")


class Request(BaseHTTPRequestHandler):
    """A request to one of the providers."""

    protocol_version = "HTTP/1.1"
    server: "ProviderServer"

    def do_GET(self) -> None:
        """Answer a person's browser."""
        provider, endpoint, query = self._asked()
        if provider is None or provider.authorize is None:
            self._send(NOT_FOUND)
        elif endpoint == "authorize":
            answer = provider.answer_authorize(
                query.get("client_id", ""),
                query.get("redirect_uri", ""),
                self.server.redirect_uri,
            )
            self._send(answer or NOT_FOUND)
        else:
            self._send(provider.authorize.elsewhere)

    def do_POST(self) -> None:
        """Answer a request for a token."""
        provider, endpoint, _ = self._asked()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = _first(body)
        if provider is None or endpoint != "token":
            self._send(NOT_FOUND)
        else:
            self._send(
                provider.answer_token(
                    form.get("client_id", ""), form.get("client_secret", "")
                )
            )

    def _asked(self) -> tuple[Provider | None, str, dict[str, str]]:
        url = urlsplit(self.path)
        _, slug, endpoint, *_ = [*url.path.split("/"), "", ""]
        return self.server.providers.get(slug), endpoint, _first(url.query)

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

    def __init__(self, port: int, redirect_uri: str) -> None:
        """Listen on 127.0.0.1."""
        super().__init__(("127.0.0.1", port), Request)
        self.redirect_uri = redirect_uri
        self.providers = {provider.slug: provider for provider in PROVIDERS}


class PlayedProviders:
    """The server as a process."""

    def __init__(self, folder: Path, port: int, redirect_uri: str) -> None:
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
                "--redirect-uri",
                redirect_uri,
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

    def _is_listening(self) -> bool:
        try:
            return httpx2.get(self.url, timeout=10).status_code == NOT_FOUND.status
        except httpx2.TransportError:
            return False


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def main() -> None:
    """Serve until we are ended."""
    parser = argparse.ArgumentParser(description="The playground's played providers.")
    parser.add_argument("--port", type=int, default=9401)
    parser.add_argument("--redirect-uri", required=True)
    options = parser.parse_args()
    with ProviderServer(options.port, options.redirect_uri) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
