"""Tests of the component's records."""
