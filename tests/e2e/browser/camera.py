"""Screenshots: of every test for developers, and some of them for the user guide."""

import os
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, ViewportSize

from playground import REPOSITORY
from playground.home_assistant import HomeAssistant

WIDE: Final[ViewportSize] = {"width": 1200, "height": 900}
NARROW: Final[ViewportSize] = {"width": 400, "height": 860}

FOR_GUIDE = os.environ.get("GUIDE_SCREENSHOTS") == "1"
IMAGES = REPOSITORY / "docs" / "images"

# What moves in Home Assistant's dialogs has come to rest by then.
SETTLE_MILLISECONDS = 700


class Camera:
    """Takes pictures of a page for one test."""

    def __init__(self, page: Page, folder: Path) -> None:
        """Keep the pictures in the folder of the test."""
        self._page = page
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, name: str) -> None:
        """Keep a picture for developers."""
        self._page.screenshot(path=self._folder / f"{name}.png")

    def guide(self, name: str) -> None:
        """Keep a picture that the user guide shows."""
        if FOR_GUIDE:
            self._page.wait_for_timeout(SETTLE_MILLISECONDS)
            IMAGES.mkdir(parents=True, exist_ok=True)
            self._page.screenshot(path=IMAGES / f"{name}.png")
        self.keep(name)

    def guide_narrow(self, name: str) -> None:
        """Keep a picture of the page as it looks on a phone."""
        self._page.set_viewport_size(NARROW)
        self._page.wait_for_timeout(SETTLE_MILLISECONDS)
        self.guide(name)
        self._page.set_viewport_size(WIDE)


def hide_debug_logging(home_assistant: HomeAssistant) -> None:
    """For the user guide, log as little as for users: the frontend shows a badge for more."""
    if not FOR_GUIDE:
        return
    with home_assistant.websocket() as websocket:
        websocket.command(
            "logger/integration_log_level",
            integration="application_credentials",
            level="WARNING",
            persistence="none",
        )
