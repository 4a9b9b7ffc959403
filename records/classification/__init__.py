"""What a finished call was about, for the dashboard."""
