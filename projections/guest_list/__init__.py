"""The guest list: every guest of an organisation, to search, sort and filter at a million rows."""
