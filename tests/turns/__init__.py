"""The tests of turns/."""
