"""An integration whose hook never comes back."""
