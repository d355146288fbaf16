"""Something that may be asked for often and is done at once the first time, then at most once per interval."""


class Debounce:
    """Decides when it is time; the caller does it and says so."""

    def __init__(self, interval_seconds: float) -> None:
        self._interval_seconds = interval_seconds
        self._asked = False
        self._free_at = float("-inf")

    def ask(self) -> None:
        """Want it done."""
        self._asked = True

    def wait_seconds(self, now: float) -> float | None:
        """Give how long to wait until it is to be done; none if nobody wants it."""
        return max(0.0, self._free_at - now) if self._asked else None

    def done(self, now: float) -> None:
        """Note that it was done."""
        self._asked = False
        self._free_at = now + self._interval_seconds
