"""What Hôte promises, said as behaviour."""
