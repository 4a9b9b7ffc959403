"""The tests of understanding/."""
