"""From schemas to Python types: structs, and the annotations of their fields."""

import re
from collections.abc import Collection, Iterator

from control_plane.core.openapi import Json, Object, snake
from scripts.generate_client.sentences import sentence_of

_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def annotation(schema: Json) -> str:
    """Give the type of what a schema describes."""
    assert isinstance(schema, dict)
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if isinstance(kinds := schema.get("oneOf"), list):
        return " | ".join(sorted({annotation(kind) for kind in kinds}, key=lambda kind: (kind == "None", kind)))
    kinds = schema.get("type", [])
    wanted = kinds if isinstance(kinds, list) else [kinds]
    found = [_of_kind(str(kind), schema) for kind in sorted(wanted, key=lambda kind: kind == "null")]
    return " | ".join(dict.fromkeys(found)) or "Json"


def _of_kind(kind: str, schema: Object) -> str:
    listed = schema.get("enum")
    if isinstance(listed, list) and kind == "string":
        return f"Literal[{', '.join(repr(each) for each in listed if each is not None)}]"
    if kind == "array":
        return f"list[{annotation(schema.get('items', {}))}]"
    if kind == "object":
        return f"dict[str, {annotation(schema.get('additionalProperties') or {})}]"
    if kind == "string" and schema.get("format") == "date-time":
        return "datetime"
    return _PLAIN[kind]


def structs(schemas: Object, changes: Collection[str]) -> Iterator[str]:
    """Write a class for each named schema, each after what it needs; of `changes`, what is left out stays unset."""
    waiting = dict(schemas)
    while waiting:
        ready = [name for name, schema in waiting.items() if _needs(schema) & waiting.keys() <= {name}]
        for name in ready or [next(iter(waiting))]:
            yield _struct(name, waiting.pop(name), partial=name in changes)


def _needs(schema: Json) -> set[str]:
    return set(re.findall(r"#/components/schemas/(\w+)", str(schema)))


def _struct(name: str, schema: Json, *, partial: bool) -> str:
    assert isinstance(schema, dict)
    fields, needed = schema.get("properties"), schema.get("required", [])
    if not isinstance(fields, dict):
        return f"{name}: TypeAlias = {annotation(schema)!r}\n"
    assert isinstance(needed, list)
    renamed = {snake(field): field for field in fields if snake(field) != field}
    rename = f", rename={renamed!r}" if renamed else ""
    lines = [f"class {name}(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, weakref=True{rename}):"]
    lines.append(f'    """{sentence_of(schema, name)}"""\n')
    for field, inner in fields.items():
        kind = annotation(inner)
        lines.append(f"    {snake(field)}: {kind if field in needed else _optional(kind, inner, partial=partial)}")
    return "\n".join([*lines, *([] if fields else ["    pass"])]) + "\n"


def _optional(kind: str, schema: Json, *, partial: bool) -> str:
    assert isinstance(schema, dict)
    or_none = kind.endswith(" | None")
    bare = kind.removesuffix(" | None")
    if partial:
        return f"{bare} | msgspec.UnsetType{' | None' if or_none else ''} = msgspec.UNSET"
    default = schema.get("default")
    if isinstance(default, list | dict) and default:
        return f"{kind} = msgspec.field(default_factory=lambda: {default!r})"
    if default is not None:
        return f"{kind} = {default!r}"
    empty = {"list": "[]", "dict": "{}"}.get(bare.partition("[")[0]) if not or_none else None
    return f"{kind} = {empty}" if empty else f"{bare} | None = None"
