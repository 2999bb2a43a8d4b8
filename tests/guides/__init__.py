"""Tests of the component's guides."""
