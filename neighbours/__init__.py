"""Integrations of others, driven with the original and with ours, and compared step by step."""

from pathlib import Path

REPOSITORY = Path(__file__).parent.parent

# What is fetched, installed and found out; nothing of it is committed.
FOLDER = REPOSITORY / ".tools" / "neighbours"
