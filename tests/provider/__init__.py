"""Tests of the component's provider."""
