"""What Hôte decides, and the facts it keeps: pure functions and values, no clock, no chance, no I/O."""
