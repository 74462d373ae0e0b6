"""The lake: facts of feedback, of what was given and of stays, without anything personal, for reports and analysts."""
