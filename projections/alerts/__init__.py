"""What asks for somebody's attention."""
