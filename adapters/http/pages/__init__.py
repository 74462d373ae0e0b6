"""Pages that people read, in French or English."""
