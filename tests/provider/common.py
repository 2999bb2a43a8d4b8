"""A provider that writes down what it is asked."""

from collections.abc import Awaitable, Callable
from typing import Any

from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from tests.common import AUTHORIZE_URL, Wire

Answer = Callable[[URL], Awaitable[AiohttpClientMockResponse]]


class Asked:
    """The shop's provider, and the requests that it got."""

    def __init__(self, browser: Wire, provider: AiohttpClientMocker) -> None:
        """Write down what is asked."""
        self._browser = browser
        self._provider = provider
        answer: Any = provider.match_request
        self.requests: list[tuple[str, URL, dict[str, Any]]] = []

        async def match_request(method: str, url: Any, **arguments: Any) -> Any:
            self.requests.append((method, URL(url), arguments))
            return await answer(method, url, **arguments)

        provider.match_request = match_request  # type: ignore[method-assign]

    def of(self, method: str) -> list[URL]:
        """Return the URLs of the requests of one method."""
        return [url for made, url, _ in self.requests if made == method]

    def page(self, answer: Callable[[URL], dict[str, Any]]) -> None:
        """Have the authorization endpoint answer depending on what it is asked."""

        async def respond(
            method: str, url: URL, data: Any
        ) -> AiohttpClientMockResponse:
            return AiohttpClientMockResponse(method=method, url=url, **answer(url))

        self._provider.get(AUTHORIZE_URL, side_effect=respond)

    async def check(self) -> dict[str, Any]:
        """Return what `check` answers."""
        answer: dict[str, Any] = await self._browser.get(
            "check", application_credentials_id="shop_abc"
        )
        return answer

    async def client(self) -> str:
        """Return the verdict about the client."""
        return str((await self.check())["client"])

    async def redirect_uri(self) -> str:
        """Return the verdict about the redirect URI."""
        return str((await self.check())["redirect_uri"])


def refusal(error: str, **more: Any) -> dict[str, Any]:
    """Return an answer of RFC 6749 section 5.2."""
    return {"status": 400, "json": {"error": error, **more}}
