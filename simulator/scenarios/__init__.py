"""Who calls, when, and how it has to end: the scenario files and what reads them."""
