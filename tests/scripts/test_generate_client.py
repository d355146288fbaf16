"""How schemas become Python."""

import pytest

from control_plane.core.openapi import Json, snake
from scripts.generate_client.python_types import annotation, structs


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "string"}, "str"),
        ({"type": ["string", "null"], "format": "date-time"}, "datetime | None"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Ip"}}, "list[Ip]"),
        ({"type": "object", "additionalProperties": {"type": "string"}}, "dict[str, str]"),
        ({"type": "string", "enum": ["a", "b"]}, "Literal['a', 'b']"),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Ip"}]}, "Ip | None"),
        ({}, "Json"),
    ],
)
def test_a_schema_is_written_as_a_type(schema: Json, written: str) -> None:
    assert annotation(schema) == written


@pytest.mark.parametrize(
    ("name", "written"),
    [("sendMessage", "send_message"), ("If-Match", "if_match"), ("from", "sender"), ("class", "class_")],
)
def test_names_are_pythons(name: str, written: str) -> None:
    assert snake(name) == written


def test_what_a_change_leaves_out_is_unset_and_what_is_new_has_its_default() -> None:
    schema: Json = {"properties": {"name": {"type": ["string", "null"]}, "size": {"type": "integer", "default": 3}}}
    [change, new] = structs({"Change": schema, "New": schema}, {"Change"})
    assert "name: str | msgspec.UnsetType | None = msgspec.UNSET" in change
    assert "name: str | None = None" in new
    assert "size: int = 3" in new
