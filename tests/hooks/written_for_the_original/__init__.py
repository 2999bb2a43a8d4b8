"""Custom integrations as others have written them: what they import, define and call."""
