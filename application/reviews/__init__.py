"""From a file of reviews to feedback: read it, judge its rows, find whose they are, record each once."""
