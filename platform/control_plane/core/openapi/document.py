"""From what Litestar describes to the document: named, ordered, with scopes, problems (RFC 9457) and examples."""

import re
from collections.abc import Collection, Iterator, Mapping

import msgspec
from litestar import Litestar, Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, OAuthFlow, OAuthFlows, SecurityScheme, Server
from litestar.types import Method

from control_plane.core.auth import ScopeGuard
from control_plane.core.errors import (
    Conflict,
    FleetpostError,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
)
from control_plane.core.etag import PreconditionFailed
from control_plane.core.idempotency import HEADER as IDEMPOTENCY_KEY
from control_plane.core.openapi.examples import example_of
from control_plane.core.openapi.mend import mended
from control_plane.core.openapi.tags import TAGS, tag_of
from control_plane.core.openapi.tree import Json, Object, as_list, as_object, as_text, schemas_of
from control_plane.core.problem import MEDIA_TYPE, Problem

_PAGE = re.compile(rb"Page_control_plane\.[a-z_.]+\.(\w+?)_(?=\")")
_METHODS = ("get", "post", "put", "patch", "delete")
_TEXT: Json = {"type": "string"}
_REPEATABLE: Json = {
    "name": IDEMPOTENCY_KEY,
    "in": "header",
    "required": False,
    "description": "Sent again with the same key within 24 hours, the request is answered again and not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 256},
}


_KNOWN: Json = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of what you have: if it is still the same, the answer is 304 without a body.",
    "schema": {"type": "string"},
}

ANSWERS_IN = "answers_in"
"""The `opt` that lists the media types of an answer which is no JSON."""


class Facts(msgspec.Struct, frozen=True):
    """What a handler knows of its operation beside its types."""

    scope: str | None = None
    answers_in: tuple[str, ...] = ()


class DocumentPlugin(JsonRenderPlugin):
    """Serves the document after `polish`, which is done once."""

    _document: bytes | None = None

    def render(self, request: Request, openapi_schema: dict[str, object]) -> bytes:  # type: ignore[type-arg]
        """Give the document as JSON."""
        if self._document is None:
            self._document = polish(super().render(request, openapi_schema), facts_of(request.app))
        return self._document


def document_of(app: Litestar) -> Object:
    """Give the application's document."""
    described = msgspec.json.encode(app.openapi_schema.to_schema())
    document: Object = msgspec.json.decode(polish(described, facts_of(app)))
    return document


def facts_of(app: Litestar) -> dict[str, Facts]:
    """Find what the handlers know of their operations, by the operation's id."""
    handlers = [handler for route in app.routes for handler in getattr(route, "route_handlers", [])]
    return {
        _operation_id(handler, "GET", None): Facts(
            next((guard.scope for guard in handler.guards or () if isinstance(guard, ScopeGuard)), None),
            tuple(handler.opt.get(ANSWERS_IN, ())),
        )
        for handler in handlers
        if isinstance(handler, HTTPRouteHandler) and handler.resolve_include_in_schema()
    }


def polish(described: bytes, facts: Mapping[str, Facts]) -> bytes:
    """Name pages for what is on them, mend and order, and say which scope and problems an operation has."""
    document = as_object(mended(msgspec.json.decode(_PAGE.sub(rb"\1Page", described))))
    paths, schemas = as_object(document["paths"]), schemas_of(document)
    for path, operations in paths.items():
        for method, operation in as_object(operations).items():
            _describe(as_object(operation), path, method, facts)
            _exemplify(as_object(operation), schemas)
    document["paths"] = {path: _ordered(as_object(paths[path])) for path in sorted(paths, key=_place)}
    document["components"] = {**as_object(document["components"]), "schemas": dict(sorted(schemas.items()))}
    used = {tag_of(path) for path in paths}
    document["tags"] = [{"name": name, "description": TAGS[name]} for name in TAGS if name in used]
    return msgspec.json.encode(document)


def _place(path: str) -> tuple[int, str]:
    names, tag = list(TAGS), tag_of(path)
    return (names.index(tag) if tag in names else len(names), path)


def _ordered(operations: Object) -> Object:
    return {method: operations[method] for method in _METHODS if method in operations}


def _describe(operation: Object, path: str, method: str, facts: Mapping[str, Facts]) -> None:
    name = as_text(operation["operationId"])
    operation["summary"] = re.sub(r"(?<!^)([A-Z])", r" \1", name).capitalize()
    operation["tags"] = [tag_of(path)]
    responses = as_object(operation["responses"])
    responses.pop("400", None)
    for status in ("200", "201", "202", "204"):
        if status in responses:
            as_object(responses[status])["description"] = "Done."
    responses["default"] = _problem(Problem.__doc__ or "")
    if not path.startswith("/v1/"):
        operation["security"] = []
        return
    known = facts.get(name, Facts())
    needed: Json = [known.scope] if known.scope else []
    operation["security"] = [{"key": needed}, {"oauth": needed}]
    if known.answers_in:
        as_object(responses["200"])["content"] = {kind: {"schema": {"type": "string"}} for kind in known.answers_in}
    parameters = as_list(operation.setdefault("parameters", []))
    for parameter in parameters:
        _describe_parameter(as_object(parameter))
    responses |= {str(error.status.value): _problem(error.default_message()) for error in _errors_of(path, method)}
    if method == "post":
        parameters.append(_REPEATABLE)
    if method == "get" and _gives_one_thing(responses):
        parameters.append(_KNOWN)
        responses["304"] = {"description": "You have it already: it is as the ETag says that you sent."}


def _gives_one_thing(responses: Object) -> bool:
    content = as_object(as_object(responses.get("200", {})).get("content", {}))
    schema = as_object(as_object(content.get("application/json", {})).get("schema", {}))
    return "$ref" in schema and not as_text(schema["$ref"]).endswith("Page")


def _describe_parameter(parameter: Object) -> None:
    for silent in ("deprecated", "allowEmptyValue", "allowReserved"):
        if parameter.get(silent) is False:
            del parameter[silent]
    as_object(parameter["schema"]).pop("description", None)
    if parameter["in"] == "path" and not parameter.get("description"):
        named = as_text(parameter["name"]).removesuffix("_id").replace("_", " ")
        parameter["description"] = f"The id of the {named}."


def _errors_of(path: str, method: str) -> Iterator[type[FleetpostError]]:
    """List what any operation of this kind may answer; features have errors of their own beneath these."""
    if method in ("post", "put", "patch"):
        yield Malformed
    yield Unauthenticated
    yield Forbidden
    if "{" in path:
        yield NotFound
    if method != "get":
        yield Conflict
    if method in ("put", "patch", "delete"):
        yield PreconditionFailed
    if method in ("post", "put", "patch"):
        yield TooLarge
    yield Invalid
    yield TooMany
    yield Unavailable


def _problem(description: str) -> Json:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


def _exemplify(operation: Object, schemas: Object) -> None:
    """Give an example of the body and of each good answer."""
    body = as_object(operation.get("requestBody", {}))
    for content in as_object(body.get("content", {})).values():
        _add_example(as_object(content), schemas, only_needed=True)
    for status, answer in as_object(operation["responses"]).items():
        if status.startswith("2"):
            for content in as_object(as_object(answer).get("content", {})).values():
                _add_example(as_object(content), schemas, only_needed=False)


def _add_example(content: Object, schemas: Object, *, only_needed: bool) -> None:
    if content.get("schema", _TEXT) != _TEXT and "example" not in content and "examples" not in content:
        content["example"] = example_of(as_object(content["schema"]), schemas, only_needed=only_needed)


def openapi_config(public_url: str, scopes: Collection[str]) -> OpenAPIConfig:
    """Describe the public API, and the scopes that its keys can have."""
    described = {scope: _meaning(scope) for scope in sorted(scopes)}
    tokens = OAuthFlow(token_url=f"{public_url}/oauth/token", scopes=described)
    return OpenAPIConfig(
        title="Fleetpost",
        version="1",
        description="Send and receive mail, manage domains, mailboxes and webhooks.",
        servers=[Server(url=public_url)],
        path="/schema",
        render_plugins=[DocumentPlugin(path="/openapi.json")],
        components=Components(
            security_schemes={
                "key": SecurityScheme(type="http", scheme="bearer", description="An API key: fp_…"),
                "oauth": SecurityScheme(
                    type="oauth2",
                    flows=OAuthFlows(client_credentials=tokens),
                    description="An access token of an hour: the client's id is the key's id, its secret the key.",
                ),
            }
        ),
        security=[{"key": []}],
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
    )


def _meaning(scope: str) -> str:
    """Say what a scope opens, as in `Change messages.` for `messages:write`."""
    resource, _, act = scope.partition(":")
    things = "everything" if resource == "*" else resource.replace("-", " ")
    verb = {"read": "Read", "write": "Change"}.get(act, "Read and change")
    return f"{verb} {things}."


def _operation_id(handler: HTTPRouteHandler, _method: Method, _path: object) -> str:
    """Name an operation for its handler: `send_message` → `sendMessage`."""
    first, *others = handler.handler_name.split("_")
    return first + "".join(word.title() for word in others)
