"""Tests of the component's hooks."""
