"""The inbox: all feedback of an organisation as its lists show it, and how it is being handled."""
