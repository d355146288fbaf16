"""A customer's web server: it keeps every webhook it is sent and answers as it was told to."""

import asyncio
import datetime as dt

import msgspec

from e2e.lab.outside.http import Request, Response


class Call(msgspec.Struct, frozen=True):
    """A request that was received; the body exactly as it came, for its signature."""

    at: str
    method: str
    path: str
    headers: dict[str, str]
    body: str
    answered: int


SILENCE = 0
"""The status of who takes the connection and never says a word."""
_LONGER_THAN_ANYBODY_WAITS = 3600.0


class Webhooks:
    """Receives at any path."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.status = 204
        self._status_at: dict[str, int] = {}

    def be(self, status: int, path: str | None) -> None:
        """Answer with a status from now on: everywhere, or at one path whatever is answered elsewhere."""
        if path is None:
            self.status = status
        else:
            self._status_at[path] = status

    def at(self, path: str | None) -> list[Call]:
        """List what came to a path, or all, oldest first."""
        return [call for call in self.calls if path is None or call.path == path]

    async def answer(self, request: Request) -> Response:
        """Keep the call."""
        at = dt.datetime.now(dt.UTC).isoformat()
        body = request.body.decode(errors="replace")
        status = self._status_at.get(request.path, self.status)
        self.calls.append(Call(at, request.method, request.path, request.headers, body, status))
        if status == SILENCE:
            await asyncio.sleep(_LONGER_THAN_ANYBODY_WAITS)
        return Response(status)
