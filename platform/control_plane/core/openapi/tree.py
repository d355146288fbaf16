"""JSON as a tree with types, and ways around in an OpenAPI document."""

from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Object: TypeAlias = "dict[str, Json]"


def as_object(value: Json) -> Object:
    """Give what must be an object."""
    assert isinstance(value, dict), value
    return value


def as_list(value: Json) -> list[Json]:
    """Give what must be a list."""
    assert isinstance(value, list), value
    return value


def as_text(value: Json) -> str:
    """Give what must be text."""
    assert isinstance(value, str), value
    return value


def schemas_of(document: Object) -> Object:
    """Give the document's named schemas."""
    return as_object(as_object(document["components"])["schemas"])


def resolved(schema: Object, schemas: Object) -> Object:
    """Follow a reference to the schema it names."""
    while "$ref" in schema:
        schema = as_object(schemas[as_text(schema["$ref"]).rpartition("/")[2]])
    return schema
