"""The tests; the rooms are those of the code."""
