"""The tests of server/."""
