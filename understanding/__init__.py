"""A caller's turn as typed facts: what was said, by whom, when they want a visit, what they want, what is dangerous."""
