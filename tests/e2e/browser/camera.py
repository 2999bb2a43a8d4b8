"""Screenshots: of every test for developers, and some of them for the user guide."""

import os
from pathlib import Path
from typing import Final

from playwright.sync_api import FloatRect, Page, ViewportSize

from playground import REPOSITORY
from playground.home_assistant import HomeAssistant

WIDE: Final[ViewportSize] = {"width": 1200, "height": 900}
NARROW: Final[ViewportSize] = {"width": 400, "height": 860}

FOR_GUIDE = os.environ.get("GUIDE_SCREENSHOTS") == "1"
IMAGES = REPOSITORY / "docs" / "images"

# A dialog that fits into a window this high is not cut off.
HIGH: Final[ViewportSize] = {"width": 1200, "height": 1700}
# What is left to see around a dialog.
MARGIN = 40

# Nobody else's provider is on this machine. Texts lie within shadow roots.
SHOW_PROVIDER_ELSEWHERE = """
(root => {
  const visit = node => {
    if (node.nodeType === Node.TEXT_NODE)
      node.data = node.data.replaceAll("127.0.0.1", "shop.example");
    if (node.shadowRoot) visit(node.shadowRoot);
    node.childNodes.forEach(visit);
  };
  visit(root);
})(document.body)
"""

# What moves in Home Assistant's dialogs has come to rest by then.
SETTLE_MILLISECONDS = 700


class Camera:
    """Takes pictures of a page for one test."""

    def __init__(self, page: Page, folder: Path) -> None:
        """Keep the pictures in the folder of the test."""
        self._page = page
        self._folder = folder
        self._area: FloatRect | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, name: str) -> None:
        """Keep a picture for developers."""
        self._page.screenshot(path=self._folder / f"{name}.png")

    def guide(self, name: str, *, height: int | None = None) -> None:
        """Keep a picture that the user guide shows; `height` where less than all has something to show."""
        if height is not None:
            self._area = FloatRect(x=0, y=0, width=WIDE["width"], height=height)
        if FOR_GUIDE:
            self._page.wait_for_timeout(SETTLE_MILLISECONDS)
            IMAGES.mkdir(parents=True, exist_ok=True)
            self._page.evaluate(SHOW_PROVIDER_ELSEWHERE)
            self._page.screenshot(path=IMAGES / f"{name}.png", clip=self._area)
        self._area = None
        self.keep(name)

    def guide_dialog(self, name: str) -> None:
        """Keep a picture of the open dialog, all of it, for the user guide."""
        self._page.set_viewport_size(HIGH)
        self._page.wait_for_timeout(SETTLE_MILLISECONDS)
        box = self._page.get_by_role("dialog").last.bounding_box()
        assert box is not None
        # Rounded corners and their shadow, on what is behind.
        self._area = FloatRect(
            x=box["x"] - MARGIN,
            y=max(box["y"] - MARGIN, 0),
            width=box["width"] + 2 * MARGIN,
            height=box["height"] + 2 * MARGIN,
        )
        self.guide(name)
        self._page.set_viewport_size(WIDE)

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
