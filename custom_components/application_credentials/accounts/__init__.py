"""The config entries that use credentials, and what happens to them."""
