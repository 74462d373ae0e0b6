"""Keys: the master key and where it comes from, and signed documents."""
