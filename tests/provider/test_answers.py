"""What an answer is about is told by its shape, in a time that grows with its length alone."""

import json
import time
from typing import Any

import pytest

from custom_components.application_credentials.models import Cause
from custom_components.application_credentials.provider.answers import (
    MAX_READ,
    cause_of,
    read_page,
    read_token_answer,
)
from custom_components.application_credentials.provider.tables import About

HOME = "https://my.home-assistant.io/redirect/oauth"


def about(status: int, answer: Any) -> About | None:
    """Return what an answer in JSON is about."""
    return read_token_answer(status, json.dumps(answer).encode()).about


@pytest.mark.parametrize(
    ("status", "answer", "error", "description", "expected"),
    [
        (
            400,
            {"error": "invalid_client: Invalid client_id or client_secret"},
            "invalid_client",
            "Invalid client_id or client_secret",
            About.CLIENT,
        ),
        (
            400,
            {"error": "invalid_client:", "error_description": "No"},
            "invalid_client",
            "No",
            About.CLIENT,
        ),
        (400, {"error": "Sorry: no"}, "Sorry: no", None, None),
        (
            401,
            {"errors": [{"errorType": "invalid_client", "message": "No"}]},
            "invalid_client",
            "No",
            About.CLIENT,
        ),
        (
            400,
            {"ErrorCode": "invalid_request", "Error": "Invalid Authorization Code"},
            "invalid_request",
            "Invalid Authorization Code",
            About.GRANT,
        ),
        (
            403,
            {"status": 403, "message": "invalid client secret"},
            "invalid client secret",
            None,
            About.CLIENT,
        ),
        (
            400,
            {
                "error": "unauthorized_client",
                "error_description": "the authenticated client is not authorized to use this authorization grant type",
            },
            "unauthorized_client",
            "the authenticated client is not authorized to use this authorization grant type",
            None,
        ),
        (
            400,
            {
                "error": "unauthorized_client",
                "error_description": "grant_type is invalid",
            },
            "unauthorized_client",
            "grant_type is invalid",
            None,
        ),
        (
            401,
            {"error": "access_denied", "error_description": "Unauthorized"},
            "access_denied",
            "Unauthorized",
            About.CLIENT,
        ),
        (
            401,
            {"code": "unauthorized.bad_authorization_code.used", "message": "Used"},
            "unauthorized.bad_authorization_code",
            "Used",
            About.GRANT,
        ),
    ],
)
def test_an_answer_of_a_known_shape_is_understood(
    status: int,
    answer: dict[str, Any],
    error: str,
    description: str | None,
    expected: About | None,
) -> None:
    """With its words."""
    read = read_token_answer(status, json.dumps(answer).encode())
    assert (read.error, read.description, read.about) == (error, description, expected)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        # The same with another status.
        (403, {"error": "access_denied"}),
        (200, {"error": "invalid_client"}),
        (400, {"status": 403, "message": "invalid client secret"}),
        (429, {"error": "invalid_client"}),
        (500, {"error": "invalid_client"}),
        (302, {"error": "invalid_client"}),
        # Another shape.
        (200, {"status": 0, "error": "invalid client"}),
        (200, {"status": True, "error": "invalid client"}),
        (200, {"status": "401", "error": "invalid client"}),
        (200, {"status": 503}),
        (401, {"errors": []}),
        (401, {"errors": ["invalid_client"]}),
        (401, {"errors": [{"errorType": 1}]}),
        (401, {"errors": {"errorType": "invalid_client"}}),
        (400, {"ErrorCode": ["invalid_client"]}),
        (400, {"code": "unauthorized.bad_client"}),
        (400, {"code": 1, "message": "invalid client"}),
        (400, {"status": 400, "message": ""}),
        # Words that mean something else.
        (400, {"status": 400, "message": "invalid client version, update the app"}),
        (400, {"error": "server_error", "error_description": "invalid client"}),
        (400, {"error": "INVALID_CLIENT"}),
        (400, {"error": "invalid_client_metadata"}),
    ],
)
def test_what_is_not_quite_so_is_about_nothing(
    status: int, answer: dict[str, Any]
) -> None:
    """A verdict needs a clear word."""
    assert about(status, answer) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"error=invalid_client&error_description=No", About.CLIENT),
        (b"state=1&error=invalid_client", About.CLIENT),
        (b"<p>error=invalid_client</p>", None),
        (b"Some words, and error=invalid_client", None),
        (b'{"error": "invalid_client", "n": ' + b"9" * 5000 + b"}", None),
    ],
)
def test_a_form_encoded_answer_is_understood(
    body: bytes, expected: About | None
) -> None:
    """As a whole, and where it is one."""
    assert read_token_answer(400, body).about is expected


@pytest.mark.parametrize(
    "part",
    [
        "not_",
        "redirect_uri ",
        "unknown ",
        "not_redirect_uri=",
        "<p>not_",
        "redirect ",
        "does not ",
        "client or ",
        "\\/",
        "&#x27;",
    ],
)
def test_a_page_takes_time_by_its_length_alone(part: str) -> None:
    """Not more for what is repeated or nested in it."""
    page = (part * MAX_READ)[:MAX_READ].encode()
    took = []
    for _ in range(3):
        start = time.process_time()
        read_page(400, page)
        read_token_answer(400, page)
        took.append(time.process_time() - start)
    assert min(took) < 0.05


@pytest.mark.parametrize(
    ("status", "page", "expected"),
    [
        (400, "Invalid redirect_uri", About.REDIRECT_URI),
        (400, "client or redirection URI not authorized", About.CLIENT_OR_REDIRECT_URI),
        (400, "Invalid client_id or redirect_uri", About.CLIENT_OR_REDIRECT_URI),
        (400, "Wrong client ID and/or redirect URI", About.CLIENT_OR_REDIRECT_URI),
        (400, "Unknown redirect_uri or client_id", About.CLIENT_OR_REDIRECT_URI),
        (400, "The client's redirect URI is invalid or missing", About.REDIRECT_URI),
        (400, f"Invalid request. Go back to {HOME}", None),
        (400, f"The redirect_uri {HOME} is not registered.", About.REDIRECT_URI),
        (400, "Unknown client. Your redirect_uri is fine", None),
        (400, "wrong = redirect_uri", None),
        (400, "invalid" + " " * 301 + "redirect_uri", None),
        (400, '{"error":"invalid_request","redirect_uri":"https://a.b/c"}', None),
        (400, "<a href='/login?error=invalid&redirect_uri=a'>Log in</a>", None),
        (200, "Invalid redirect_uri", None),
        (200, "Error 400: redirect_uri_mismatch", About.REDIRECT_URI),
    ],
)
def test_a_page_is_read_sentence_by_sentence(
    status: int, page: str, expected: About | None
) -> None:
    """One has what is wrong, and the redirect URI."""
    assert read_page(status, page.encode()) is expected


@pytest.mark.parametrize(
    ("error", "description", "cause"),
    [
        (
            "invalid_client",
            "AADSTS7000222: The provided client secret keys for app 'x' are expired.",
            Cause.EXPIRED,
        ),
        (
            "invalid_client",
            "AADSTS7000215: Invalid client secret provided. Ensure the secret is",
            Cause.ID_TAKEN,
        ),
        ("unauthorized_client", "AADSTS7000112: Application is disabled", "disabled"),
        ("disabled_client", "The OAuth client was disabled.", Cause.DISABLED),
        ("deleted_client", "The OAuth client was deleted.", Cause.DELETED),
        ("deleted_client", None, Cause.DELETED),
    ],
)
def test_a_code_of_the_provider_names_the_cause(
    error: str, description: str | None, cause: Cause
) -> None:
    """In the error, or at the beginning of its description."""
    assert cause_of(error, description) is Cause(cause)


@pytest.mark.parametrize(
    ("error", "description"),
    [
        ("invalid_client", None),
        ("invalid_client", ""),
        ("invalid_client", ": AADSTS7000222"),
        ("invalid_client", "AADSTS70002221: Something else"),
        ("invalid_client", "Not AADSTS7000222"),
        ("invalid_client", "deleted"),
        (None, None),
    ],
)
def test_other_words_name_none(error: str | None, description: str | None) -> None:
    """Nothing is guessed."""
    assert cause_of(error, description) is None


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "bad_verification_code"},
        {"error": "invalid_client"},
        {"ok": False, "error": "invalid_code"},
        {"errcode": 10001},
        {"status": 401, "error": "Invalid Params: invalid client id/secret"},
        ["invalid_grant"],
    ],
)
def test_an_error_in_a_success_says_nothing(answer: Any) -> None:
    """As GitHub, Slack, TTLock and Withings write them."""
    said = read_token_answer(200, json.dumps(answer).encode())
    assert (said.about, said.says_nothing) == (None, True)
