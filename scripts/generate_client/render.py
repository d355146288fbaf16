"""From the document to the client's files: its types, and one method for each operation, waiting and not waiting."""

import re
from collections.abc import Iterator
from string import Template

import msgspec

from control_plane.core.openapi import Json, Object, snake
from scripts.generate_client.types import annotation, structs

_HEAD = '"""$what\n\nMade by `scripts/client` from the API\'s description: not to be edited.\n"""\n'
_TYPES = Template(
    _HEAD
    + """
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

Json: TypeAlias = object
"""
)
_METHODS = Template(
    _HEAD
    + """
from datetime import datetime
from typing import Literal

from fleetpost_client import types
from fleetpost_client.transport import AsyncTransport, Request, Transport


class Client(Transport):
    \"\"\"Asks, and waits for the answer.\"\"\"

$waiting

class AsyncClient(AsyncTransport):
    \"\"\"Asks, and lets others work meanwhile.\"\"\"

$awaiting
"""
)


class Parameter(msgspec.Struct, frozen=True):
    """What stands in an address or a header."""

    name: str
    place: str
    type: str
    required: bool


class Operation(msgspec.Struct, frozen=True):
    """One method of the client."""

    id: str
    method: str
    path: str
    sentence: str
    parameters: tuple[Parameter, ...]
    body: str | None
    answer: str
    """A type, or None for nothing, or bytes for what is no JSON."""


def render(document: Object) -> dict[str, str]:
    """Write the client's generated files, by their names."""
    schemas = document["components"]["schemas"]  # type: ignore[index,call-overload]
    assert isinstance(schemas, dict)
    operations = list(_operations(document))
    changes = {str(each.body).removeprefix("types.") for each in operations if each.method == "PATCH"}
    types = _TYPES.substitute(what="What the API takes and gives.") + "\n\n" + "\n\n".join(structs(schemas, changes))
    return {
        "types.py": types,
        "client.py": _METHODS.substitute(
            what="Every operation of the API as a method.",
            waiting="\n".join(_method(each, "", "") for each in operations),
            awaiting="\n".join(_method(each, "async ", "await ") for each in operations),
        ),
    }


def _operations(document: Object) -> Iterator[Operation]:
    paths = document["paths"]
    assert isinstance(paths, dict)
    for path, methods in paths.items():
        assert isinstance(methods, dict)
        for method, described in methods.items():
            assert isinstance(described, dict)
            if described["security"]:
                yield _operation(path, method, described)


def _operation(path: str, method: str, described: Object) -> Operation:
    parameters = described.get("parameters", [])
    assert isinstance(parameters, list)
    body = described.get("requestBody")
    return Operation(
        id=snake(str(described["operationId"])),
        method=method.upper(),
        path=path,
        sentence=" ".join(str(described["description"]).split()),
        parameters=tuple(sorted(map(_parameter, parameters), key=lambda each: not each.required)),
        body=_qualified(annotation(_schema(body))) if isinstance(body, dict) else None,
        answer=_answer(described["responses"]),
    )


def _parameter(described: Json) -> Parameter:
    assert isinstance(described, dict)
    return Parameter(
        name=str(described["name"]),
        place=str(described["in"]),
        type=_qualified(annotation(described["schema"])),
        required=bool(described.get("required")),
    )


def _answer(responses: Json) -> str:
    assert isinstance(responses, dict)
    good = next(answer for status, answer in responses.items() if status.startswith("2"))
    assert isinstance(good, dict)
    content = good.get("content")
    if not isinstance(content, dict) or not content:
        return "None"
    return _qualified(annotation(_schema(good))) if "application/json" in content else "bytes"


def _schema(described: Object) -> Json:
    content = described["content"]
    assert isinstance(content, dict)
    first = next(iter(content.values()))
    assert isinstance(first, dict)
    return first["schema"]


def _qualified(kind: str) -> str:
    """Name our own types with their module."""
    return re.sub(r"(?<!['\w])(?!Literal|None)[A-Z]\w*", r"types.\g<0>", kind)


def _method(operation: Operation, how: str, wait: str) -> str:
    told, given = [], []
    for each in operation.parameters:
        name = snake(each.name)
        optional = "" if each.required else (" = None" if each.type.endswith("None") else " | None = None")
        told.append((each.required and each.place == "path", f"{name}: {each.type}{optional}"))
        given.append((each.place, f"{each.name!r}: {name}"))
    names = [text for first, text in told if first]
    names += [f"body: {operation.body}"] if operation.body else []
    others = [text for first, text in told if not first]
    signature = ", ".join(["self", *names, *(["*", *others] if others else [])])
    parts = {place: ", ".join(text for where, text in given if where == place) for place in ("path", "query", "header")}
    request = [repr(operation.method), repr(operation.path)]
    request += [f"{name}={{{text}}}" for name, text in parts.items() if text]
    request += ["body=body"] if operation.body else []
    gives = "" if operation.answer == "None" else "return "
    return f'''    {how}def {operation.id}({signature}) -> {operation.answer}:
        """{operation.sentence}"""
        {gives}{wait}self.send(Request({", ".join(request)}), {operation.answer})
'''
