"""Send a token request as Home Assistant sends it, and fail as Home Assistant fails.

The one difference: the words of a refusal are handed on before the error is raised.
Releases of Home Assistant differ in the errors that they raise.
"""

from collections.abc import Callable
from http import HTTPStatus
import logging
from typing import Any, Final, NoReturn

from aiohttp import ClientError, ClientResponse, ClientResponseError

from homeassistant import exceptions
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .answers import MAX_READ

_LOGGER = logging.getLogger(__name__)

# From 2026.3 on.
_ERROR: Final[Any] = getattr(exceptions, "OAuth2TokenRequestError", None)
_REAUTH_ERROR: Final[Any] = getattr(exceptions, "OAuth2TokenRequestReauthError", None)
_TRANSIENT_ERROR: Final[Any] = getattr(
    exceptions, "OAuth2TokenRequestTransientError", None
)
# From 2026.10 on, which also says so of answers that cannot be read.
_CONNECTION_ERROR: Final[Any] = getattr(
    exceptions, "OAuth2TokenRequestConnectionError", None
)

# Home Assistant logs refusals at this level.
_LEVEL: Final = logging.ERROR if _ERROR is None else logging.DEBUG

# Called with the status and the beginning of the body; returns words without secrets.
type OnRefusal = Callable[[int, bytes], str]


async def async_request_token(
    hass: HomeAssistant,
    url: str,
    data: dict[str, Any],
    *,
    domain: str,
    on_refusal: OnRefusal,
) -> Any:
    """Return the answer of a token endpoint to a form.

    Raises the errors of `LocalOAuth2Implementation` in this release of Home Assistant;
    `domain` is the implementation's, which they name.
    """
    _LOGGER.debug("Sending a token request to %s", url)
    try:
        response = await async_get_clientsession(hass).post(url, data=data)
        if response.status >= HTTPStatus.BAD_REQUEST:
            words = on_refusal(response.status, await _async_beginning(response))
            _LOGGER.log(
                _LEVEL,
                "The token request for %s was refused (%s): %s",
                domain,
                response.status,
                words,
            )
        response.raise_for_status()
    except ClientError as err:
        _raise_as_home_assistant(err, domain)
    try:
        return await response.json()
    except ClientError as err:
        if _CONNECTION_ERROR is None:
            raise
        _raise_as_home_assistant(err, domain)


async def _async_beginning(response: ClientResponse) -> bytes:
    """Return the beginning of a body, nothing of one that breaks off."""
    body, stream = b"", response.content
    try:
        while len(body) < MAX_READ:
            if not (chunk := await stream.read(MAX_READ - len(body))):
                break
            body += chunk
    except ClientError:
        return b""
    return body


def _raise_as_home_assistant(err: ClientError, domain: str) -> NoReturn:
    """Raise what this release of Home Assistant raises where aiohttp raises `err`."""
    if not isinstance(err, ClientResponseError):
        if _CONNECTION_ERROR is None:
            raise err
        raise _CONNECTION_ERROR(domain=domain) from err
    if _ERROR is None:
        raise err
    if err.status == HTTPStatus.TOO_MANY_REQUESTS or 500 <= err.status <= 599:
        error = _TRANSIENT_ERROR
    elif 400 <= err.status <= 499:
        error = _REAUTH_ERROR
    else:
        error = _ERROR
    raise error(
        request_info=err.request_info,
        history=err.history,
        status=err.status,
        message=err.message,
        headers=err.headers,
        domain=domain,
    ) from err
