"""How an operation of the description is asked for, in each language: its example as a call."""

from control_plane.core.openapi import Json, Object, as_list, as_object, as_text, resolved
from web.snippets.calls import Snippet, curl_command, node_call, python_call
from web.snippets.literals import Call, Value


def examples(
    operation_id: str, method: str, url: str, ids: list[str], body: Json, schema: Object, schemas: Object
) -> tuple[Snippet, ...]:
    """Write the operation's example; the clients' calls stand without the lines that make a client."""
    typed = [] if body is None else [_typed(body, schema, schemas)]
    plain = [] if body is None else [body]
    return (
        curl_command(method, url, body),
        Snippet("Python", python_call(operation_id, [*ids, *typed])),
        Snippet("Node.js", node_call(operation_id, [*ids, *plain])),
    )


def _typed(value: Json, schema: Object, schemas: Object) -> Value:
    """Say of each object which type of the Python client's it is."""
    name = as_text(schema.get("$ref", "")).rpartition("/")[2]
    schema = _told(resolved(schema, schemas), schemas)
    if isinstance(value, dict) and "properties" in schema:
        fields = as_object(schema["properties"])
        inner = {field: _typed(each, as_object(fields[field]), schemas) for field, each in value.items()}
        return Call(f"types.{name or schema.get('title', '')}", inner)
    if isinstance(value, list):
        items = as_object(schema.get("items", {}))
        return [_typed(each, items, schemas) for each in value]
    return value  # type: ignore[return-value]  # JSON holds no calls


def _told(schema: Object, schemas: Object) -> Object:
    kinds = [as_object(kind) for kind in as_list(schema.get("oneOf", [])) if kind != {"type": "null"}]
    return resolved(kinds[0], schemas) if len(kinds) == 1 else schema
