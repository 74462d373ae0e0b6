"""The settings read model: an organisation's properties and keys, as lists."""
