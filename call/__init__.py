"""One call as data: what is known of it, what is asked of V2, what is done and said."""
