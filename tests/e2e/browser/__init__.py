"""A person's whole way, in a real browser."""
