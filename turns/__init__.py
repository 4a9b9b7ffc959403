"""One stream's turns: who speaks, what was heard, what is under way, how it ends."""
