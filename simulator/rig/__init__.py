"""What a simulated call stands on: bots, machines, a database, a clock, the wiring of one world."""
