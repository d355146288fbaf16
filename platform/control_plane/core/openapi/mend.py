"""Makes schemas what a reader and a generator of clients expect, where Litestar writes them otherwise."""

from control_plane.core.openapi.tree import Json, Object

_RAW: Json = {"oneOf": [{}, {}]}
"""What Litestar makes of `tuple[msgspec.Raw, ...]`; the only ones are the messages of a batch."""
_NULL: Json = {"type": "null"}


def mended(value: Json) -> Json:
    """Mend a document or a part of it."""
    if value == _RAW:
        return {"$ref": "#/components/schemas/NewMessage"}
    if isinstance(value, list):
        return [mended(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # bounds of integers
    if not isinstance(value, dict):
        return value
    inner = {name: mended(each) for name, each in value.items()}
    kinds = inner.get("oneOf")
    return _of_kinds(inner, kinds) if isinstance(kinds, list) else inner


def _of_kinds(schema: Object, kinds: list[Json]) -> Object:
    """Take out kinds that say nothing, and write "or null" as a type."""
    others = {name: each for name, each in schema.items() if name != "oneOf"}
    told = [kind for kind in kinds if kind != {}]  # `tuple[X, ...]`: the dots come as a kind that anything fits
    real = [kind for kind in told if kind != _NULL]
    if len(real) == 1 and isinstance(real[0], dict):
        if len(real) == len(told):
            return {**real[0], **others}
        if isinstance(real[0].get("type"), str):
            return {**_or_null(real[0]), **others}
    return {"oneOf": told, **others}


def _or_null(schema: Object) -> Object:
    nullable: Object = {**schema, "type": [schema["type"], "null"]}
    if isinstance(listed := schema.get("enum"), list):
        nullable["enum"] = [*listed, None]
    return nullable
