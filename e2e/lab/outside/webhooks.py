"""A customer's web server: it keeps every webhook it is sent and answers as it was told to."""

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


class Webhooks:
    """Receives at any path."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.status = 204

    async def answer(self, request: Request) -> Response:
        """Keep the call."""
        at = dt.datetime.now(dt.UTC).isoformat()
        body = request.body.decode(errors="replace")
        self.calls.append(Call(at, request.method, request.path, request.headers, body, self.status))
        return Response(self.status)
