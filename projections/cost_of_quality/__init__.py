"""The cost of quality: what was given outside complaints, as a list. What it comes to is for the reports."""
