"""How an implementation authenticates its client at the token endpoint.

Integrations authenticate in the body, by HTTP Basic, without a secret, or in a
way of their own (RFC 6749 section 2.3). Instead of guessing, the implementation
is asked to exchange an authorization code, in surroundings in which its request
is written down and not sent.
"""

import base64
from collections.abc import Iterator
import copy
from typing import Any, Final, NamedTuple, NoReturn, override
from urllib.parse import quote_plus

from aiohttp import BasicAuth, ClientSession

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import DATA_CLIENTSESSION
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation

from ..hooks.faults import is_for_us

_BODY_ARGUMENTS: Final = ("data", "json", "headers", "auth", "params")


class TokenRequest(NamedTuple):
    """A POST to a token endpoint: its URL, and the arguments for aiohttp that make it."""

    url: str
    arguments: dict[str, Any]


# From these keys of `hass.data` come connections that do not belong to a session.
_WAYS_OUT: Final = frozenset(
    {"aiohttp_connector", "httpx_async_client", "httpx_async_client_noverify"}
)


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
    It is a copy that is asked: a hook may share one between all that call it.
    """
    implementation = copy_of(implementation)
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
    return None


def copy_of(implementation: LocalOAuth2Implementation) -> LocalOAuth2Implementation:
    """Return an implementation of its own that does the same.

    With the same attributes; but a session that it has of its own is none of
    those through which a check may send anything.
    """
    copied = copy.copy(implementation)
    for name, value in vars(copied).items():
        if isinstance(value, ClientSession):
            setattr(copied, name, _WritingSession())
    return copied


def with_secret(
    implementation: LocalOAuth2Implementation, client_secret: str
) -> LocalOAuth2Implementation:
    """Return a copy that has another client secret, wherever it keeps it."""
    copied = copy_of(implementation)
    secret = implementation.client_secret
    for name, value in vars(copied).items():
        if isinstance(value, str) and value == secret:
            setattr(copied, name, client_secret)
        elif isinstance(value, BasicAuth) and value.password == secret:
            setattr(copied, name, BasicAuth(value.login, client_secret))
    return copied


def is_in(request: TokenRequest, client_id: str, client_secret: str) -> bool:
    """Return whether a request carries a client secret (RFC 6749 section 2.3.1)."""
    in_headers = {
        base64.b64encode(f"{user}:{password}".encode()).decode()
        for user in (client_id, quote_plus(client_id))
        for password in (client_secret, quote_plus(client_secret))
    }
    return any(
        client_secret == text
        or quote_plus(client_secret) in text.split("=")
        or any(encoded in text for encoded in in_headers)
        for text in _texts(request.arguments)
    )


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts that a request is made of."""
    match value:
        case BasicAuth():
            yield value.password
        case str():
            yield from (value, *value.split("&"))
        case bytes():
            yield from _texts(value.decode(errors="replace"))
        case dict():
            for each in value.values():
                yield from _texts(each)
        case list() | tuple():
            for each in value:
                yield from _texts(each)


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
