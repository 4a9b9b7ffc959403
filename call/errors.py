"""The root of the errors that this service raises itself: each is caught by name where something can be done about it.

config.ConfigError is none of them: with it there is no service yet.
"""


class AgentError(Exception):
    """Raised by this service itself, never by a library that it uses."""
