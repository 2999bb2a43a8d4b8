"""The file that Google's console offers, and the many files that are none."""

from collections.abc import Callable
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from custom_components.application_credentials.dialog.client_file import (
    async_read_client_file,
)
from custom_components.application_credentials.dialog.forms import FormError
from homeassistant.core import HomeAssistant

Upload = Callable[[bytes], Any]

CLIENT = {"client_id": "abc", "client_secret": "the-secret"}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"web": {**CLIENT, "redirect_uris": ["x"]}}, id="web"),
        pytest.param({"installed": CLIENT}, id="installed"),
        pytest.param({"installed": CLIENT, "web": "?"}, id="the other part is broken"),
        pytest.param(
            {"installed": {"client_id": "no", "client_secret": "no"}, "web": CLIENT},
            id="both",
        ),
    ],
)
async def test_a_client_file_of_either_kind_is_read(
    hass: HomeAssistant, upload: Upload, content: Any
) -> None:
    """A web client is the one that Home Assistant can use best."""
    file_id = await upload(json.dumps(content).encode())
    assert await async_read_client_file(hass, file_id) == CLIENT


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"client_id=abc", id="no JSON"),
        pytest.param(b"[" * 60_000, id="deep"),
        pytest.param(b"9" * 5_000, id="a huge number"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="nothing"),
        pytest.param(json.dumps(CLIENT).encode(), id="no part"),
        pytest.param(b'{"web": null}', id="an empty part"),
        pytest.param(b'{"web": ["client_id", "client_secret"]}', id="a list as part"),
        pytest.param(b'{"web": {"client_id": "abc"}}', id="no secret"),
        pytest.param(b'{"web": {"client_secret": "s"}}', id="no client ID"),
        pytest.param(
            b'{"web": {"client_id": 1, "client_secret": "s"}}', id="a number as ID"
        ),
        pytest.param(
            b'{"type": "service_account", "client_id": "1", "private_key": "k"}',
            id="a service account",
        ),
    ],
)
async def test_any_other_file_is_refused(
    hass: HomeAssistant, upload: Upload, content: bytes
) -> None:
    """Whatever it is, and without a word of what stands in it."""
    file_id = await upload(content)
    with pytest.raises(FormError) as raised:
        await async_read_client_file(hass, file_id)
    assert str(raised.value) == ""
    assert raised.value.key == "file_invalid"


@pytest.mark.parametrize(("more", "is_too_large"), [(0, False), (1, True)])
async def test_a_file_that_is_too_large_is_refused_as_such(
    hass: HomeAssistant, upload: Upload, more: int, is_too_large: bool
) -> None:
    """Whatever stands in it; the largest that is read is read whole."""
    content = json.dumps({"web": CLIENT}).ljust(64 * 1024 + more).encode()
    file_id = await upload(content)
    if not is_too_large:
        assert await async_read_client_file(hass, file_id) == CLIENT
        return
    with pytest.raises(FormError) as raised:
        await async_read_client_file(hass, file_id)
    assert raised.value.key == "file_too_large"


async def test_an_upload_is_read_once(hass: HomeAssistant, upload: Upload) -> None:
    """Then it is gone, with the secret in it."""
    file_id = await upload(json.dumps({"web": CLIENT}).encode())
    (uploaded,) = [
        path
        for path in Path(hass.data["file_upload"].temp_dir).rglob("*")
        if path.is_file()
    ]
    await async_read_client_file(hass, file_id)
    assert not uploaded.exists()
    with pytest.raises(FormError) as raised:
        await async_read_client_file(hass, file_id)
    assert raised.value.key == "file_gone"


async def test_an_upload_that_never_was_is_refused(
    hass: HomeAssistant, upload: Upload
) -> None:
    """As one that Home Assistant has lost in a restart."""
    await upload(b"another one")
    with pytest.raises(FormError) as raised:
        await async_read_client_file(hass, uuid4().hex)
    assert raised.value.key == "file_gone"


async def test_an_upload_of_which_only_the_name_is_left_is_refused(
    hass: HomeAssistant, upload: Upload
) -> None:
    """Somebody has emptied the folder for temporary files."""
    file_id = await upload(json.dumps({"web": CLIENT}).encode())
    hass.data["file_upload"].file_path(file_id).unlink()
    with pytest.raises(FormError) as raised:
        await async_read_client_file(hass, file_id)
    assert raised.value.key == "file_gone"
