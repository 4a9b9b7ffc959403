"""What the model may not say: each sentence is judged by what is on record. Pure."""
