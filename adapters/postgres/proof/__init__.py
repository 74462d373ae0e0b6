"""Proof that the log is as it was: signed checkpoints of it, and a verification against them (docs/proof.md)."""
