"""Tests of review files."""
