"""The OpenAPI 3.1 document at /schema/openapi.json, with names that clients can be generated from and that stay."""

import re
from collections.abc import Iterator
from typing import TypeAlias

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.types import Method

from control_plane.core.errors import (
    Conflict,
    FleetpostError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from control_plane.core.idempotency import HEADER as IDEMPOTENCY_KEY
from control_plane.core.problem import MEDIA_TYPE, Problem

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"

_PAGE = re.compile(rb"Page_control_plane\.[a-z_.]+\.(\w+?)_(?=\")")
_RAW: Json = {"oneOf": [{}, {}]}
"""What Litestar makes of `tuple[msgspec.Raw, ...]`; the only ones are the messages of a batch."""
_REPEATABLE: Json = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "required": False,
    "description": "Sent again with the same key within 24 hours, the request is answered again and not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 256},
}


class DocumentPlugin(JsonRenderPlugin):
    """Serves the document after `polish`."""

    def render(self, request: Request, openapi_schema: dict[str, object]) -> bytes:  # type: ignore[type-arg]
        """Give the document as JSON."""
        return polish(super().render(request, openapi_schema))


def polish(document: bytes) -> bytes:
    """Name pages for what is on them, mend lists, and say which problems (RFC 9457) an operation may answer."""
    named = msgspec.json.decode(_PAGE.sub(rb"\1Page", document))
    for path, operations in named["paths"].items():
        for method, operation in operations.items():
            _describe(operation, path, method)
    return msgspec.json.encode(_mended(named))


def _describe(operation: dict[str, Json], path: str, method: str) -> None:
    responses = operation["responses"]
    assert isinstance(responses, dict)
    responses.pop("400", None)
    responses["default"] = _problem(Problem.__doc__ or "")
    if not path.startswith("/v1/"):
        operation["security"] = []
        return
    responses |= {str(error.status.value): _problem(error.default_message()) for error in _errors_of(path, method)}
    if method == "post":
        parameters = operation.setdefault("parameters", [])
        assert isinstance(parameters, list)
        parameters.append(_REPEATABLE)


def _errors_of(path: str, method: str) -> Iterator[type[FleetpostError]]:
    """List what any operation of this kind may answer; features have errors of their own beneath these."""
    yield Unauthenticated
    yield Forbidden
    if "{" in path:
        yield NotFound
    if method in ("post", "patch"):
        yield from (Malformed, Conflict, TooLarge)
    yield Invalid
    yield Unavailable


def _problem(description: str) -> Json:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _mended(value: Json) -> Json:
    """Take the dots out of `tuple[X, ...]`, which Litestar gives as a second kind of item, one that anything fits."""
    if value == _RAW:
        return {"$ref": "#/components/schemas/NewMessage"}
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if not isinstance(value, dict):
        return value
    kinds = value.get("oneOf")
    if isinstance(kinds, list) and {} in kinds:
        return _mended(next(kind for kind in kinds if kind != {}))
    return {name: _mended(each) for name, each in value.items()}


def openapi_config(public_url: str) -> OpenAPIConfig:
    """Describe the public API."""
    return OpenAPIConfig(
        title="Fleetpost",
        version="1",
        description="Send and receive mail, manage domains, mailboxes and webhooks.",
        servers=[Server(url=public_url)],
        path="/schema",
        render_plugins=[DocumentPlugin(path="/openapi.json")],
        components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
        security=[{"key": []}],
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
    )


def _operation_id(handler: HTTPRouteHandler, _method: Method, _path: object) -> str:
    """Name an operation for its handler: `send_message` → `sendMessage`."""
    first, *others = handler.handler_name.split("_")
    return first + "".join(word.title() for word in others)
