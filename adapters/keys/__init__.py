"""Keys: the master key outside the database, a key per guest under it, and what is sealed with them."""
