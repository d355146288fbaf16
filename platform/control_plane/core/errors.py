"""The tree of refusals and failures. A class is a fact: its docstring is the default message, `code` never changes.

FleetpostError
├── Refused                 the caller can put it right (4xx); never logged as an error
│   ├── Malformed           400
│   ├── Unauthenticated     401
│   ├── Forbidden           403
│   ├── NotFound            404, also for what belongs to somebody else
│   ├── Conflict            409
│   ├── TooLarge            413
│   ├── Invalid             422, with the fields' paths
│   └── TooMany             429
└── Unavailable             503, a neighbour is away; worth trying again
Features define their own beneath these, next to their rules.
"""

from http import HTTPStatus
from typing import ClassVar

import msgspec


class FieldError(msgspec.Struct, frozen=True):
    """One thing wrong with one field."""

    path: str
    """Where in the body, as in `to[0].email`."""
    message: str
    """What is wrong and what would be right."""


class FleetpostError(Exception):
    """Something went wrong on our side."""

    code: ClassVar[str] = "internal_error"
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    retry_after_seconds: int | None = None
    """For `Retry-After`, where it helps to wait."""

    def __init__(self, detail: str | None = None, *, errors: tuple[FieldError, ...] = ()) -> None:
        self.detail = detail or self.default_message()
        self.errors = errors
        super().__init__(self.detail)

    @classmethod
    def default_message(cls) -> str:
        """Give the class's docstring on one line."""
        return " ".join((cls.__doc__ or "").split())


class Refused(FleetpostError):
    """The request was refused."""

    code = "refused"
    status = HTTPStatus.BAD_REQUEST


class Malformed(Refused):
    """The request cannot be read: check that the body is valid JSON and the parameters have the documented form."""

    code = "malformed_request"


class Unauthenticated(Refused):
    """Credentials are missing or not valid: send `Authorization: Bearer fp_…` with a live API key."""

    code = "unauthenticated"
    status = HTTPStatus.UNAUTHORIZED


class Forbidden(Refused):
    """These credentials may not do this: use a key with the scope that the documentation names."""

    code = "forbidden"
    status = HTTPStatus.FORBIDDEN


class NotFound(Refused):
    """There is no such thing, or it is not yours."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND


class Conflict(Refused):
    """The request does not fit the present state."""

    code = "conflict"
    status = HTTPStatus.CONFLICT


class TooLarge(Refused):
    """The request is larger than is accepted."""

    code = "too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class Invalid(Refused):
    """Some fields are not valid; `errors` names each with its path."""

    code = "validation_failed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooMany(Refused):
    """Too many requests: wait as long as `Retry-After` says."""

    code = "rate_limited"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, detail: str | None = None, *, retry_after_seconds: int = 60) -> None:
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(FleetpostError):
    """A part of the service is not reachable just now: try again in a moment."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    retry_after_seconds = 5
