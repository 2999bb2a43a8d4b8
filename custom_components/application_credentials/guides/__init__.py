"""What to make at which provider's console, or that there is nothing to make."""
