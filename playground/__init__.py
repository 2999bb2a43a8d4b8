"""A real Home Assistant, a demo shop that needs credentials, and the shop's authorization server."""

from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
