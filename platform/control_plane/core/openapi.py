"""The OpenAPI 3.1 document at /schema/openapi.json, with names that clients can be generated from and that stay."""

import re

import msgspec
from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server
from litestar.types import Method

from control_plane.core.problem import MEDIA_TYPE, Problem

_PAGE = re.compile(rb"Page_control_plane\.[a-z_.]+\.(\w+?)_(?=\")")
_REFERENCE = {"schema": {"$ref": "#/components/schemas/Problem"}}
_RAW: dict[str, list[dict[str, str]]] = {"oneOf": [{}, {}]}
"""What Litestar makes of `msgspec.Raw`."""
_PROBLEM = {"description": Problem.__doc__, "content": {MEDIA_TYPE: _REFERENCE}}


class DocumentPlugin(JsonRenderPlugin):
    """Serves the document after `polish`."""

    def render(self, request: Request, openapi_schema: dict[str, object]) -> bytes:  # type: ignore[type-arg]
        """Give the document as JSON."""
        return polish(super().render(request, openapi_schema))


def polish(document: bytes) -> bytes:
    """Name pages for what is on them, and say that every error is a problem (RFC 9457)."""
    named = msgspec.json.decode(_PAGE.sub(rb"\1Page", document))
    for schema in named["components"]["schemas"].values():
        for field in schema.get("properties", {}).values():
            if field.get("items") == _RAW:  # the only ones are the messages of a batch
                field["items"] = {"$ref": "#/components/schemas/NewMessage"}
    for path in named["paths"].values():
        for operation in path.values():
            operation["responses"].pop("400", None)
            operation["responses"]["default"] = _PROBLEM
    return msgspec.json.encode(named)


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
