"""What a turn answers: yes, no, corrections, which of what was offered."""
