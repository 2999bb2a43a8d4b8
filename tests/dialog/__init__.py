"""Tests of the component's dialog."""
