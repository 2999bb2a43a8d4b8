"""As wbyoung/smartcar uses credentials: its classes inherit from the original's."""
