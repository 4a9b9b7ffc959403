"""Who calls and where they live: names, phone numbers, addresses, ZIP codes."""
