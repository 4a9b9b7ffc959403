"""A phone call without a phone: caller, vendors and back office, at the wire, on loopback."""
