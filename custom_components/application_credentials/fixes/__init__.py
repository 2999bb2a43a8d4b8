"""The flows that fix the issues: a module each."""
