"""A year of a property, told as facts: what its invitations must come to, and what the service makes of them."""
