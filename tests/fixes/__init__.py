"""Tests of the flows that fix the issues."""
