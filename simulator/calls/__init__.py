"""Places calls of scenarios, watches them and judges them."""
