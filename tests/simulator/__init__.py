"""The tests of simulator/."""
