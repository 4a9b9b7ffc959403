"""V2 and the dashboard, as they were measured, on this machine."""
