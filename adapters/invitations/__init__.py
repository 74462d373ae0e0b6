"""What makes guests get their messages: planning, the queue of what is due, and sending."""
