"""SMS: the gateway, and what a text costs."""
