"""What the authorization endpoint makes of the redirect URI: only what differs tells."""

import base64
from collections.abc import Callable
import re
from typing import Any, override
from urllib.parse import quote, quote_plus

import pytest
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from yarl import URL

from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2Implementation
from tests.common import (
    AUTHORIZE_URL,
    REDIRECT_URI,
    TOKEN_URL,
    Wire,
    add_hook,
    answer_token_requests,
)

from .common import Asked, refusal


async def test_the_authorization_endpoint_is_asked_as_a_browser_asks(
    asked: Asked,
) -> None:
    """With everything that a request needs (RFC 6749 section 4.1.1), and with a control."""
    asked.page(
        lambda url: {"status": 302, "headers": {"Location": f"{REDIRECT_URI}?code=1"}}
    )
    assert await asked.redirect_uri() == "accepted"
    url, _control = asked.of("GET")
    assert url.query["response_type"] == "code"
    assert url.query["client_id"] == "abc"
    assert url.query["redirect_uri"] == REDIRECT_URI
    assert url.query["state"]


async def test_the_authorization_endpoint_is_sent_what_the_integration_sends(
    hass: HomeAssistant, asked: Asked
) -> None:
    """Some providers refuse a request without a scope. The secret is left out."""

    class WithScope(LocalOAuth2Implementation):
        @property
        @override
        def extra_authorize_data(self) -> dict[str, str]:
            return {"scope": "everything", "client_secret": self.client_secret}

    async def own(hass: HomeAssistant, auth_domain: str, _: Any) -> WithScope:
        return WithScope(
            hass,
            auth_domain,
            "abc",
            "the-secret",
            f"{AUTHORIZE_URL}?tenant=1&key=the-secret",
            TOKEN_URL,
        )

    add_hook(hass, async_get_auth_implementation=own)
    asked.page(lambda url: {"status": 302, "headers": {"Location": REDIRECT_URI}})
    await asked.check()
    url, _control = asked.of("GET")
    assert url.query["scope"] == "everything"
    assert url.query["tenant"] == "1"
    assert url.query.keys().isdisjoint({"client_secret", "key"})


async def test_a_secret_that_is_the_client_id_leaves_the_client_id_where_it_belongs(
    asked: Asked, wire: Wire
) -> None:
    """A person may have pasted one into both fields."""
    item = "shop_abc"
    await wire.get("update", application_credentials_id=item, client_secret="abc")
    asked.page(lambda url: {"status": 302, "headers": {"Location": REDIRECT_URI}})
    await asked.check()
    assert [url.query["client_id"] for url in asked.of("GET")] == ["abc", "abc"]


async def test_a_redirect_with_an_error_is_still_one_to_a_known_uri(
    asked: Asked,
) -> None:
    """A provider must not redirect to a URI that it does not know (section 4.1.2.1)."""
    asked.page(
        lambda url: {
            "status": 303,
            "headers": {"Location": f"{REDIRECT_URI}?error=no_scope"},
        }
    )
    assert await asked.redirect_uri() == "accepted"


@pytest.mark.parametrize(
    "page",
    [
        "Error 400: redirect_uri_mismatch",
        (
            f"OAuth Error error=&quot;invalid_grant&quot; Invalid redirect: {REDIRECT_URI}"
            " does not match one of the registered values: [http://home.local:8123]"
        ),
        "INVALID_CLIENT: Invalid redirect URI",
        "invalid_client: The redirect_uri is not registered",
        (
            "<p>The redirect URI 'https://example.com/auth' specified in the request does not match"
            " the redirect URIs configured for the application.</p>"
        ),
        "The provided value for the input parameter 'redirect_uri' is not valid.",
        '{"error": "invalid_request", "error_description": "Unknown redirect uri"}',
        "Mismatching redirect URI.",
        "redirection URL isn't allowed",
        "Unregistered redirect_uri",
    ],
)
async def test_a_page_that_says_the_uri_is_wrong_is_a_refusal(
    asked: Asked, page: str
) -> None:
    """In the words of one provider or another."""
    asked.page(lambda url: {"status": 400, "text": page})
    assert await asked.redirect_uri() == "rejected"
    assert len(asked.of("GET")) == 1


@pytest.mark.parametrize(
    "page",
    [
        "Unknown client",
        "invalid_request. Here is your redirect_uri.",
        f"<a href='/login?error=invalid&redirect_uri={quote(REDIRECT_URI)}'>Log in</a>",
        "<b>Invalid</b> <i>redirect_uri</i>",
        "This client is disabled.",
    ],
)
async def test_a_page_that_says_something_else_is_none(asked: Asked, page: str) -> None:
    """It says the same of a URI that nobody can have registered."""
    asked.page(lambda url: {"status": 400, "text": page})
    assert await asked.redirect_uri() == "unknown"
    ours, control = asked.of("GET")
    assert ours.query["redirect_uri"] == REDIRECT_URI
    assert URL(control.query["redirect_uri"]).host == "nobody.example"


@pytest.mark.parametrize("status", [200, 302, 429, 500, 503])
async def test_only_a_refusal_says_that_the_uri_is_wrong(
    asked: Asked, status: int
) -> None:
    """A page that is shown to everyone may say anything."""
    asked.page(lambda url: {"status": status, "text": "Invalid redirect_uri"})
    assert await asked.redirect_uri() == "unknown"


async def test_a_provider_that_refuses_another_uri_knows_ours(asked: Asked) -> None:
    """It shows a page to log in for ours, which says nothing by itself."""

    def answer(url: URL) -> dict[str, Any]:
        if url.query["redirect_uri"] == REDIRECT_URI:
            return {"status": 200, "text": "Log in"}
        return {"status": 400, "text": "Invalid redirect_uri"}

    asked.page(answer)
    assert await asked.redirect_uri() == "accepted"


@pytest.mark.parametrize("status", [401, 403, 404, 405])
async def test_who_is_let_in_nowhere_has_no_redirect_uri_that_is_known(
    asked: Asked, status: int
) -> None:
    """A firewall may refuse an address of the local network, and let the control through."""

    def answer(url: URL) -> dict[str, Any]:
        if url.query["redirect_uri"] == REDIRECT_URI:
            return {"status": status, "text": "Access denied"}
        return {"status": 400, "text": "Invalid redirect_uri"}

    asked.page(answer)
    assert await asked.redirect_uri() == "unknown"


async def test_a_provider_that_goes_to_ours_and_shuts_others_out_knows_ours(
    asked: Asked,
) -> None:
    """It must not go to one that it does not know."""

    def answer(url: URL) -> dict[str, Any]:
        if url.query["redirect_uri"] == REDIRECT_URI:
            return sent_elsewhere(REDIRECT_URI)
        return {"status": 403, "text": "Access denied"}

    asked.page(answer)
    assert await asked.redirect_uri() == "accepted"


async def test_a_provider_that_redirects_anywhere_knows_nothing(asked: Asked) -> None:
    """It would take every URI."""

    def answer(url: URL) -> dict[str, Any]:
        if url.query["redirect_uri"] == REDIRECT_URI:
            return {"status": 200, "text": "Log in"}
        return {"status": 302, "headers": {"Location": url.query["redirect_uri"]}}

    asked.page(answer)
    assert await asked.redirect_uri() == "unknown"


async def test_the_way_to_the_login_page_is_followed(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """Relative addresses and other hosts on the way included."""
    asked.page(lambda url: {"status": 302, "headers": {"Location": "/step2"}})
    provider.get(
        "https://provider.test/step2",
        status=302,
        headers={"Location": "https://login.test/error"},
    )
    provider.get("https://login.test/error", status=400, text="Invalid redirect_uri")
    assert await asked.redirect_uri() == "rejected"


async def test_a_loop_of_redirects_is_left(asked: Asked) -> None:
    """After a few of them."""
    asked.page(lambda url: {"status": 302, "headers": {"Location": str(url)}})
    assert await asked.redirect_uri() == "unknown"
    assert len(asked.of("GET")) == 12


@pytest.mark.parametrize(
    "location",
    [
        "http://other.test/",
        "http://provider.test/authorize2",
        "file:///etc/passwd",
        "app://open",
        "https://[",
        "//",
    ],
)
async def test_only_the_web_is_followed(asked: Asked, location: str) -> None:
    """And to no place that others could read along."""
    asked.page(lambda url: {"status": 302, "headers": {"Location": location}})
    assert await asked.redirect_uri() == "unknown"
    assert {url.with_query(None) for url in asked.of("GET")} == {URL(AUTHORIZE_URL)}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "192.168.1.1",
        "10.0.0.1:8443",
        "169.254.1.1",
        "[::1]",
        "[fe80::1]",
        "[::ffff:192.168.1.1]",
        "localhost",
        "router.local",
        "app.localhost",
        "nas",
        "Router.LOCAL.",
        "2130706433",
    ],
)
async def test_no_provider_leads_a_check_into_the_house(
    asked: Asked, host: str
) -> None:
    """Not with encryption either."""
    asked.page(
        lambda url: {"status": 302, "headers": {"Location": f"https://{host}/admin"}}
    )
    assert await asked.redirect_uri() == "unknown"
    assert {url.host for url in asked.of("GET")} == {"provider.test"}


HYDRA = (
    "https://provider.test/fallbacks/error?error=invalid_request"
    "&error_description=The+request+is+missing+a+required+parameter"
    "&error_hint=The+%22redirect_uri%22+parameter+does+not+match+any+of+the+OAuth+2.0"
    "+Client%27s+pre-registered+redirect+urls."
)


@pytest.mark.parametrize(
    ("location", "verdict"),
    [
        (HYDRA, "rejected"),
        (HYDRA.replace("error_hint", "hint"), "unknown"),
        (HYDRA.replace("error=", "kind="), "unknown"),
        ("/error?error=invalid_scope&error_hint=Unknown+scope", "unknown"),
        (f"{REDIRECT_URI}?error=x&error_description=Bad+redirect_uri", "accepted"),
    ],
    ids=["hydra", "no hint", "no error", "another error", "sent there"],
)
async def test_an_error_page_may_say_it_in_its_address(
    asked: Asked, provider: AiohttpClientMocker, location: str, verdict: str
) -> None:
    """As Ory's Hydra does; not where it is the redirect URI itself that people get to."""
    provider.get("https://provider.test/fallbacks/error", text="Error")
    provider.get("https://provider.test/error", text="Error")
    asked.page(
        lambda url: {
            "status": 302,
            "headers": {
                "Location": location
                if url.query["redirect_uri"] == REDIRECT_URI
                else "/error"
            },
        }
    )
    assert await asked.redirect_uri() == verdict


async def test_a_provider_at_home_is_followed_without_encryption(
    hass: HomeAssistant, asked: Asked, provider: AiohttpClientMocker
) -> None:
    """Where its authorization endpoint is without it, too."""

    async def at_home(hass: HomeAssistant) -> Any:
        return LocalOAuth2Implementation(
            hass, "", "", "", "http://home.test/authorize", TOKEN_URL
        )

    add_hook(hass, async_get_authorization_server=at_home)
    provider.get(
        "http://home.test/authorize", status=302, headers={"Location": "/refused"}
    )
    provider.get("http://home.test/refused", status=400, text="Invalid redirect_uri")
    assert await asked.redirect_uri() == "rejected"


async def test_without_an_authorization_endpoint_the_uri_is_unknown(
    hass: HomeAssistant, asked: Asked, provider: AiohttpClientMocker
) -> None:
    """There is nobody to ask; the client is checked all the same."""

    async def without_page(hass: HomeAssistant) -> Any:
        return LocalOAuth2Implementation(hass, "", "", "", "", TOKEN_URL)

    add_hook(hass, async_get_authorization_server=without_page)
    answer_token_requests(provider, "invalid_grant")
    answer = await asked.check()
    assert (answer["client"], answer["redirect_uri"]) == ("accepted", "unknown")
    assert asked.of("GET") == []


def sent_elsewhere(location: str) -> dict[str, Any]:
    """Return an answer that sends people elsewhere."""
    return {"status": 302, "headers": {"Location": location}}


@pytest.mark.parametrize("error", ["redirect_uri_mismatch", "redirect_mismatch"])
@pytest.mark.parametrize("separator", ["?", "#", "?state=1&", "?state=1#a=b&"])
async def test_an_error_counts_before_where_it_is_said(
    asked: Asked, error: str, separator: str
) -> None:
    """Azure and Twitch send people to a URI that they know, with the error."""
    asked.page(lambda url: sent_elsewhere(f"{REDIRECT_URI}{separator}error={error}"))
    assert await asked.redirect_uri() == "rejected"


@pytest.mark.parametrize(
    "location",
    [
        f"{REDIRECT_URI}/",
        f"{REDIRECT_URI}/?error=invalid_scope",
        f"{REDIRECT_URI}2",
        REDIRECT_URI.replace("https", "http"),
        "https://example.com/?next=" + quote(REDIRECT_URI, ""),
    ],
)
async def test_uris_are_compared_as_a_whole(asked: Asked, location: str) -> None:
    """A slash at the end is a difference; and nothing at the home itself is opened."""
    asked.page(lambda url: sent_elsewhere(location))
    assert await asked.redirect_uri() == "unknown"
    assert {url.host for url in asked.of("GET")} == {"provider.test"}


def encoded(error: str, more: str = "more", *, padding: bool = True) -> str:
    """Return an error as Google writes it: the first two fields of a message."""
    message = b"\n" + bytes([len(error)]) + error.encode()
    message += b"\x12" + bytes([len(more)]) + more.encode()
    text = base64.b64encode(message).decode()
    return text if padding else text.rstrip("=")


@pytest.mark.parametrize(
    ("auth_error", "verdict"),
    [
        (encoded("redirect_uri_mismatch"), "rejected"),
        (encoded("redirect_uri_mismatch", padding=False), "rejected"),
        (encoded("invalid_client"), "unknown"),
        (encoded("invalid_request: redirect_uri_mismatch"), "unknown"),
        ("redirect_uri_mismatch", "unknown"),
        ("", "unknown"),
    ],
)
async def test_googles_error_begins_with_what_is_wrong(
    asked: Asked, provider: AiohttpClientMocker, auth_error: str, verdict: str
) -> None:
    """It is encoded; the page behind it says nothing in what is read of it."""
    page = URL("https://provider.test/error").with_query(authError=auth_error)
    asked.page(lambda url: sent_elsewhere(str(page)))
    provider.get(page, text="Access blocked")
    assert await asked.redirect_uri() == verdict


@pytest.mark.parametrize(
    ("auth_error", "verdict"),
    [
        (
            encoded(
                "invalid_request",
                "device_id and device_name are required for private IP: http://192.168.1.8",
            ),
            "rejected",
        ),
        (
            encoded(
                "invalid_request",
                "https://developers.google.com/identity/protocols/oauth2/policies"
                "#secure-response-handling",
                padding=False,
            ),
            "rejected",
        ),
        (
            encoded("invalid_request", "Required parameter is missing: scope"),
            "accepted",
        ),
        ("é", "accepted"),
    ],
    ids=["private IP", "policy", "no scope", "nonsense"],
)
async def test_google_may_refuse_an_address_before_it_looks_for_it(
    asked: Asked, provider: AiohttpClientMocker, auth_error: str, verdict: str
) -> None:
    """Where it refuses the control as one that it does not know."""
    mismatch = encoded("redirect_uri_mismatch")

    def answer(url: URL) -> dict[str, Any]:
        is_ours = url.query["redirect_uri"] == REDIRECT_URI
        error = auth_error if is_ours else mismatch
        return sent_elsewhere(f"/error?authError={quote_plus(error)}")

    asked.page(answer)
    provider.get(re.compile("^https://provider.test/error"), text="Access blocked")
    assert await asked.redirect_uri() == verdict


@pytest.mark.parametrize(
    "escape", [str, quote_plus, lambda uri: uri.replace("/", "\\/")]
)
async def test_a_page_that_repeats_the_uri_says_nothing_by_that(
    asked: Asked, escape: Callable[[str], str]
) -> None:
    """The control has no word in it that is looked for."""

    def answer(url: URL) -> dict[str, Any]:
        if url.query["redirect_uri"] == REDIRECT_URI:
            return {"status": 200, "text": "Sign in"}
        written = escape(url.query["redirect_uri"])
        return {"status": 400, "text": f"The redirect_uri {written} was asked for"}

    asked.page(answer)
    assert await asked.redirect_uri() == "unknown"


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_provider_that_is_busy_with_ours_says_nothing_by_the_control(
    asked: Asked, status: int
) -> None:
    """What differs has to be an answer."""

    def answer(url: URL) -> dict[str, Any]:
        if url.query["redirect_uri"] == REDIRECT_URI:
            return {"status": status}
        return {"status": 400, "text": "Invalid redirect_uri"}

    asked.page(answer)
    assert await asked.redirect_uri() == "unknown"


async def test_a_provider_that_goes_anywhere_knows_no_uri(asked: Asked) -> None:
    """Not even where it goes to ours."""
    asked.page(lambda url: sent_elsewhere(f"{url.query['redirect_uri']}?error=denied"))
    assert await asked.redirect_uri() == "unknown"


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        ("invalid_grant", "rejected"),
        ("invalid_request", "unknown"),
        ("invalid_client", "unknown"),
    ],
)
async def test_client_or_redirect_uri_is_the_uri_where_the_client_is_accepted(
    asked: Asked, provider: AiohttpClientMocker, error: str, verdict: str
) -> None:
    """Home Connect does not say which."""
    answer_token_requests(provider, error)
    asked.page(
        lambda url: {
            "status": 400,
            "json": {"error_description": "client or redirection URI not authorized"},
        }
    )
    assert await asked.redirect_uri() == verdict


async def test_nothing_is_said_of_the_uri_of_a_rejected_client(
    asked: Asked, provider: AiohttpClientMocker
) -> None:
    """Whatever the page says."""
    provider.post(TOKEN_URL, **refusal("invalid_client"))
    asked.page(lambda url: {"status": 400, "text": "Invalid redirect_uri"})
    assert await asked.redirect_uri() == "unknown"
