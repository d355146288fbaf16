"""A program that reads the event cursor all the time, and asks again when nobody answers."""

import threading
from datetime import UTC, datetime
from typing import Self

import httpx
import msgspec

from e2e.lab.lab import Lab

_WAIT_SECONDS = 1


class Event(msgspec.Struct, frozen=True):
    """An event as the cursor tells it."""

    id: str
    type: str


class _Page(msgspec.Struct, frozen=True):
    data: list[Event]
    next: str


class Reader(threading.Thread):
    """Reads from now on; what it has seen, in the order in which it came, repeats included."""

    def __init__(self, lab: Lab, *, page: int = 200) -> None:
        super().__init__(name="reader")
        self._lab, self._limit = lab, page
        self._over = threading.Event()
        self._after = self._newest()
        self.seen: list[Event] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def _newest(self) -> str:
        """Give the position after all that has happened."""
        with self._lab.api() as api:
            answer = api.get("/v1/events", params={"since": datetime.now(UTC).isoformat()}).raise_for_status()
            return msgspec.json.decode(answer.content, type=_Page).next

    def run(self) -> None:
        """Read until told to stop."""
        with self._lab.api() as api:
            while not self._over.is_set():
                self._read(api)

    def _read(self, api: httpx.Client) -> None:
        wanted: dict[str, str | int] = {"after": self._after, "wait": _WAIT_SECONDS, "limit": self._limit}
        try:
            answer = api.get("/v1/events", params=wanted)
        except httpx.TransportError:
            return
        if answer.is_success:
            page = msgspec.json.decode(answer.content, type=_Page)
            self.seen += page.data
            self._after = page.next
