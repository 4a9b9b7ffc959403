"""What is dangerous now, and what only sounds like it."""
