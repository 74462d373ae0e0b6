"""The resources of the API, a module each: route, command, answer."""
