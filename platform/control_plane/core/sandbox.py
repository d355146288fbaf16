"""What is played instead of sent: all that is asked for with a test key, and all mail to the simulator's addresses.

The mode is bound at the edge, as the tenant is (see `tenancy`). The simulator's domain is a setting, the same for
everything that a process does; it is told once, when the process opens its parts.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, Literal, TypeAlias

from control_plane.core.errors import Forbidden

Mode: TypeAlias = Literal["live", "test"]
"""Of an API key: what is sent with a test key goes nowhere."""


class SandboxOnly(Forbidden):
    """A test key acts on what was sent with test keys, and on no mail that goes out: use a live key for that."""

    code = "sandbox_only"


class Simulator:
    """The domain whose addresses behave as they are called; empty: there is none."""

    domain: str = ""

    def has(self, email: str) -> bool:
        """Say whether mail to an address is played."""
        return bool(self.domain) and email.lower().endswith(f"@{self.domain}")


SIMULATOR: Final = Simulator()

_mode: ContextVar[Mode] = ContextVar("mode", default="live")


def bind_mode(wanted: Mode) -> None:
    """Bind for the rest of this request."""
    _mode.set(wanted)


@contextmanager
def in_mode(wanted: Mode) -> Generator[None]:
    """Bind for a block."""
    token = _mode.set(wanted)
    try:
        yield
    finally:
        _mode.reset(token)


def mode() -> Mode:
    """Give what is bound; nobody's key at all is live."""
    return _mode.get()


def is_test() -> bool:
    """Say whether who is asking uses a test key."""
    return mode() == "test"


def is_played(email: str) -> bool:
    """Say whether what is accepted now for an address is played and not sent."""
    return is_test() or SIMULATOR.has(email)
