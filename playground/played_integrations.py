"""Integrations of Home Assistant whose provider is played, to be tried without their libraries.

Each has its name and its guide, and accounts without entities.
"""

from importlib.metadata import distribution
import json
from pathlib import Path
import shutil
from typing import Final

from playground import REPOSITORY
from playground.played_providers import PROVIDERS

_ABROAD: Final = REPOSITORY / "playground" / "custom_components" / "shop_abroad"
_OF_HOME_ASSISTANT: Final = Path(
    str(distribution("homeassistant").locate_file("homeassistant/components"))
)
_KEPT: Final = ("domain", "name", "documentation", "integration_type", "iot_class")

_FILES: Final = {
    "__init__.py": '''\
"""Accounts of a played provider."""

from custom_components.shop_abroad import async_setup_entry, async_unload_entry

__all__ = ["async_setup_entry", "async_unload_entry"]
''',
    "application_credentials.py": '''\
"""Where accounts are authorized: at a played provider."""

from homeassistant.components.application_credentials import AuthorizationServer
from homeassistant.core import HomeAssistant


async def async_get_authorization_server(hass: HomeAssistant) -> AuthorizationServer:
    """Return its authorization server."""
    return AuthorizationServer(
        authorize_url="{url}/authorize",
        token_url="{url}/token",
    )
''',
    "config_flow.py": '''\
"""Link an account at a played provider."""

from custom_components.shop_abroad.config_flow import ShopAbroadFlowHandler


class PlayedFlowHandler(ShopAbroadFlowHandler, domain="{domain}"):
    """The flow of the shop abroad."""

    DOMAIN = "{domain}"
''',
}


def make_played_integrations(folder: Path, port: int) -> dict[str, Path]:
    """Write them into a folder; return where each is, by its name. `port` is that of the played providers.

    Each provider has a host of its own, so that nobody takes two of them for one.
    """
    shutil.rmtree(folder, ignore_errors=True)
    made = {}
    for provider in PROVIDERS:
        url = f"http://{provider.slug}.localhost:{port}/{provider.slug}"
        for domain in provider.integrations:
            manifest = _OF_HOME_ASSISTANT / domain / "manifest.json"
            if manifest.exists():
                name = _make(folder / domain, json.loads(manifest.read_text()), url)
                made[name] = folder / domain
    return made


def _make(folder: Path, original: dict[str, str], url: str) -> str:
    """Write one; return its name."""
    folder.mkdir(parents=True)
    manifest: dict[str, object] = {
        **{key: original[key] for key in _KEPT if key in original},
        "after_dependencies": ["shop_abroad"],
        "codeowners": [],
        "config_flow": True,
        "dependencies": ["application_credentials"],
        "version": "1.0.0",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for name, text in _FILES.items():
        (folder / name).write_text(text.format(domain=manifest["domain"], url=url))
    (folder / "translations").symlink_to(_ABROAD / "translations")
    return original["name"]
