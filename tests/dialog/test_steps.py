"""Whatever step it is at, a dialog ends where its credential is gone."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker

from homeassistant.core import HomeAssistant
from tests.common import Wire

from .common import Dialog, answers, delete_behind, stored


def _chosen(*options: str) -> Callable[[Dialog], Any]:
    """Return a function that opens a credential and selects the given actions, one after the other."""

    async def go(dialog: Dialog) -> None:
        await dialog.open_at(*options)

    return go


async def _at_rejected(dialog: Dialog) -> None:
    await dialog.open_credential()
    await dialog.submit(client_id="new")
    assert dialog.step == "rejected"


@pytest.mark.parametrize(
    ("go", "user_input"),
    [
        *(
            pytest.param(_chosen(), {"next": option}, id=option)
            for option in ("check", "copy", "delete")
        ),
        pytest.param(_chosen(), {"client_id": "abc"}, id="edit: name"),
        pytest.param(_chosen(), {"client_id": "new"}, id="edit: client"),
        pytest.param(_chosen(), {"client_id": ""}, id="edit: error"),
        pytest.param(_chosen("copy"), {"domains": ["bakery"]}, id="copy: submit"),
        pytest.param(_chosen("delete"), {}, id="delete: submit"),
        pytest.param(_chosen("check"), None, id="finding: again"),
        pytest.param(_chosen("check"), {"next": "check"}, id="finding: check"),
        pytest.param(_chosen("check"), {"next": "reconfigure"}, id="finding: back"),
        pytest.param(_at_rejected, {"next": "reconfigure"}, id="rejected: edit"),
        pytest.param(_at_rejected, {"next": "save_anyway"}, id="save_anyway"),
    ],
)
async def test_a_credential_that_is_gone_ends_its_dialog(
    hass: HomeAssistant,
    wire: Wire,
    provider: AiohttpClientMocker,
    dialog: Dialog,
    bakery: str,
    go: Callable[[Dialog], Any],
    user_input: dict[str, Any] | None,
) -> None:
    """Whatever step it is at, with a clear reason."""
    await wire.create()
    answers(provider, "invalid_client")
    await go(dialog)
    await delete_behind(hass)
    if user_input is None:
        await dialog.show_again()
    else:
        await dialog.submit(**user_input)
    assert dialog.step == "abort: credential_gone"


@pytest.mark.parametrize(
    ("step", "user_input"),
    [("edit", {"client_id": "abc", "name": "Bath"}), ("delete", {})],
)
async def test_a_credential_may_go_while_it_is_being_saved(
    hass: HomeAssistant,
    wire: Wire,
    dialog: Dialog,
    step: str,
    user_input: dict[str, Any],
) -> None:
    """Another deletion is written together with the change, and before it."""
    await wire.create()
    await dialog.open_credential()
    if step == "delete":
        await dialog.choose(step)
    deletion = hass.async_create_task(delete_behind(hass))
    await dialog.submit(**user_input)
    await deletion
    assert dialog.step == "abort: credential_gone"
    assert stored(hass) == []
