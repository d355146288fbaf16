"""The OpenAPI 3.1 document at /schema/openapi.json, with names that clients can be generated from and that stay."""

from control_plane.core.openapi.document import ANSWERS_IN, DocumentPlugin, document_of, openapi_config, polish
from control_plane.core.openapi.examples import example_of
from control_plane.core.openapi.names import snake
from control_plane.core.openapi.tree import Json, Object, as_list, as_object, as_text, resolved, schemas_of

__all__ = [
    "ANSWERS_IN",
    "DocumentPlugin",
    "Json",
    "Object",
    "as_list",
    "as_object",
    "as_text",
    "document_of",
    "example_of",
    "openapi_config",
    "polish",
    "resolved",
    "schemas_of",
    "snake",
]
