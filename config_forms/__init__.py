"""What a setting may look like, what is said of one that does not, and how all of them are shown to people. Pure."""
