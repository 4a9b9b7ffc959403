"""The tests of desk/."""
