"""A played internet: every host is on this machine, and what reaches it is written down.

Names are resolved to one address that nobody has, connections to it end at two servers
of our own, one with TLS. Libraries send what they would send, whichever client they use.
"""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
import ipaddress
import os
import socket
import threading
from typing import Any
from unittest.mock import patch

from aiohttp import ThreadedResolver, web
from aiohttp.resolver import AsyncResolver

from neighbours.authority import Authority

# Of a public network: Home Assistant refuses redirects to a private one.
ADDRESS = "93.184.215.14"
PLAIN_PORTS = {80, 1883, 8080}


@dataclass(frozen=True)
class Request:
    """A request as it arrived."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True)
class Response:
    """What it is answered."""

    json: Any
    status: int = 200


@dataclass
class Internet:
    """Answer with `answer`; keep what arrived, in its order."""

    answer: Callable[[Request], Response]
    requests: list[Request] = field(default_factory=list)

    @contextmanager
    def connected(self, authority: Authority) -> Generator[None]:
        """Stand in for all other hosts, with certificates of an authority."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            plain, tls = asyncio.run_coroutine_threadsafe(
                self._serve(authority), loop
            ).result()
            with _redirected(plain, tls):
                yield
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    async def _serve(self, authority: Authority) -> tuple[int, int]:
        """Start both servers; return their ports."""
        application = web.Application(client_max_size=2**24)
        application.router.add_route("*", "/{path:.*}", self._handle)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        ports = []
        for context in (None, authority.server_context()):
            site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
            await site.start()
            ports.append(runner.addresses[-1][1])
        return ports[0], ports[1]

    async def _handle(self, request: web.Request) -> web.Response:
        """Write a request down and answer it."""
        arrived = Request(
            request.method,
            f"{request.scheme}://{request.host}{request.raw_path}",
            tuple(
                (name.decode(), value.decode("utf-8", "replace"))
                for name, value in request.raw_headers
            ),
            (await request.read()).decode("utf-8", "replace"),
        )
        response = self.answer(arrived)
        self.requests.append(arrived)
        return web.json_response(response.json, status=response.status)


@contextmanager
def _redirected(plain: int, tls: int) -> Generator[None]:
    """Have all names resolved to one address, and connections to it end here."""
    connect, getaddrinfo = socket.socket.connect, socket.getaddrinfo

    def is_here(host: Any) -> bool:
        if host in (None, "", "localhost"):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def connect_here(self: socket.socket, address: Any) -> None:
        if (
            self.family in (socket.AF_INET, socket.AF_INET6)
            and self.type == socket.SOCK_STREAM
            and not is_here(address[0])
        ):
            address = ("127.0.0.1", plain if address[1] in PLAIN_PORTS else tls)
        connect(self, address)

    def resolve(host: Any, port: Any, *arguments: Any, **named: Any) -> Any:
        if is_here(host):
            return getaddrinfo(host, port, *arguments, **named)
        return getaddrinfo(ADDRESS, port, socket.AF_INET, socket.SOCK_STREAM)

    async def resolve_for_aiohttp(_self: Any, *arguments: Any, **named: Any) -> Any:
        return await ThreadedResolver().resolve(*arguments, **named)

    # What resolves and connects without Python finds nobody: gRPC.
    nobody = {"grpc_proxy": "http://127.0.0.1:1"}
    with (
        patch.dict(os.environ, nobody),
        patch.object(socket.socket, "connect", connect_here),
        patch.object(socket, "getaddrinfo", resolve),
        patch.object(AsyncResolver, "resolve", resolve_for_aiohttp),
    ):
        yield
