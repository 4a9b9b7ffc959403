"""Sound on a telephone line: speech is made, sent, recorded and heard again."""
