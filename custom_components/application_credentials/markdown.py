"""Text that others have chosen, within Markdown of ours."""

import string
from typing import Final

_LITERAL: Final = str.maketrans({mark: rf"\{mark}" for mark in string.punctuation})


def as_markdown(text: str) -> str:
    """Return Markdown that shows `text` as it is.

    Markdown takes every ASCII punctuation mark literally after a backslash
    (CommonMark, "Backslash escapes").
    """
    return text.translate(_LITERAL)
