"""Where tests leave what a developer wants to see of them."""

from pathlib import Path
import re

import pytest

from playground import REPOSITORY

RESULTS = REPOSITORY / ".tools" / "e2e-results"


def folder_of(item: pytest.Item) -> Path:
    """Return the folder for what is kept of a test."""
    return RESULTS / re.sub(r"\W+", "_", item.name)
