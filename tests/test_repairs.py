"""The flow that fixes an issue is found by the data of the issue."""

from typing import Any

import pytest

from custom_components.application_credentials.repairs import async_create_fix_flow
from homeassistant.core import HomeAssistant

from .common import DOMAIN, Wire


@pytest.mark.parametrize("kind", ["client_rejected", "redirect_uri_rejected"])
async def test_an_issue_that_is_opened_when_its_credential_has_just_gone_says_so(
    hass: HomeAssistant, wire: Wire, kind: str
) -> None:
    """A browser may still show the issue."""
    data: Any = {"kind": kind, "id": "0" * 16}
    flow: Any = await async_create_fix_flow(hass, "", data)
    flow.hass, flow.flow_id, flow.handler, flow.data = hass, "", DOMAIN, data
    assert (await flow.async_step_init())["reason"] == "gone"
