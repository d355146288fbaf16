"""Every refusal and failure as `application/problem+json` (RFC 9457): one shape, a stable `code`, the fields' paths."""

from http import HTTPStatus
from typing import TypeAlias

import asyncpg
import msgspec
import redis.exceptions
import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from control_plane.core import log
from control_plane.core.errors import (
    FieldError,
    FleetpostError,
    Invalid,
    Malformed,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unavailable,
)
from control_plane.core.ids import MalformedId

AnyRequest: TypeAlias = "Request[object, object, State]"

_log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:fleetpost:problem:"
"""A name and no address (RFC 9457 §3.1.1 lets it be): who runs Fleetpost has their own site for documentation."""


class MethodNotAllowed(Refused):
    """The address does not take that method."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class Problem(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What an error looks like to the caller."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    """The request's id: quote it when you ask for help."""
    errors: tuple[FieldError, ...] = ()


def problem_of(error: FleetpostError, request_id: str | None = None) -> Problem:
    """Describe an error; what is our own fault keeps its details to itself."""
    ours = error.status == HTTPStatus.INTERNAL_SERVER_ERROR
    return Problem(
        type=TYPE_PREFIX + (FleetpostError.code if ours else error.code),
        title=error.status.phrase,
        status=error.status.value,
        detail=FleetpostError.default_message() if ours else error.detail,
        code=FleetpostError.code if ours else error.code,
        instance=request_id,
        errors=error.errors,
    )


def as_ours(error: Exception) -> FleetpostError:
    """Translate an exception of Litestar, msgspec or anything else into one of our tree."""
    if isinstance(error, FleetpostError):
        return error
    if isinstance(error, MalformedId):
        return NotFound()
    if isinstance(error, ValidationException):
        return _invalid(error)
    if isinstance(error, HTTPException):
        return _from_status(error)
    if isinstance(error, _AWAY):
        return Unavailable()
    if isinstance(error, asyncpg.QueryCanceledError):
        return Unavailable("This took too long to find out: narrow the filters, or try again in a moment.")
    if isinstance(error, _UNSTORABLE):
        return Malformed("A text in the request holds a NUL character: leave it out.")
    return FleetpostError()


_AWAY = (
    ConnectionError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.TooManyConnectionsError,
    redis.exceptions.ConnectionError,
    redis.exceptions.TimeoutError,
)
"""How a neighbour that is away shows itself."""
_UNSTORABLE = (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
"""How PostgreSQL refuses NUL, in text and in JSON."""


def _invalid(error: ValidationException) -> FleetpostError:
    extra = error.extra if isinstance(error.extra, list) else []
    fields = tuple(FieldError(str(each.get("key", "")), str(each["message"])) for each in extra)
    return Invalid(errors=fields)


_BY_STATUS: dict[int, type[FleetpostError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    429: TooMany,
    503: Unavailable,
}


def _from_status(error: HTTPException) -> FleetpostError:
    if error.status_code in _BY_STATUS:
        return _BY_STATUS[error.status_code]()
    return Malformed() if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else FleetpostError()


def render(request: AnyRequest, error: Exception) -> Response[Problem]:
    """Answer an exception; our own faults are logged with their traceback, refusals are not."""
    known = as_ours(error)
    if known.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.error("request failed", action="http.failed", exc_info=error)
    request_id = log.request_id(request.scope)
    return Response(
        problem_of(known, request_id),
        status_code=known.status.value,
        media_type=MEDIA_TYPE,
        headers=headers_of(known),
    )


def headers_of(error: FleetpostError) -> dict[str, str]:
    """Give the headers that say what would help: a key, or time."""
    if error.retry_after_seconds is not None:
        return {"Retry-After": str(error.retry_after_seconds)}
    return {"WWW-Authenticate": "Bearer"} if error.status == HTTPStatus.UNAUTHORIZED else {}


HANDLERS: ExceptionHandlersMap = {Exception: render}
