"""What was given up on while a mail was read, each thing once."""


class Problems:
    """Collects sentences."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}

    def note(self, sentence: str) -> None:
        """Keep one, unless it is there."""
        self._found[sentence] = None

    @property
    def found(self) -> tuple[str, ...]:
        """Give them in order."""
        return tuple(self._found)
