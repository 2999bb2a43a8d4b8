"""Tests of the component's accounts."""
