"""The provider of an integration: it gives out tokens, and answers everything else somehow."""

from base64 import b64decode
from collections.abc import Mapping
import re
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import jwt

from neighbours.answers import ANSWERS, ANYTHING, CLAIMS, TOKENS
from neighbours.internet import Request, Response

CLIENT_ID = "neighbour-client"
CLIENT_SECRET = "neighbour-secret"

_CODE = "neighbour-code-"
_REFRESH = "neighbour-refresh-"
# A client that asks for itself, or with the password of a person.
_WITHOUT_CODE = re.compile("client_credentials|password=|=password")
_SECRET = re.compile(r"client_?secret\W+([^&\"\s]+)", re.IGNORECASE)
_GIVEN = re.compile(f"{_CODE}[0-9]+|{_REFRESH}[0-9]+")


class Provider:
    """What it has given out, and how it answers the integration of a domain."""

    def __init__(self, domain: str) -> None:
        """Initialize without an account."""
        self.refuses_refreshes = False
        self._domain = domain
        self._codes = 0
        self._tokens = 0
        self._scope = ""
        # Of the clients that it knows; an integration may bring its own.
        self._secrets = {CLIENT_SECRET}

    def new_code(self, authorize_url: str) -> str:
        """Return a code, as the page of the provider sends it back."""
        query = dict(parse_qsl(urlsplit(authorize_url).query))
        self._scope = query.get("scope", "")
        self._codes += 1
        return f"{_CODE}{self._codes}"

    def answer(self, request: Request) -> Response:
        """Answer a request."""
        secrets = _secrets(request)
        if given := _GIVEN.findall(unquote(request.url + request.body)):
            if self.refuses_refreshes and given[0].startswith(_REFRESH):
                return Response({"error": "invalid_grant"}, 400)
            self._secrets |= secrets
            return Response(self._token())
        if is_for_token(request):
            known = secrets <= self._secrets
            if known and _WITHOUT_CODE.search(request.body):
                return Response(self._token())
            error = "invalid_grant" if known else "invalid_client"
            return Response({"error": error}, 400 if known else 401)
        # It links no accounts of those who drive here.
        if "account-link.nabucasa.com" in request.url:
            return Response([])
        for pattern, answer in ANSWERS.get(self._domain, {}).items():
            if re.search(pattern, request.url):
                found = answer(request) if callable(answer) else answer
                return found if isinstance(found, Response) else Response(found)
        return Response(ANYTHING)

    def _token(self) -> Any:
        """Return a new token, in the shape of this provider."""
        self._tokens += 1
        claims = ANYTHING | {"iat": 1_700_000_000, "exp": 4_000_000_000}
        claims |= {"scope": self._scope, "scp": self._scope.split()}
        claims |= CLAIMS.get(self._domain, {})
        number = {"jti": f"{self._tokens}"}
        token = ANYTHING | {
            "access_token": jwt.encode(claims | number, _KEY, algorithm="HS256"),
            "refresh_token": f"{_REFRESH}{self._tokens}",
            "id_token": jwt.encode(claims, _KEY, algorithm="HS256"),
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": self._scope,
        }
        special = TOKENS.get(self._domain, {})
        return {**token, **special} if isinstance(special, Mapping) else special(token)


_KEY = "a key of the played provider, long enough for this"


def is_for_token(request: Request) -> bool:
    """Return whether a request asks for a token."""
    sent = request.body + urlsplit(request.url).query
    if "grant_type" in sent or "&password=" in sent:
        return True
    return bool(_GIVEN.search(unquote(request.url + sent)))


def is_check(request: Request) -> bool:
    """Return whether this is a question of ours to the provider, and none of an account.

    It has a code that nobody was given, or asks for the page of the provider.
    """
    fields: Mapping[str, str] = dict(parse_qsl(request.body))
    if fields.get("grant_type") == "authorization_code":
        return not fields.get("code", "").startswith(_CODE)
    return request.method == "GET" and "response_type=" in request.url


def _secrets(request: Request) -> set[str]:
    """Return the client secrets in a request: in a form, in JSON, by HTTP Basic."""
    found = set(_SECRET.findall(unquote(request.body)))
    for name, value in request.headers:
        if name.lower() == "authorization" and value.startswith("Basic "):
            found.add(
                b64decode(value.removeprefix("Basic ")).decode().partition(":")[2]
            )
    return found
