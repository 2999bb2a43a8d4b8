"""The two that are compared."""

from enum import StrEnum

DOMAIN = "application_credentials"


class Component(StrEnum):
    """Which component a Home Assistant runs."""

    ORIGINAL = "original"
    OURS = "ours"
