"""What the tests of accounts use: a provider that is asked, and does not answer."""

from collections.abc import Generator
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from tests.common import is_control


@pytest.fixture
def checks(provider: AiohttpClientMocker) -> Generator[list[str]]:
    """Collect the client IDs that a provider is asked about; a control is none."""
    asked: list[str] = []
    answer: Any = provider.match_request

    async def note(method: str, url: Any, *, data: Any = None, **request: Any) -> Any:
        if data and "client_id" in data and not is_control(data):
            asked.append(data["client_id"])
        return await answer(method, url, data=data, **request)

    with patch.object(provider, "match_request", note):
        yield asked
