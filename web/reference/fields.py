"""The fields of a body as the rows of a table, those of what is inside of it by their path."""

from collections.abc import Iterator

import msgspec

from control_plane.core.openapi import Json, Object, as_list, as_object, resolved

_DEEPEST = 3
_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "maxLength": "up to {} characters",
    "maxItems": "up to {}",
}


class Field(msgspec.Struct, frozen=True):
    """One row."""

    path: str
    kind: str
    bounds: str
    required: bool
    description: str = ""


def fields_of(schema: Object, schemas: Object, path: str = "", depth: int = 0) -> Iterator[Field]:
    """List the fields of an object, or of the objects in a list."""
    schema = _inside(resolved(schema, schemas), schemas)
    needed = as_list(schema.get("required", []))
    for name, described in as_object(schema.get("properties", {})).items():
        inner = as_object(described)
        here = f"{path}{name}"
        yield Field(here, kind_of(inner), bounds_of(inner), name in needed, str(inner.get("description", "")))
        if depth < _DEEPEST:
            dots = "[]." if "array" in _kinds(inner) else "."
            yield from fields_of(inner, schemas, here + dots, depth + 1)


def _inside(schema: Object, schemas: Object) -> Object:
    """Step into a list, or into the one thing that something is unless it is nothing."""
    if "items" in schema:
        return resolved(as_object(schema["items"]), schemas)
    told = [kind for kind in as_list(schema.get("oneOf", [])) if kind != {"type": "null"}]
    return resolved(as_object(told[0]), schemas) if len(told) == 1 else schema


def kind_of(schema: Object) -> str:
    """Say what a value is: `string or null`, `list of string`."""
    if "$ref" in schema:
        return "object"
    if isinstance(kinds := schema.get("oneOf"), list):
        return " or ".join(dict.fromkeys(kind_of(as_object(kind)) for kind in kinds))
    return " or ".join(_word(kind, schema) for kind in _kinds(schema)) or "anything"


def _word(kind: str, schema: Object) -> str:
    if kind == "array":
        return f"list of {kind_of(as_object(schema.get('items', {})))}"
    return "date and time" if kind == "string" and schema.get("format") == "date-time" else kind


def _kinds(schema: Object) -> list[str]:
    kinds = schema.get("type", [])
    listed: list[Json] = kinds if isinstance(kinds, list) else [kinds]
    return [str(kind) for kind in sorted(listed, key=lambda kind: kind == "null")]


def bounds_of(schema: Object) -> str:
    """Say which values are taken."""
    if isinstance(listed := schema.get("enum"), list):
        return ", ".join(str(each) for each in listed if each is not None)
    told = [text.format(f"{schema[name]:,}") for name, text in _BOUNDS.items() if isinstance(schema.get(name), int)]
    if schema.get("default") not in (None, "", [], {}):
        told.append(f"default: {msgspec.json.encode(schema['default']).decode()}")
    return ", ".join(told)
