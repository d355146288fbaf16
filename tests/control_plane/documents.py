"""A small judge of JSON against the schemas of our OpenAPI document: as much of JSON Schema as the document uses."""

from collections.abc import Iterator, Mapping
from typing import Any

TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}


class Judge:
    """Judges by one document."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]

    def faults(self, value: Any, schema: Mapping[str, Any], path: str = "$") -> list[str]:
        """List what does not fit."""
        return list(self._faults(value, schema, path))

    def _faults(self, value: Any, schema: Mapping[str, Any], path: str) -> Iterator[str]:
        if "$ref" in schema:
            yield from self._faults(value, self._schemas[schema["$ref"].rpartition("/")[2]], path)
        elif "oneOf" in schema:
            fitting = [kind for kind in schema["oneOf"] if not self.faults(value, kind)]
            if len(fitting) != 1:
                yield f"{path}: {len(fitting)} of the kinds fit {value!r}"
        elif "type" in schema and not _is_of_type(value, schema["type"]):
            yield f"{path}: {value!r} is no {schema['type']}"
        elif "enum" in schema and value not in schema["enum"]:
            yield f"{path}: {value!r} is not listed"
        elif isinstance(value, dict):
            yield from self._object_faults(value, schema, path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._faults(item, schema.get("items", {}), f"{path}[{index}]")

    def _object_faults(self, value: dict[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
        properties, others = schema.get("properties", {}), schema.get("additionalProperties", {})
        yield from (f"{path}.{name} is missing" for name in schema.get("required", ()) if name not in value)
        for name, item in value.items():
            if name in properties or others:
                yield from self._faults(item, properties.get(name, others), f"{path}.{name}")
            elif properties:
                yield f"{path}.{name} is not described"


def _is_of_type(value: Any, wanted: str | list[str]) -> bool:
    if isinstance(wanted, list):
        return any(_is_of_type(value, each) for each in wanted)
    return isinstance(value, TYPES[wanted]) and not (isinstance(value, bool) and wanted in ("integer", "number"))
