"""The pages for guests in a real browser."""
