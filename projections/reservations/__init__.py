"""The reservations of a property, with who they are for."""
