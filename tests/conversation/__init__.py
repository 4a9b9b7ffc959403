"""The tests of conversation/."""
