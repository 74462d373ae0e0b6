"""The command line tool `hote`."""
