"""What outlives a call: its row, its record, its delivery."""
