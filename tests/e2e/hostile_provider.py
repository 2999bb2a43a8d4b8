"""A provider that answers as no provider should."""

import base64
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import itertools
import json
import os
import threading
from typing import Any, Self, override
from urllib.parse import parse_qs

type Answer = Callable[[Request], None]


class Request(BaseHTTPRequestHandler):
    """A request of which everything is kept, answered as the test wants it."""

    protocol_version = "HTTP/1.1"
    server: "HostileProvider"
    body: str

    def do_GET(self) -> None:
        """Answer a request for the authorization page."""
        self._answer()

    def do_POST(self) -> None:
        """Answer a request for a token."""
        self._answer()

    def reply(
        self, status: int, body: bytes = b"", length: int | None = None, **headers: str
    ) -> None:
        """Send a beginning that is proper, and a body of which a length can be claimed."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def send(self, part: bytes) -> None:
        """Send more, and count it."""
        self.wfile.write(part)
        self.server.sent += len(part)

    @override
    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def _answer(self) -> None:
        self.close_connection = True
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.server.requests.append(f"{self.requestline}\n{self.headers}\n{self.body}")
        try:
            self.server.answer(self)
        except OSError:
            # Who asked has gone, as it should.
            self.server.left.set()


class HostileProvider(ThreadingHTTPServer):
    """A server on 127.0.0.1 whose answers a test chooses."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        """Listen on any port; it answers from `with` on."""
        super().__init__(("127.0.0.1", 0), Request)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self._forget()
        self.answer: Answer = hangs

    @override
    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    @override
    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()

    def become(self, answer: Answer) -> None:
        """Answer in another way from now on; forget what was asked."""
        # Whoever still waits for the last answer is let go.
        self.released.set()
        self._forget()
        self.answer = answer

    def _forget(self) -> None:
        self.released = threading.Event()
        self.left = threading.Event()
        self.requests: list[str] = []
        self.sent = 0


def hangs(request: Request) -> None:
    """Take the request and say nothing."""
    request.server.released.wait()


def drips(request: Request) -> None:
    """Begin properly, and go on for ever, byte by byte."""
    request.reply(400, length=1 << 20)
    while not request.server.released.wait(0.2):
        request.send(b" ")


def drips_headers(request: Request) -> None:
    """Begin an answer, and never come to the end of its headers."""
    request.wfile.write(b"HTTP/1.1 400 Bad Request\r\n")
    while not request.server.released.wait(0.2):
        request.send(b"X-More: x\r\n")


def floods_with_interim_answers(request: Request) -> None:
    """Say that it goes on, as fast as it can, and say nothing else (RFC 9110 section 15.2)."""
    while not request.server.released.is_set():
        request.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100)


def is_not_http(request: Request) -> None:
    """Send what is no answer at all."""
    request.wfile.write(os.urandom(1 << 12))


def sends_random_bytes(request: Request) -> None:
    """Refuse, with a body that is no text."""
    request.reply(400, os.urandom(1 << 12))


def sends_json_of_another_shape(request: Request) -> None:
    """Refuse, with an error that is no string."""
    request.reply(
        400, json.dumps({"error": {"invalid_client": ["invalid_client"]}}).encode()
    )


def sends_deep_json(request: Request) -> None:
    """Refuse, with JSON at which a parser may fail."""
    request.reply(400, b"[" * 100_000)


def sends_a_huge_body(request: Request) -> None:
    """Refuse, and go on as fast as it can for as long as anybody reads."""
    request.reply(400, length=1 << 40)
    while not request.server.released.is_set():
        request.send(bytes(1 << 16))


def sets_cookies(request: Request) -> None:
    """Refuse, and leave a cookie with everybody."""
    error = b'{"error": "invalid_grant"}'
    request.reply(400, error, None, **{"Set-Cookie": "planted=by-the-provider; Path=/"})


def repeats(words: str) -> Answer:
    """Return an answer that says the same over and over, up to 256 kB."""
    page = (words * (1 << 18))[: 1 << 18].encode()

    def says_it_again(request: Request) -> None:
        """Refuse, at length."""
        request.reply(400, page)

    return says_it_again


def redirects_in_a_loop(request: Request) -> None:
    """Send everybody on, to itself, with another address each time."""
    number = len(request.server.requests)
    path = request.path.partition("?")[0]
    request.reply(302, Location=f"{request.server.url}{path}?number={number}")


def breaks_off(request: Request) -> None:
    """Close the connection in the middle of an answer."""
    request.reply(400, b'{"error": "invalid_cl', length=1 << 10)


def fails(request: Request) -> None:
    """Be out of order, and say something that would mean a lot in another answer."""
    request.reply(503, b'{"error": "invalid_client"}')


def quotes_what_it_was_sent(request: Request) -> None:
    """Refuse the client, and put its secret into the explanation, in several codings."""
    secret = parse_qs(request.body).get("client_secret", ["?"])[0]
    encoded = base64.b64encode(secret.encode()).decode()
    said = {
        "error": "invalid_client",
        "error_description": f"The secret {secret} is wrong\u202e, {encoded}, {'x' * 1000}",
    }
    request.reply(401, json.dumps(said).encode())


def redirects_to(url: str) -> Answer:
    """Return an answer that sends everybody elsewhere, with all they brought."""
    numbers = itertools.count()

    def redirects_elsewhere(request: Request) -> None:
        """Ask for the same request, body and all, at another server."""
        request.reply(307, Location=f"{url}/{next(numbers)}")

    return redirects_elsewhere
