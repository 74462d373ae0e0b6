"""Guests who may be the same person: who shares what with whom, and how alike two of them are."""
