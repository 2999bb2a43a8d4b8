"""What a provider said when it refused a request is found behind the exception."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientResponseError, web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.application_credentials.provider.answers import (
    About,
    TokenAnswer,
)
from custom_components.application_credentials.provider.refusal import async_answer_of
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

pytestmark = pytest.mark.usefixtures("socket_enabled")

REFUSED = {"error": "invalid_client", "error_description": "AADSTS7000222: Expired."}


@pytest.fixture(autouse=True)
def provider() -> None:
    """Have nobody stand in for the provider: it is a server of its own."""


@pytest.fixture
async def token_url(aiohttp_server: Callable[..., Awaitable[TestServer]]) -> str:
    """Return the endpoint of a provider that refuses every request."""

    async def refuse(request: web.Request) -> web.StreamResponse:
        if request.query.get("slowly"):
            response = web.StreamResponse(status=401)
            await response.prepare(request)
            await asyncio.sleep(10)
            return response
        return web.json_response(REFUSED, status=401)

    app = web.Application()
    app.router.add_post("/token", refuse)
    server = await aiohttp_server(app)
    return str(server.make_url("/token"))


async def error_of(request: Awaitable[Any]) -> ClientResponseError:
    """Return with what a request is refused."""
    with pytest.raises(ClientResponseError) as refused:
        await request
    return refused.value


async def test_the_words_of_a_refusal_are_found(
    hass: HomeAssistant, token_url: str
) -> None:
    """Of Home Assistant's own implementation, which most integrations have."""
    implementation = LocalOAuth2Implementation(
        hass, "shop", "abc", "s3cr3t", "https://provider.test", token_url
    )
    err = await error_of(implementation.async_refresh_token({"refresh_token": "r"}))
    assert await async_answer_of(err) == TokenAnswer(About.CLIENT, *REFUSED.values())


@pytest.mark.parametrize("query", ["", "?slowly=1"])
async def test_an_answer_that_nobody_has_read_says_nothing(
    hass: HomeAssistant, token_url: str, query: str
) -> None:
    """It is not waited for, either."""

    async def request() -> None:
        response = await async_get_clientsession(hass).post(f"{token_url}{query}")
        response.raise_for_status()

    err = await error_of(request())
    async with asyncio.timeout(1):
        assert await async_answer_of(err) == TokenAnswer()


async def test_another_answer_is_not_taken_for_it(
    hass: HomeAssistant, token_url: str
) -> None:
    """An integration may have asked for something else, too."""

    async def request() -> None:
        response = await async_get_clientsession(hass).post(token_url)
        await response.read()
        raise ClientResponseError(None, (), status=400)  # type: ignore[arg-type]

    assert await async_answer_of(await error_of(request())) == TokenAnswer()


async def test_an_error_without_an_answer_says_nothing() -> None:
    """An implementation of an integration's own may raise what it likes."""
    err = ClientResponseError(None, (), status=400)  # type: ignore[arg-type]
    assert await async_answer_of(err) == TokenAnswer()
