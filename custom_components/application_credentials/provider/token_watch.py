"""Learn from the token requests that accounts make anyway.

Whatever implementation a config flow or a config entry is handed is watched through
its public methods, the default one and those of integrations. It stays what it is:
its class becomes a subclass of the one that it had, so that a copy is watched no
more than any other object, and one that is handed out twice is watched once.
"""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import Any, Final, NamedTuple, Protocol
import weakref

from aiohttp import ClientResponseError

from ..models import CredentialRecord
from .answers import TokenAnswer
from .refusal import async_answer_of

# Where an implementation keeps what we know of it.
_WATCHED: Final = "_application_credentials_watched"

# What only the classes that we make have in them.
_WATCHES: Final = "_application_credentials_watches"

_METHODS: Final = (
    "async_generate_authorize_url",
    "async_resolve_external_data",
    "async_refresh_token",
)

# Statuses that say nothing of what was sent (RFC 9110 section 15.5.9, RFC 6585 section 4).
_LATER: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class TokenListener(Protocol):
    """Who is told of what the accounts of a credential do."""

    async def async_before_link(self, record: CredentialRecord) -> None:
        """Be about to send a person to the provider; raise to keep them from it."""

    def accepted(self, record: CredentialRecord) -> None:
        """Have got a token with a client, as it was when the request was made."""

    def refused(
        self, record: CredentialRecord, token: Any, answer: TokenAnswer
    ) -> None:
        """Have been refused one, with an answer that may say nothing.

        `token` is what was to be refreshed, None in a flow.
        """


class _About(NamedTuple):
    """Whose an implementation is: `records` are those that it was handed out for."""

    of: "weakref.ref[Any]"
    listener: TokenListener
    records: dict[str, CredentialRecord]

    def record(self) -> CredentialRecord | None:
        """Return the record whose client is shown to the provider, None where it is open."""
        implementation = self.of()
        records = [
            record
            for record in self.records.values()
            if getattr(implementation, "client_id", record["client_id"])
            == record["client_id"]
            and getattr(implementation, "client_secret", record["client_secret"])
            == record["client_secret"]
        ]
        return records[0] if len(records) == 1 else None


class TokenWatch:
    """Watches implementations, and tells `listener` of what it sees."""

    def __init__(self, listener: TokenListener) -> None:
        """Start with nothing to watch."""
        self._listener = listener

    def watch(self, record: CredentialRecord, implementation: Any) -> None:
        """Watch an implementation that is handed out for a record.

        One that nothing can be learned from, or that cannot be watched without
        becoming another, is left as it is.
        """
        try:
            attributes = vars(implementation)
            if _about(implementation) is None:
                _change_class(implementation)
                attributes[_WATCHED] = _About(
                    weakref.ref(implementation), self._listener, {}
                )
            attributes[_WATCHED].records[record["id"]] = record
        except Exception:  # noqa: BLE001 (its class may refuse in any way it likes)
            return


def _change_class(implementation: Any) -> None:
    """Give an implementation the subclass of its class that is watched."""
    cls: Any = type(implementation)
    if _WATCHES in vars(cls):
        return
    watched = next(
        (each for each in cls.__subclasses__() if _WATCHES in vars(each)), None
    )
    implementation.__class__ = watched or type(cls)(
        cls.__name__,
        (cls,),
        {
            **_methods_over(cls),
            _WATCHES: True,
            "__module__": cls.__module__,
            "__qualname__": cls.__qualname__,
            "__doc__": cls.__doc__,
        },
    )


def _methods_over(cls: Any) -> dict[str, Any]:
    """Return what a watched class does before its own methods, all of which it needs."""
    for name in _METHODS:
        getattr(cls, name)

    async def async_generate_authorize_url(self: Any, flow_id: str) -> Any:
        about = _about(self)
        if about is not None and (record := about.record()) is not None:
            await about.listener.async_before_link(record)
        return await cls.async_generate_authorize_url(self, flow_id)

    async def async_resolve_external_data(self: Any, external_data: Any) -> Any:
        request = cls.async_resolve_external_data(self, external_data)
        return await _async_watched(self, request)

    async def async_refresh_token(self: Any, token: Any) -> Any:
        return await _async_watched(self, cls.async_refresh_token(self, token), token)

    own = (
        async_generate_authorize_url,
        async_resolve_external_data,
        async_refresh_token,
    )
    return dict(zip(_METHODS, own, strict=True))


def _about(implementation: Any) -> _About | None:
    """Return what is known of an implementation, None of a copy of it."""
    about = vars(implementation).get(_WATCHED)
    return about if about is not None and about.of() is implementation else None


async def _async_watched[ResultT](
    implementation: Any, request: Awaitable[ResultT], token: Any = None
) -> ResultT:
    """Return what a token request returns, and tell of it."""
    about = _about(implementation)
    record = about.record() if about is not None else None
    try:
        result = await request
    except ClientResponseError as err:
        if about is not None and record is not None and _is_refusal(err):
            about.listener.refused(record, token, await async_answer_of(err))
        raise
    if about is not None and record is not None:
        about.listener.accepted(record)
    return result


def _is_refusal(err: ClientResponseError) -> bool:
    """Return whether the provider has looked at a request and refused it."""
    return 400 <= err.status < 500 and err.status not in _LATER
