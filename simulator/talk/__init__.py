"""Talk without a phone: a page in the browser is the telephone, and the real bot answers it."""
