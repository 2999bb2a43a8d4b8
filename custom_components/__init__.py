"""Custom components, so that the tests find them before those of their own plugin."""
