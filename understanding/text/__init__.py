"""The words of a turn: plain text, clauses, numbers, weekdays, the language."""
