"""How an operation is asked for: with curl, and with the Python client."""

import msgspec

from control_plane.core.openapi import Json, Object, as_list, as_object, as_text, resolved, snake

_INDENT = "    "


def curl(method: str, url: str, body: Json, headers: tuple[str, ...] = ()) -> str:
    """Write the command."""
    lines = ["curl" + (f" -X {method}" if method != "GET" else "") + f' "{url}"', '-H "Authorization: Bearer $KEY"']
    lines += [f'-H "{header}"' for header in headers]
    if body is not None:
        lines += ['-H "Content-Type: application/json"', "-d " + _quoted(json_text(body))]
    return " \\\n  ".join(lines)


def json_text(value: Json) -> str:
    """Write JSON as people read it."""
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def python(operation_id: str, path_values: dict[str, str], body: Json, schema: Object, schemas: Object) -> str:
    """Write the call."""
    arguments = [repr(value) for value in path_values.values()]
    if body is not None:
        arguments.append(_value(body, schema, schemas))
    return f"client.{snake(operation_id)}({', '.join(arguments)})"


def _value(value: Json, schema: Object, schemas: Object, depth: int = 0) -> str:
    name = as_text(schema.get("$ref", "")).rpartition("/")[2]
    schema = _told(resolved(schema, schemas), schemas)
    if isinstance(value, dict) and "properties" in schema:
        fields = as_object(schema["properties"])
        inner = [
            f"{snake(field)}={_value(each, as_object(fields[field]), schemas, depth + 1)}"
            for field, each in value.items()
        ]
        return _call(f"types.{name or schema.get('title', '')}", inner, depth)
    if isinstance(value, list):
        items = as_object(schema.get("items", {}))
        return f"[{', '.join(_value(each, items, schemas, depth) for each in value)}]"
    return repr(value)


def _call(name: str, arguments: list[str], depth: int) -> str:
    if sum(map(len, arguments)) <= 50:
        return f"{name}({', '.join(arguments)})"
    inner = "".join(f"\n{_INDENT * (depth + 1)}{each}," for each in arguments)
    return f"{name}({inner}\n{_INDENT * depth})"


def _told(schema: Object, schemas: Object) -> Object:
    kinds = [as_object(kind) for kind in as_list(schema.get("oneOf", [])) if kind != {"type": "null"}]
    return resolved(kinds[0], schemas) if len(kinds) == 1 else schema
