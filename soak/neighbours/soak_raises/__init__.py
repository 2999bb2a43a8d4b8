"""An integration whose hook fails."""
