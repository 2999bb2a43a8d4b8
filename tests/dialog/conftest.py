"""Fixtures: a file that is uploaded."""

from collections.abc import Callable
from typing import Any

from aiohttp import FormData
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component


@pytest.fixture
def upload(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> Callable[[bytes], Any]:
    """Return what uploads a file, as the field of a form does; it returns the file's id."""

    async def upload(content: bytes) -> str:
        # With the frontend, it is always there.
        assert await async_setup_component(hass, "file_upload", {})
        http = await hass_client()
        form = FormData()
        form.add_field("file", content, filename="client_secret_1.json")
        answer = await http.post("/api/file_upload", data=form)
        return str((await answer.json())["file_id"])

    return upload
