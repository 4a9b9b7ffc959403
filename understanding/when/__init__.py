"""When a visit is wanted: clock times, days, opening hours."""
