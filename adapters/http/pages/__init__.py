"""Pages that people read: staff in French or English, guests in five languages."""
