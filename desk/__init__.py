"""What the operator does and sees: from a terminal, beside the running service or without it."""
