"""What is wrong with one part of a template, in a sentence."""


class Fault(Exception):
    """Something is wrong with a part: the message says what, and in which line if that is known."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def at(self, field: str) -> "Fault":
        """Say which part it is about."""
        return Fault(self.message, field)
