"""What providers say about credentials."""
