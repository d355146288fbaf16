"""The last things that went wrong, as the log said them."""

from collections.abc import Mapping, MutableMapping
from typing import Any

_MOST = 10
_LONGEST = 300
_SERIOUS = ("warning", "error", "critical")
_LEFT_OUT = ("event", "level", "timestamp", "exc_info", "exception", "stack_info")


class RecentErrors:
    """A small ring behind the log; a processor of structlog's, after those for level and time."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[str, int]] = {}

    def __call__(self, logger: object, name: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Note what is serious, and hand it on as it is."""
        del logger, name
        if said.get("level") in _SERIOUS:
            text = _text(said)
            _, times = self._seen.pop(text, ("", 0))
            self._seen[text] = (str(said.get("timestamp", "")), times + 1)
            while len(self._seen) > _MOST:
                del self._seen[next(iter(self._seen))]
        return said

    def newest(self) -> tuple[str, ...]:
        """Give them, newest first; what was said again stands once, with how often."""
        return tuple(
            f"{at} {text}" + (f" (×{times})" if times > 1 else "") for text, (at, times) in reversed(self._seen.items())
        )


def _text(said: Mapping[str, Any]) -> str:
    parts = [f"{name}={value}" for name, value in said.items() if name not in _LEFT_OUT]
    if isinstance(error := said.get("exc_info"), BaseException):
        parts.append(f"{type(error).__name__}: {error}")
    return " ".join([str(said.get("event", "")), *parts])[:_LONGEST]
