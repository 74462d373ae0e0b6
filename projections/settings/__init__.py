"""The settings read model: an organisation's properties, keys and catalogues, as lists."""
