"""Erasing: guests, the words of people who are no known guests, and what belongs to a guest."""
