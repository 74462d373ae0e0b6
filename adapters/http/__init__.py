"""The HTTP API: routes, and the conventions that all of them keep."""
