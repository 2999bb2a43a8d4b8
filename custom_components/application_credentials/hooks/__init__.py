"""What integrations bring: their platform hooks, and the implementations made with them."""
