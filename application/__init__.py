"""What people ask of Hôte: a command and its handler each, and the ports they need."""
