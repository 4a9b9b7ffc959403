"""The tests of call/."""
