"""What a hook's file says is read without running it."""

from pathlib import Path
import sys
from typing import Any

import pytest

from custom_components.application_credentials.hooks.reading import (
    Unreadable,
    read_server,
)
from homeassistant import components
from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant
from homeassistant.generated.application_credentials import APPLICATION_CREDENTIALS
from tests.common import AUTHORIZE_URL, DOMAIN, TOKEN_URL, Neighbours, Wire

from .conftest import DESCRIBE, described

HOME_ASSISTANTS = Path(components.__path__[0])

IMPORT = (
    "from homeassistant.components.application_credentials import AuthorizationServer\n"
)
SERVER = f"{IMPORT}async def async_get_authorization_server(hass):\n"
BOTH = f"AuthorizationServer({AUTHORIZE_URL!r}, {TOKEN_URL!r})"
TOKEN = f"{SERVER}    return AuthorizationServer({AUTHORIZE_URL!r}, TOKEN)\n"


# The endpoints.


def write(folder: Path, hook: str, **files: str) -> Path:
    """Write the modules of an integration into a folder."""
    for name, content in {DOMAIN: hook, **files}.items():
        path = folder.joinpath(*name.split("/")).with_suffix(".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(content)
    return folder


def endpoints(folder: Path) -> AuthorizationServer | None:
    """Return what is read of the endpoints in an integration's folder."""
    try:
        return read_server(folder)
    except (Unreadable, RecursionError):
        return None


@pytest.mark.parametrize(
    ("hook", "files"),
    [
        (f"{SERVER}    return {BOTH}\n", {}),
        (f"{SERVER}    '''Say where.'''\n    return {BOTH}\n", {}),
        (
            (
                f"{SERVER}    return AuthorizationServer("
                f"token_url={TOKEN_URL!r}, authorize_url={AUTHORIZE_URL!r})\n"
            ),
            {},
        ),
        (
            f"{SERVER}    url = {TOKEN_URL!r}\n{TOKEN[len(SERVER) :]}TOKEN = {TOKEN_URL!r}\n",
            {},
        ),
        (f"TOKEN: str = {TOKEN_URL!r}\n{TOKEN}", {}),
        (f"HOST = 'https://provider.test'\nTOKEN = f'{{HOST}}/token'\n{TOKEN}", {}),
        (f"HOST = 'https://provider.test'\nTOKEN = HOST + '/token'\n{TOKEN}", {}),
        (f"from .const import TOKEN\n{TOKEN}", {"const": f"TOKEN = {TOKEN_URL!r}\n"}),
        (
            f"from .const import URL as TOKEN\n{TOKEN}",
            {
                "const": "from .api import HOST\nURL = f'{HOST}/token'\n",
                "api": "import nothing_of_this_name\nHOST = 'https://provider.test'\n",
            },
        ),
        (
            f"from .const import TOKEN as OTHER, URL as TOKEN\n{TOKEN}",
            {"const": f"TOKEN = 'a'\nURL = {TOKEN_URL!r}\n"},
        ),
        (
            f"from .oauth import TOKEN\n{TOKEN}",
            {
                "oauth/urls": f"TOKEN = {TOKEN_URL!r}\n",
                "oauth/__init__": "from .urls import TOKEN\n",
            },
        ),
        (
            TOKEN.replace(
                IMPORT,
                "from homeassistant.components import application_credentials as ac\n",
            )
            .replace("AuthorizationServer(", "ac.AuthorizationServer(")
            .replace("TOKEN)", f"{TOKEN_URL!r})"),
            {},
        ),
    ],
    ids=[
        "literals",
        "docstring",
        "keywords",
        "statement before",
        "annotated",
        "f-string",
        "sum",
        "constants",
        "constants of constants",
        "other names",
        "package",
        "the module of the original",
    ],
)
def test_endpoints_are_read(tmp_path: Path, hook: str, files: dict[str, str]) -> None:
    """Of constants, wherever they stand in the integration's folder."""
    folder = write(tmp_path, hook, **files)
    assert endpoints(folder) == AuthorizationServer(AUTHORIZE_URL, TOKEN_URL)


@pytest.mark.parametrize(
    ("hook", "files"),
    [
        (f"from .const import TOKEN\n{TOKEN}", {}),
        (
            f"from .const import TOKEN\n{TOKEN}",
            {"const": "from library import TOKEN\n"},
        ),
        (
            f"from .const import TOKEN\n{TOKEN}",
            {"const": f"from .{DOMAIN} import TOKEN\n"},
        ),
        (f"from ..other.const import TOKEN\n{TOKEN}", {}),
        (
            f"from .const import URLS\n{TOKEN.replace('TOKEN)', 'URLS.token)')}",
            {"const": f"URLS = {TOKEN_URL!r}\n"},
        ),
        (f"from library import TOKEN\n{TOKEN}", {}),
        (f"import library\n{TOKEN.replace('TOKEN)', 'library.TOKEN)')}", {}),
        (f"TOKEN = 'a'\nTOKEN = 'b'\n{TOKEN}", {}),
        (f"TOKEN = 'a'\nTOKEN += 'b'\n{TOKEN}", {}),
        (f"if True:\n    TOKEN = 'a'\n{TOKEN}", {}),
        (f"TOKEN = 'a'\nfor TOKEN in 'ab': ...\n{TOKEN}", {}),
        (
            f"TOKEN = 'a'\ntry:\n    from b import TOKEN\nexcept OSError: ...\n{TOKEN}",
            {},
        ),
        (f"TOKEN = 'a'\nif True:\n    def TOKEN(): ...\n{TOKEN}", {}),
        (f"TOKEN = TOKEN\n{TOKEN}", {}),
        (f"TOKEN = 'a'\nA = (TOKEN := 'b')\n{TOKEN}", {}),
        (f"TOKEN = str('a')\n{TOKEN}", {}),
        (f"TOKEN = 'a' * 2\n{TOKEN}", {}),
        (f"TOKEN = f'{{1:>2}}'\n{TOKEN}", {}),
        (f"TOKEN = 'a' and 'b'\n{TOKEN}", {}),
        (f"TOKEN = 1 < 2\n{TOKEN}", {}),
        (f"TOKEN = 'a' + 1\n{TOKEN}", {}),
        (f"TOKEN = [].a\n{TOKEN}", {}),
        (f"TOKEN = {{**{{}}}}\n{TOKEN}", {}),
        (f"A = 'a'\nTOKEN = A('b')\n{TOKEN}", {}),
        (f"TOKEN = 'a'\nfrom .star import *\n{TOKEN}", {}),
        (f"from homeassistant.const import NOTHING as TOKEN\n{TOKEN}", {}),
        (f"{SERVER}    return {BOTH}\n{SERVER}    return {BOTH}\n", {}),
        (f"{SERVER}    await hass.async_block()\n    return {BOTH}\n", {}),
        (f"{SERVER}    return hass.data['server']\n", {}),
        (f"{SERVER}    return 'server'\n", {}),
        (f"{SERVER}    return AuthorizationServer('a')\n", {}),
        (SERVER.replace("async def", "def") + f"    return {BOTH}\n", {}),
        (
            SERVER.replace("async def", "@cached\nasync def") + f"    return {BOTH}\n",
            {},
        ),
        (
            f"class AuthorizationServer: ...\n{SERVER[len(IMPORT) :]}    return {BOTH}\n",
            {},
        ),
        (f"def __getattr__(name): ...\n{SERVER}    return {BOTH}\n", {}),
        ("", {}),
    ],
)
def test_what_shows_only_when_it_runs_is_not_guessed(
    tmp_path: Path, hook: str, files: dict[str, str]
) -> None:
    """A check would send the secret there."""
    assert endpoints(write(tmp_path, hook, **files)) is None


def test_who_makes_its_implementation_names_no_endpoints(tmp_path: Path) -> None:
    """They may be others, or asked in another way."""
    own = (
        "async def async_get_auth_implementation(hass, auth_domain, credential): ...\n"
    )
    assert read_server(write(tmp_path, f"{SERVER}    return {BOTH}\n{own}")) is None


def test_most_of_home_assistants_endpoints_are_read_without_their_libraries() -> None:
    """The rest has them from a library, or from the flow, or asks in a way of its own."""
    read = {
        domain: server
        for domain in APPLICATION_CREDENTIALS
        if (server := endpoints(HOME_ASSISTANTS / domain)) is not None
    }
    # 26 of 42 in 2025.12, 28 of 52 in 2026.10, 29 of 54 in 2026.11.
    hooks = [
        domain
        for domain in APPLICATION_CREDENTIALS
        if (HOME_ASSISTANTS / domain / f"{DOMAIN}.py").exists()
    ]
    assert len(read) >= (27 if len(hooks) >= 52 else 25)
    for server in read.values():
        assert server.token_url.startswith("https://")
    assert read["nest"].authorize_url == ""


# The placeholders.


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            f"{DESCRIBE}    return {{'url': 'https://shop.test'}}\n",
            {"url": "https://shop.test"},
        ),
        (f"{DESCRIBE}    '''Say.'''\n    return {{'a': 'b'}}\n", {"a": "b"}),
        (f"{DESCRIBE}    return {{}}\n", {}),
        (
            f"{DESCRIBE}    return {{1: ['b', {{'c': 2.5}}, None]}}\n",
            {"1": ["b", {"c": 2.5}, None]},
        ),
        (f"{DESCRIBE}    return 'b'\n", "b"),
        (f"VALUE = 'b'\n{DESCRIBE}    return {{'a': VALUE}}\n", {"a": "b"}),
        (f"{DESCRIBE}    b = 'b'\n    return {{'a': f'{{b}}'}}\n", {"a": "b"}),
        (
            (
                "from homeassistant.helpers.config_entry_oauth2_flow import AUTH_CALLBACK_PATH\n"
                f"{DESCRIBE}    return {{'a': AUTH_CALLBACK_PATH}}\n"
            ),
            {"a": "/auth/external/callback"},
        ),
    ],
    ids=[
        "literal",
        "docstring",
        "empty",
        "nested",
        "no dictionary",
        "constant",
        "local",
        "Home Assistant's",
    ],
)
async def test_placeholders_are_read(
    wire: Wire, neighbours: Neighbours, source: str, expected: Any
) -> None:
    """Most description functions do nothing but return a literal."""
    neighbours.add("reading", source)
    assert await described(wire, "reading") == expected
    assert "custom_components.reading" not in sys.modules


async def test_what_depends_on_the_home_is_read_anew(
    hass: HomeAssistant, wire: Wire
) -> None:
    """Two of Home Assistant's hooks look where it is."""
    for domain in ("google_drive", "google_assistant_sdk"):
        hass.config.components -= {"my"}
        await hass.config.async_update(external_url=None)
        for url in (
            "https://YOUR_DOMAIN:PORT/auth/external/callback",
            "https://home.test/auth/external/callback",
            "https://my.home-assistant.io/redirect/oauth",
        ):
            assert (await described(wire, domain))["redirect_url"] == url
            if "YOUR_DOMAIN" in url:
                await hass.config.async_update(external_url="https://home.test")
            else:
                hass.config.components.add("my")


@pytest.mark.parametrize(
    "source",
    [
        "async def async_get_authorization_server(hass): ...\n",
        "# async_get_description_placeholders\n",
        "if True:\n    pass\n",
    ],
    ids=["function", "comment", "condition"],
)
async def test_a_hook_without_the_function_is_not_run(
    wire: Wire, neighbours: Neighbours, source: str
) -> None:
    """Such a file has nothing to say."""
    neighbours.add("reading", source)
    neighbours.add("hookless")
    for domain in ("reading", "hookless"):
        assert await described(wire, domain) is None
    assert "custom_components.reading" not in sys.modules


async def test_a_hook_in_a_package_is_read(wire: Wire, neighbours: Neighbours) -> None:
    """`..const` is the integration's, and `.urls` the one of the hook."""
    integration = neighbours.add("reading", const='A = "a"\n')
    hook = (
        f"from ..const import A\nfrom .urls import B\n{DESCRIBE}    return {{A: B}}\n"
    )
    folder = integration / DOMAIN
    folder.mkdir()
    (folder / "urls.py").write_text('B = "b"\n')
    (folder / "__init__.py").write_text(hook)
    assert await described(wire, "reading") == {"a": "b"}


@pytest.mark.parametrize(
    "filling",
    ["A = 1\n" * 20_000, "a = " + "-" * 60_000 + "1\n"],
    ids=["large", "nested"],
)
async def test_a_file_that_cannot_be_parsed_is_imported(
    wire: Wire, neighbours: Neighbours, filling: str
) -> None:
    """Or not, where Python cannot either."""
    neighbours.add("reading", f"{DESCRIBE}    return {{'a': 'b'}}\n{filling}")
    expected = {"a": "b"} if filling.startswith("A") else None
    assert await described(wire, "reading") == expected
    assert "custom_components.reading" in sys.modules
