"""What is compared of an integration, and what is left out since it is made anew each time."""

import re
import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt

from homeassistant.config_entries import ConfigEntry
from neighbours.internet import Request

_ATTRIBUTES = (
    "domain",
    "service_domain",
    "name",
    "client_id",
    "client_secret",
    "authorize_url",
    "token_url",
    "extra_authorize_data",
    "extra_token_resolve_data",
    "token_auth_method",
)


def implementation_as_seen(implementation: Any) -> dict[str, Any]:
    """Return what everybody can see of an implementation.

    Ours is the original's by another name: a subclass with nothing more to be seen.
    """
    kind = type(implementation)
    if kind.__module__.startswith("custom_components.application_credentials."):
        kind = kind.__mro__[1]
    seen: dict[str, Any] = {"class": f"{kind.__module__}.{kind.__qualname__}"}
    for name in _ATTRIBUTES:
        try:
            seen[name] = getattr(implementation, name, None)
        except Exception as err:  # noqa: BLE001 (it may need a request)
            seen[name] = f"{type(err).__name__}: {err}"
    return seen


def entry_as_seen(entry: ConfigEntry) -> dict[str, Any]:
    """Return what can be seen of an account."""
    return {
        "title": entry.title,
        "unique_id": entry.unique_id,
        "version": [entry.version, entry.minor_version],
        "data": dict(entry.data),
        "options": dict(entry.options),
        "subentries": [each.as_dict() for each in entry.subentries.values()],
        "state": entry.state.value,
        "reason": entry.reason,
        "flows": [entry.supports_options, entry.supports_reconfigure],
    }


def flow_as_seen(step: Any) -> Any:
    """Return what the frontend is told of a step, without what differs each time."""
    hidden = {"flow_id", "result", "context", "handler", "version", "minor_version"}
    seen = {key: value for key, value in step.items() if key not in hidden}
    if url := seen.get("url"):
        parts = urlsplit(url)
        query = dict(parse_qsl(parts.query))
        if "state" in query:
            state = jwt.decode(query["state"], options={"verify_signature": False})
            query["state"] = sorted(state)
            query["state redirect_uri"] = state.get("redirect_uri")
        seen["url"] = {"page": url.partition("?")[0], "query": query}
    return seen


def refusal_as_seen(answer: Any) -> Any:
    """Return a refusal to delete, of whose words ours say more after the original's."""
    if answer.get("success"):
        return answer
    message = answer["error"]["message"]
    begin = re.match(r"Cannot delete credential in use by integration \w+", message)
    return {"code": answer["error"]["code"], "message": begin[0] if begin else message}


def request_as_seen(request: Request) -> dict[str, Any]:
    """Return a request as it arrived, but for the order of its headers."""
    return {
        "method": request.method,
        "url": request.url,
        "headers": sorted([name, value] for name, value in request.headers),
        "body": request.body,
    }


# Numbers and keys that are made anew each time.
_MASKS = (
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b"), "<ulid>"),
    (re.compile(r"\b[0-9a-f]{32}\b|\b[0-9a-f]{64}\b"), "<hex>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<uuid>"),
    (re.compile(r"(?<=-----BEGIN PUBLIC KEY-----)[^-]+"), "<key>"),
    (re.compile(r"(?<=backups_)[0-9a-f]{8}\b"), "<instance>"),
    (re.compile(r"(?<=/home-assistant-)\w{10}\b"), "<random>"),
    (re.compile(r"(?<=code_verifier=)[\w.~-]+"), "<verifier>"),
    (re.compile(r"(?<=[0-9]):[0-9]{5}\b"), ":<port>"),
    (re.compile(r"\b202[0-9]-[01][0-9]-[0-3][0-9]T[0-9:.]+(\+00:00|Z)?"), "<time>"),
)


def masked(value: Any, key: Any = None) -> Any:
    """Return a value with what differs each time replaced."""
    if isinstance(value, dict):
        return {str(name): masked(each, name) for name, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [masked(each) for each in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        now = time.time()
        return "<now>" if abs(value - now) < 100_000 else value
    if key in ("code_challenge", "code_verifier", "nonce") and value:
        return f"<{key}>"
    if isinstance(value, str):
        for pattern, mask in _MASKS:
            value = pattern.sub(mask, value)
        return value
    return value if value is None or isinstance(value, bool) else str(value)
