"""The command line tool, run as people run it."""
