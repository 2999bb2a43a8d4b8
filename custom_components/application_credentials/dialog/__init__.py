"""The forms in which people see and change credentials."""
