"""How an implementation authenticates its client at the token endpoint.

Integrations authenticate in the body, by HTTP Basic, without a secret, or in a
way of their own (RFC 6749 section 2.3). Instead of guessing, the implementation
is asked to exchange an authorization code, in surroundings in which its request
is written down and not sent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import DATA_CLIENTSESSION
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..hooks.faults import is_for_us

_BODY_ARGUMENTS: Final = ("data", "json", "headers", "auth", "params")


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """A POST to a token endpoint: its URL, and the arguments for aiohttp that make it."""

    url: str
    arguments: dict[str, Any]


# From these keys of `hass.data` come connections that do not belong to a session.
_WAYS_OUT: Final = frozenset({"aiohttp_connector", "httpx_async_client"})


class _NoWayOut(Exception):
    """An implementation wants a connection of its own."""


class _Written(BaseException):
    """Carries a request out of an implementation, past its error handling."""

    def __init__(self, request: TokenRequest) -> None:
        super().__init__()
        self.request = request


async def async_write_token_request(
    hass: HomeAssistant,
    implementation: LocalOAuth2Implementation,
    *,
    code: str,
    redirect_uri: str,
) -> TokenRequest | None:
    """Return the request with which `implementation` would redeem `code`.

    None where it does not use Home Assistant's client session for that, or goes
    elsewhere than to its token endpoint. Nothing is sent through Home Assistant.
    """
    implementation.hass = _HassWithoutNetwork(hass)  # type: ignore[assignment]
    try:
        await implementation.async_resolve_external_data(
            {"code": code, "state": {"redirect_uri": redirect_uri}}
        )
    except _Written as written:
        if written.request.url == implementation.token_url:
            return written.request
    except BaseException as err:
        # It wants more than a code; or a library of its own does what it likes.
        if is_for_us(err):
            raise
        return None
    finally:
        implementation.hass = hass
    return None


class _WritingSession:
    """Stands in for aiohttp's session; every request ends in `_Written`."""

    def post(self, url: Any, **arguments: Any) -> NoReturn:
        raise _Written(
            TokenRequest(
                str(url),
                {
                    key: value
                    for key, value in arguments.items()
                    if key in _BODY_ARGUMENTS
                },
            )
        )

    def request(self, method: str, url: Any, **arguments: Any) -> NoReturn:
        if method.upper() != "POST":
            raise NotImplementedError(method)
        self.post(url, **arguments)

    async def _request(self, method: str, url: Any, **arguments: Any) -> NoReturn:
        self.request(method, url, **arguments)


class _EverySession(dict[Any, Any]):
    """Home Assistant's client sessions, whichever is asked for."""

    def __init__(self) -> None:
        super().__init__()
        self._session = _WritingSession()

    @override
    def __contains__(self, key: object) -> bool:
        return True

    @override
    def __getitem__(self, key: Any) -> Any:
        return self._session

    @override
    def get(self, key: Any, default: Any = None) -> Any:
        return self._session


class _DataWithoutNetwork:
    """`hass.data` with the client sessions replaced."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._data = hass.data
        self._sessions = _EverySession()

    def __getitem__(self, key: Any) -> Any:
        if key in _WAYS_OUT:
            raise _NoWayOut(key)
        return self._sessions if key == DATA_CLIENTSESSION else self._data[key]

    def __contains__(self, key: object) -> bool:
        return key == DATA_CLIENTSESSION or key in self._data

    def __iter__(self) -> Iterator[Any]:
        return iter(self._data)

    def get(self, key: Any, default: Any = None) -> Any:
        return self[key] if key in self or key in _WAYS_OUT else default

    def setdefault(self, key: Any, default: Any = None) -> Any:
        if key not in self and key not in _WAYS_OUT:
            return self._data.setdefault(key, default)
        return self[key]


class _HassWithoutNetwork:
    """Home Assistant as an implementation sees it, without a way out."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self.data = _DataWithoutNetwork(hass)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hass, name)
