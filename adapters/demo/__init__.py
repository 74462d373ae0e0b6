"""Invented guests and the lists they come in, for the demo, the tests and the benchmarks."""
