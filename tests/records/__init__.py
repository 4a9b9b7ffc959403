"""The tests of records/."""
