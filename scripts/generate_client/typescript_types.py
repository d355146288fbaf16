"""From schemas to TypeScript: interfaces, and the types of their fields."""

import json
from collections.abc import Iterator

from control_plane.core.openapi import Json, Object, as_list, as_object
from scripts.generate_client.sentences import sentence_of

_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def type_of(schema: Json) -> str:
    """Give the type of what a schema describes."""
    told = as_object(schema)
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if "oneOf" in told:
        return _either([type_of(kind) for kind in as_list(told["oneOf"])])
    kinds = told.get("type", [])
    return _either([_of_kind(str(kind), told) for kind in (kinds if isinstance(kinds, list) else [kinds])])


def _either(kinds: list[str]) -> str:
    """Name each once, and what is nothing last."""
    return " | ".join(sorted(dict.fromkeys(kinds), key=lambda kind: kind == "null")) or "unknown"


def _of_kind(kind: str, schema: Object) -> str:
    listed = schema.get("enum")
    if isinstance(listed, list) and kind == "string":
        return " | ".join(json.dumps(each) for each in listed if each is not None)
    if kind == "array":
        return f"Array<{type_of(schema.get('items', {}))}>"
    if kind == "object":
        return f"Record<string, {type_of(schema.get('additionalProperties') or {})}>"
    return _PLAIN[kind]


def interfaces(schemas: Object) -> Iterator[str]:
    """Write a type for each named schema, by name."""
    for name, schema in sorted(schemas.items()):
        yield _interface(name, as_object(schema))


def _interface(name: str, schema: Object) -> str:
    head = f"/** {sentence_of(schema, name)} */\n"
    if "properties" not in schema:
        return f"{head}export type {name} = {type_of(schema)};\n"
    needed = as_list(schema.get("required", []))
    lines = []
    for field, inner in as_object(schema["properties"]).items():
        if told := _remark(as_object(inner)):
            lines.append(f"  /** {told} */")
        lines.append(f"  {field}{'' if field in needed else '?'}: {type_of(inner)};")
    return "\n".join([f"{head}export interface {name} {{", *lines, "}"]) + "\n"


def _remark(schema: Object) -> str:
    """Say of a field what its type does not."""
    told = [str(schema[name]) for name in ("description",) if schema.get(name)]
    told += ["RFC 3339."] if schema.get("format") == "date-time" else []
    if schema.get("default") not in (None, "", [], {}):
        told.append(f"By default {json.dumps(schema['default'])}.")
    return " ".join(" ".join(told).split()).replace("*/", "*\\/")
