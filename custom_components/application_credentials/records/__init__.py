"""What is stored, and what may be."""
