"""Send a token request as Home Assistant sends it, and fail as Home Assistant fails.

The one difference: the words of a refusal are handed on before the error is raised.
Releases of Home Assistant differ in the errors that they raise.
"""

from collections.abc import Callable
from http import HTTPStatus
import logging
from typing import Any, Final

from aiohttp import ClientError, ClientResponseError

from homeassistant import exceptions
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .request import async_read

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
    try:
        response = await async_get_clientsession(hass).post(url, data=data)
        if response.status >= HTTPStatus.BAD_REQUEST:
            try:
                body = await async_read(response)
            except ClientError:
                body = b""
            words = on_refusal(response.status, body)
            _LOGGER.log(_LEVEL, "%s was refused a token: %s", domain, words)
        response.raise_for_status()
        if _CONNECTION_ERROR is not None:
            return await response.json()
    except ClientError as err:
        if (error := _error_of_home_assistant(err, domain)) is None:
            raise
        raise error from err
    return await response.json()


def _error_of_home_assistant(err: ClientError, domain: str) -> Any:
    """Return what this release of Home Assistant raises for `err`, None for `err` itself."""
    if not isinstance(err, ClientResponseError):
        return _CONNECTION_ERROR and _CONNECTION_ERROR(domain=domain)
    if err.status == HTTPStatus.TOO_MANY_REQUESTS or 500 <= err.status <= 599:
        error = _TRANSIENT_ERROR
    else:
        error = _REAUTH_ERROR if 400 <= err.status <= 499 else _ERROR
    return error and error(
        request_info=err.request_info,
        history=err.history,
        status=err.status,
        message=err.message,
        headers=err.headers,
        domain=domain,
    )
