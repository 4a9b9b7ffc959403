"""What a caller wants: the intent, the problem, its urgency, requests, questions, the end of the call."""
