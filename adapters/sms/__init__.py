"""SMS: to a gateway, or into files."""
