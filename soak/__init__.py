"""Everything at once, for as long as one likes; see scripts/soak and docs/reliability.md."""
