"""The words of a message: templates and what becomes of them, and what Hôte itself writes in five languages."""
