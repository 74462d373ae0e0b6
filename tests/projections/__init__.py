"""Read models against a real database."""
