"""Tests of the named rules."""
