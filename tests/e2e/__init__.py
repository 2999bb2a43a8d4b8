"""End-to-end tests: nothing is mocked."""
