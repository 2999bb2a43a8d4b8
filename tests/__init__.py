"""Tests of application_credentials."""
