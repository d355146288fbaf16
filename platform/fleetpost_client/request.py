"""A request as httpx takes it, and its answer as a type or as a failure."""

import uuid
from typing import TypeAlias, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from fleetpost_client.errors import Failed, NotFound, Unreachable, Unreadable, refusal
from fleetpost_client.retrying import NEVER, Retrying
from fleetpost_client.types import Problem
from fleetpost_client.version import VERSION

Answer = TypeVar("Answer")
Values: TypeAlias = dict[str, object]

_ONCE = "Idempotency-Key"


class Request(msgspec.Struct, frozen=True):
    """What a method asks for; what is None is left out."""

    method: str
    template: str
    path: Values = {}
    query: Values = {}
    header: Values = {}
    body: object = None

    def done_once(self) -> "Request":
        """Give it a key, where it takes one and has none: however often it is sent, it is done once."""
        if _ONCE not in self.header or self.header[_ONCE] is not None:
            return self
        return msgspec.structs.replace(self, header=self.header | {_ONCE: str(uuid.uuid4())})

    def arguments(self) -> dict[str, object]:
        """Give the arguments of httpx."""
        filled = self.template.format(**{name: _segment(name, str(value)) for name, value in self.path.items()})
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


def _segment(name: str, value: str) -> str:
    """Write an id into an address; what would lead to another resource's address is refused here."""
    if value in ("", ".", ".."):
        raise ValueError(f"{name} is {value!r}, which is no id")
    return quote(value, safe="")


class Attempts:
    """A request and how often it was tried."""

    def __init__(self, request: Request, retrying: Retrying) -> None:
        self.request = request if retrying == NEVER else request.done_once()
        self._retrying = retrying
        self._tried = 0

    def read(self, answer: httpx.Response, wanted: type[Answer] | None) -> Answer:
        """Read an answer; raises `Refused` or `Unreadable`."""
        self._tried += 1
        try:
            return read(answer, wanted)
        except NotFound:
            if self.request.method == "DELETE" and self._tried > 1:
                return None  # type: ignore[return-value]  # an earlier try deleted it, and its answer was lost
            raise

    def lost(self, error: httpx.TransportError) -> Unreachable:
        """Say that no answer came."""
        self._tried += 1
        return Unreachable(f"{type(error).__name__}: {error}")

    def pause_after(self, failure: Failed, chance: float) -> float | None:
        """Give the seconds until the next try; None if there is none."""
        return self._retrying.pause_after(self._tried, failure, chance)


def base_of(url: str) -> str:
    """Give the address that paths stand behind."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("give the API's address, with https:// before it")
    return url


def headers_for(key: str, acting_for: str | None) -> dict[str, str]:
    """Give what goes with each request."""
    if not key:
        raise ValueError("give a key, fp_…")
    acting = {"Fleetpost-Tenant": acting_for} if acting_for else {}
    return {"Authorization": f"Bearer {key}", "User-Agent": f"fleetpost-python/{VERSION}", **acting}


def read(answer: httpx.Response, wanted: type[Answer] | None) -> Answer:
    """Read an answer; raises `Refused` or `Unreadable`."""
    if not answer.is_success:
        raise refusal(_problem(answer), _wait_seconds(answer))
    if wanted is None:
        return None  # type: ignore[return-value]  # the method's own type is None, too
    if wanted is bytes:
        return answer.content  # type: ignore[return-value]  # that is what is wanted
    try:
        return msgspec.json.decode(answer.content, type=wanted)
    except msgspec.DecodeError as error:
        raise Unreadable(f"{Unreadable.__doc__} {error}") from error


def _problem(answer: httpx.Response) -> Problem:
    """Read the problem; a server in between may answer with something else."""
    try:
        return msgspec.json.decode(answer.content, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        phrase = answer.reason_phrase
        return Problem(type="about:blank", title=phrase, status=answer.status_code, detail=phrase, code="unknown")


def _wait_seconds(answer: httpx.Response) -> float | None:
    """Give how long to wait: as `Retry-After` says, or until the limit's window turns where nothing of it is left."""
    told = answer.headers.get("retry-after")
    if told is None and answer.status_code == httpx.codes.TOO_MANY_REQUESTS:
        told = answer.headers.get("ratelimit-reset")
    return float(told) if told is not None and told.isascii() and told.isdecimal() else None


def _given(values: Values) -> dict[str, str]:
    texts = ((name, msgspec.to_builtins(value)) for name, value in values.items() if value is not None)
    return {name: text if isinstance(text, str) else msgspec.json.encode(text).decode() for name, text in texts}
