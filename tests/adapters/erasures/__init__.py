"""Tests of what follows an erasure."""
