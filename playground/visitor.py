"""Someone who follows an authorization URL, as a browser does, without a browser."""

import httpx2


class AuthorizationRefused(Exception):
    """The authorization page showed an error."""


def authorize(url: str, *, user: str) -> httpx2.Response:
    """Open an authorization page, agree as a user, and go where the server sends us: to the callback."""
    return _answer(url, {"sub": user})


def deny(url: str) -> httpx2.Response:
    """Open an authorization page, refuse, and go where the server sends us: to the callback."""
    return _answer(url, {"action": "deny"})


def _answer(url: str, form: dict[str, str]) -> httpx2.Response:
    with httpx2.Client(follow_redirects=True, timeout=60) as browser:
        page = browser.get(url)
        if page.is_error:
            raise AuthorizationRefused(page.text)
        return browser.post(url, data=form)
