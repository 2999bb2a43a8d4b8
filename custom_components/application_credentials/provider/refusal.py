"""What the token endpoint said when it refused what an account had asked of it.

An implementation passes on what aiohttp raises: the status, and not the words, which
alone tell a client that has expired from a link that has ended. Where a provider looks
at the code before it looks at the client, no check can ask for them later. But the
answer is still there, in the frames that the exception has come through, and Home
Assistant has read it.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from traceback import walk_tb
from typing import Final

from aiohttp import ClientError, ClientResponse, ClientResponseError

from .answers import TokenAnswer, read_token_answer

# RFC 8259 section 8.1.
_ENCODING: Final = "utf-8"


async def async_answer_of(err: ClientResponseError) -> TokenAnswer:
    """Return what was said by the answer that `err` is about (RFC 6749 section 5.2).

    Nothing is waited for: an answer that nobody has read says nothing.
    """
    for response in _answers_behind(err):
        with suppress(ClientError, TimeoutError):
            async with asyncio.timeout(0):
                # Its bytes cannot be had any more once it is closed.
                said = await response.text(_ENCODING, "replace")
                return read_token_answer(response.status, said.encode())
    return TokenAnswer()


def _answers_behind(err: ClientResponseError) -> Iterator[ClientResponse]:
    """Yield the answers with the status of `err` that its frames have in hand."""
    cause: BaseException | None = err
    while cause is not None:
        for frame, _line in walk_tb(cause.__traceback__):
            for value in list(frame.f_locals.values()):
                # Not isinstance, which asks objects of others what they are.
                if issubclass(type(value), ClientResponse):
                    response: ClientResponse = value
                    if response.status == err.status:
                        yield response
        cause = cause.__cause__
