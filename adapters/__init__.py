"""Every arrow that leaves the drawing: the database, HTTP, the command line, keys; and the wiring."""
