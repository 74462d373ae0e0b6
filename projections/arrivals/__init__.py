"""Arrivals: guests of whom interfaces told, to be accepted or refused by a person, and what became of each."""
