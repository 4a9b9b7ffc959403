"""What happens next, and in which words: the states of the call and the lines of the agent. Pure."""
