"""A browser with a page where the owner is signed in; what it saw and said is kept."""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
import json
import os
import shutil
import time
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    WebError,
    expect,
    sync_playwright,
)
import pytest

from playground import REPOSITORY
from playground.home_assistant import HomeAssistant
from playground.websocket_client import WebSocketClient
from tests.e2e.browser.camera import WIDE, Camera, hide_debug_logging
from tests.e2e.results import folder_of

# Two cores, and a frontend that loads what it shows in many pieces.
TIMEOUT_MILLISECONDS = 15_000
expect.set_options(timeout=TIMEOUT_MILLISECONDS)

# A style sheet from elsewhere would only be waited for. To answer for it in each test would cost the pages their cache.
ONLY_THIS_MACHINE = (
    "--host-resolver-rules=MAP * ~NOTFOUND, "
    "EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost"
)

TRANSLATIONS = REPOSITORY / "custom_components/application_credentials/translations"

type Speak = Callable[[str], dict[str, Any]]

FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A real browser."""
    # Chrome first: Ubuntu, which GitHub's runners are, lets it have its sandbox, and Chromium not.
    chromium = shutil.which("google-chrome") or shutil.which("chromium")
    if chromium is None:
        reason = (
            "there is no Chromium on this machine (Debian: apt-get install chromium)"
        )
        if "E2E_NEED_BROWSER" in os.environ:
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        # Chromium refuses its sandbox to root, which continuous integration often is.
        browser = playwright.chromium.launch(
            executable_path=chromium,
            chromium_sandbox=os.geteuid() != 0,
            args=[
                ONLY_THIS_MACHINE,
                # There is none to draw with, and to pretend that there is one takes a core.
                "--disable-gpu",
                # Of one context: what a page has compiled of the frontend, the next one has.
                "--process-per-site",
            ],
        )
        yield browser
        browser.close()


@contextmanager
def new_page(browser: Browser, base_url: str) -> Iterator[Page]:
    """Open a page of a browser that knows nobody yet, and reaches this machine only."""
    with new_context(browser, base_url) as context:
        yield context.new_page()


def new_context(browser: Browser, base_url: str) -> BrowserContext:
    """Return a browser's context that knows nothing yet."""
    context = browser.new_context(
        base_url=base_url,
        locale="en",
        viewport=WIDE,
        reduced_motion="reduce",
        service_workers="block",
    )
    context.set_default_timeout(TIMEOUT_MILLISECONDS)
    return context


def be_owner(page: Page, home_assistant: HomeAssistant) -> None:
    """Have the frontend find the owner signed in."""
    signed_in = home_assistant.tokens | {
        "hassUrl": home_assistant.url,
        "clientId": f"{home_assistant.url}/",
        "expires": (time.time() + home_assistant.tokens["expires_in"]) * 1000,
    }
    page.add_init_script(
        f"if (location.origin === {json.dumps(home_assistant.url)})"
        f" localStorage.hassTokens = {json.dumps(json.dumps(signed_in))}"
    )


@pytest.fixture
def stranger(
    browser: Browser, home_assistant: HomeAssistant, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page where nobody is signed in to `home_assistant`."""
    with new_page(browser, home_assistant.url) as page, kept(page, request.node):
        yield page


@pytest.fixture(scope="session")
def contexts(browser: Browser) -> Iterator[dict[str, BrowserContext]]:
    """The contexts of the owners' pages, by the URL of their Home Assistant."""
    contexts: dict[str, BrowserContext] = {}
    yield contexts
    for context in contexts.values():
        context.close()


@pytest.fixture
def page(
    browser: Browser,
    contexts: dict[str, BrowserContext],
    home_assistant: HomeAssistant,
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """A page where the owner is signed in to `home_assistant`; it remembers no earlier one but the frontend."""
    hide_debug_logging(home_assistant)
    url = home_assistant.url
    if url not in contexts:
        contexts[url] = new_context(browser, url)
        # It stays open, since the frontend goes with the last page.
        contexts[url].new_page().goto("/manifest.json")
    context = contexts[url]
    stays = context.pages[0]
    stays.evaluate("localStorage.clear()")
    context.clear_cookies()
    page = context.new_page()
    be_owner(page, home_assistant)
    with kept(page, request.node):
        yield page
    for each in context.pages[1:]:
        each.close()


@pytest.fixture
def camera(page: Page, request: pytest.FixtureRequest) -> Camera:
    """Takes pictures of `page`."""
    return Camera(page, folder_of(request.node))


@pytest.fixture
def speak(websocket: WebSocketClient) -> Iterator[Speak]:
    """Have the owner's profile speak a language; return our texts in it."""

    def choose(language: str) -> None:
        websocket.command(
            "frontend/set_user_data", key="language", value={"language": language}
        )

    def speak(language: str) -> dict[str, Any]:
        choose(language)
        texts: dict[str, Any] = json.loads(
            (TRANSLATIONS / f"{language}.json").read_text()
        )
        return texts

    yield speak
    choose("en")


@contextmanager
def kept(page: Page, item: pytest.Item) -> Iterator[None]:
    """Keep how the pages of a test looked in the end and, where it failed, the console."""
    folder = folder_of(item)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        said.append(f"{message.type}: {message.text}")

    def hear_error(error: WebError) -> None:
        said.append(f"uncaught: {error.error}")

    context = page.context
    first = context.pages.index(page)
    context.on("console", hear)
    context.on("weberror", hear_error)
    yield
    context.remove_listener("console", hear)
    context.remove_listener("weberror", hear_error)
    failed = item.stash.get(FAILED, False)
    for number, each in enumerate(context.pages[first:]):
        name = "failure" if failed else "end"
        each.screenshot(path=folder / f"{name}{number or ''}.png")
    if failed:
        (folder / "console.log").write_text("\n".join(said))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember that a test failed, for what its fixtures keep when they end."""
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report
