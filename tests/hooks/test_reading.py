"""What a hook's file says is read without running it."""

import builtins
from typing import Any

import pytest

from tests.common import DOMAIN, Neighbours, Wire

# Runs when the file does, and tells on it.
TELLTALE = "import builtins\nbuiltins.hook_was_run = True\n"
DESCRIBE = "async def async_get_description_placeholders(hass):\n"


async def describe(wire: Wire, domain: str) -> Any:
    """Return what `config` answers for one integration."""
    return (await wire.get("config"))["integrations"][domain]


@pytest.fixture(autouse=True)
def hook_was_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing run yet."""
    monkeypatch.setattr("builtins.hook_was_run", False, raising=False)


def was_run() -> bool:
    """Return whether the file of a hook was run."""
    return bool(vars(builtins)["hook_was_run"])


@pytest.mark.parametrize(
    "body",
    [
        '    return {"url": "https://shop.test"}\n',
        '    """Say where to go."""\n    return {"url": "https://shop.test"}\n',
    ],
    ids=["plain", "docstring"],
)
async def test_a_literal_dictionary_is_read_and_not_run(
    wire: Wire, neighbours: Neighbours, body: str
) -> None:
    """Most description functions do nothing but return a literal."""
    neighbours.add("reading_literal", TELLTALE + DESCRIBE + body)
    assert await describe(wire, "reading_literal") == {
        "description_placeholders": {"url": "https://shop.test"}
    }
    assert not was_run()


async def test_an_integration_without_a_hook_describes_nothing(
    wire: Wire, neighbours: Neighbours
) -> None:
    """It may depend on application_credentials all the same."""
    neighbours.add("reading_nothing")
    assert await describe(wire, "reading_nothing") == {}


async def test_a_hook_in_a_package_is_read(wire: Wire, neighbours: Neighbours) -> None:
    """`application_credentials` may be a folder."""
    folder = neighbours.add("reading_package") / DOMAIN
    folder.mkdir()
    (folder / "__init__.py").write_text(DESCRIBE + '    return {"a": "b"}\n')
    assert await describe(wire, "reading_package") == {
        "description_placeholders": {"a": "b"}
    }


async def test_a_hook_in_a_package_is_run_in_its_integrations_folder(
    wire: Wire, neighbours: Neighbours
) -> None:
    """`..const` is the integration's, and `.urls` the one of the hook."""
    integration = neighbours.add("reading_folder", const='A = "b"\n')
    folder = integration / DOMAIN
    folder.mkdir()
    (folder / "urls.py").write_text('C = "d"\n')
    (folder / "__init__.py").write_text(
        "from ..const import A\nfrom .urls import C\n"
        + DESCRIBE
        + "    return {A: C}\n"
    )
    assert await describe(wire, "reading_folder") == {
        "description_placeholders": {"b": "d"}
    }


@pytest.mark.parametrize(
    "source",
    [
        "async def async_get_authorization_server(hass): ...\n",
        "import typing as async_typing\nfrom enum import Enum as E\n",
        "type A = int\nB: int = 1\nC = 2\nC += 1\nclass D: ...\n",
        '"""Docstring."""\npass\nassert True\n',
        (
            "from typing import TYPE_CHECKING\n"
            "if TYPE_CHECKING:\n"
            "    import async_get_description_placeholders\n"
        ),
        "def async_helper(hass): ...\n",
        "# async_get_description_placeholders\n",
        "if True:\n    pass\n",
    ],
    ids=[
        "function",
        "imports",
        "values",
        "nothing",
        "type checking",
        "helper",
        "comment",
        "condition",
    ],
)
async def test_a_hook_without_the_function_is_not_run(
    wire: Wire, neighbours: Neighbours, source: str
) -> None:
    """Such a file has nothing to say."""
    neighbours.add("reading_silent", TELLTALE + source)
    assert await describe(wire, "reading_silent") == {}
    assert not was_run()


@pytest.mark.parametrize(
    "source",
    [
        f"if True:\n    {DESCRIBE}        return {{'a': 'b'}}\n",
        f"try:\n    {DESCRIBE}        return {{'a': 'b'}}\nexcept OSError: ...\n",
        "from .elsewhere import *\n",
        "from .elsewhere import async_get_description_placeholders\n",
        "from .elsewhere import describe as async_get_description_placeholders\n",
        (
            "from . import elsewhere\n"
            "async_get_description_placeholders = elsewhere.describe\n"
        ),
        (
            "from .elsewhere import describe\n"
            "def __getattr__(name):\n"
            "    if name == 'async_get_description_placeholders': return describe\n"
            "    raise AttributeError(name)\n"
        ),
        f"VALUE = 'b'\n{DESCRIBE}    return {{'a': VALUE}}\n",
        f"{DESCRIBE}    b = 'b'\n    return {{'a': b}}\n",
        f"def same(function): return function\n@same\n{DESCRIBE}    return {{'a': 'b'}}\n",
        (
            "def async_get_description_placeholders(hass):\n"
            "    async def describe(): return {'a': 'b'}\n"
            "    return describe()\n"
        ),
        f"{DESCRIBE}    return {{'a': 'wrong'}}\n{DESCRIBE}    return dict(a='b')\n",
        f"{DESCRIBE}    return {{'a': 'wrong'}}\nif True:\n    from .elsewhere import *\n",
        "from .elsewhere import \\\n    *\n",
        "from .elsewhere import describe as \uff41sync_get_description_placeholders\n",
    ],
    ids=[
        "condition",
        "try",
        "star",
        "import",
        "import as",
        "assignment",
        "getattr",
        "name in the dictionary",
        "statement before",
        "decorator",
        "plain function",
        "second definition",
        "replaced under a condition",
        "star on a line of its own",
        "wide letters",
    ],
)
async def test_what_cannot_be_read_is_run(
    wire: Wire, neighbours: Neighbours, source: str
) -> None:
    """Where the function's answer shows only when it runs, it is run."""
    elsewhere = (
        f"{DESCRIBE}    return {{'a': 'b'}}\n"
        "describe = async_get_description_placeholders\n"
    )
    neighbours.add("reading_open", TELLTALE + source, elsewhere=elsewhere)
    assert await describe(wire, "reading_open") == {
        "description_placeholders": {"a": "b"}
    }
    assert was_run()


@pytest.mark.parametrize(
    "source",
    [
        f"if False:\n    {DESCRIBE}        ...\n",
        "def __getattr__(name): raise AttributeError(name)\n",
    ],
    ids=["condition", "getattr"],
)
async def test_a_hook_that_turns_out_not_to_have_the_function_describes_nothing(
    wire: Wire, neighbours: Neighbours, source: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What may be there may also not be there, and that is no fault."""
    neighbours.add("reading_maybe", source)
    assert await describe(wire, "reading_maybe") == {}
    assert "reading_maybe" not in "".join(
        record.message for record in caplog.records if record.levelname == "ERROR"
    )


async def test_a_name_that_an_encoding_hides_is_found(
    wire: Wire, neighbours: Neighbours
) -> None:
    """The bytes of a file need not be what Python reads in it."""
    neighbours.add(
        "reading_encoded",
        "# coding: utf-7\n"
        "async def async+AF8-get_description_placeholders(hass):\n"
        "    return +AHsAIg-a+ACI: +ACI-b+ACIAfQ-\n",
    )
    assert await describe(wire, "reading_encoded") == {
        "description_placeholders": {"a": "b"}
    }


@pytest.mark.parametrize("source", ["this is no Python\n", "\0\n"])
async def test_a_hook_that_is_no_python_is_told_of_when_it_is_needed(
    wire: Wire, neighbours: Neighbours, source: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The Add dialog looks for no more in it than a name."""
    neighbours.add("reading_broken", source)
    assert await describe(wire, "reading_broken") == {}
    assert "reading_broken platform" not in caplog.text
    code, message = await wire.refused(
        "create", domain="reading_broken", client_id="abc", client_secret="s"
    )
    assert code == "invalid_format"
    assert "reading_broken" in message
    assert "integration reading_broken cannot be read: " in caplog.text
