"""Invitations: where each stands, what became of it, and why it was not sent."""
