"""How the client's methods reach the API: the key in each request, answers as types, refusals as `Refused`."""

from types import TracebackType
from typing import Self, TypeAlias, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from fleetpost_client.types import Problem

Answer = TypeVar("Answer")
Values: TypeAlias = dict[str, object]

_TIMEOUT_SECONDS = 30


class Refused(Exception):
    """The API answered with a problem; `problem.code` says which and stays the same for ever."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(f"{problem.status} {problem.code}: {problem.detail}")


class Request(msgspec.Struct, frozen=True):
    """What a method asks for; what is None is left out."""

    method: str
    template: str
    path: Values = {}
    query: Values = {}
    header: Values = {}
    body: object = None

    def arguments(self) -> dict[str, object]:
        """Give the arguments of httpx."""
        filled = self.template.format(**{name: quote(str(value), safe="") for name, value in self.path.items()})
        headers = _given(self.header)
        if self.body is not None:
            headers["Content-Type"] = "application/json"
        content = None if self.body is None else msgspec.json.encode(self.body)
        return {
            "method": self.method,
            "url": filled,
            "params": _given(self.query),
            "headers": headers,
            "content": content,
        }


def _given(values: Values) -> dict[str, str]:
    texts = ((name, msgspec.to_builtins(value)) for name, value in values.items() if value is not None)
    return {name: text if isinstance(text, str) else msgspec.json.encode(text).decode() for name, text in texts}


def _headers(key: str, acting_for: str | None) -> dict[str, str]:
    acting = {"Fleetpost-Tenant": acting_for} if acting_for else {}
    return {"Authorization": f"Bearer {key}", **acting}


def _read(answer: httpx.Response, wanted: type[Answer] | None) -> Answer:
    if not answer.is_success:
        raise Refused(_problem(answer))
    if wanted is None:
        return None  # type: ignore[return-value]  # the method's own type is None, too
    return answer.content if wanted is bytes else msgspec.json.decode(answer.content, type=wanted)  # type: ignore[return-value]


def _problem(answer: httpx.Response) -> Problem:
    """Read the problem; a server in between may answer with something else."""
    try:
        return msgspec.json.decode(answer.content, type=Problem)
    except msgspec.DecodeError:
        phrase = answer.reason_phrase
        return Problem(type="about:blank", title=phrase, status=answer.status_code, detail=phrase, code="unknown")


class Transport:
    """A connection that waits; with `acting_for` an agency's key acts for its client. Close it, or use `with`."""

    def __init__(
        self, url: str, key: str, *, acting_for: str | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.http = httpx.Client(
            base_url=url, headers=_headers(key, acting_for), timeout=_TIMEOUT_SECONDS, transport=transport
        )

    def send(self, request: Request, wanted: type[Answer] | None) -> Answer:
        """Send a request; raises `Refused`."""
        return _read(self.http.request(**request.arguments()), wanted)  # type: ignore[arg-type]

    def close(self) -> None:
        """Close the connection."""
        self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncTransport:
    """A connection that does not wait; else as `Transport`."""

    def __init__(
        self, url: str, key: str, *, acting_for: str | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.http = httpx.AsyncClient(
            base_url=url, headers=_headers(key, acting_for), timeout=_TIMEOUT_SECONDS, transport=transport
        )

    async def send(self, request: Request, wanted: type[Answer] | None) -> Answer:
        """Send a request; raises `Refused`."""
        return _read(await self.http.request(**request.arguments()), wanted)  # type: ignore[arg-type]

    async def close(self) -> None:
        """Close the connection."""
        await self.http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
