"""The document's operations, as both clients are made from them."""

from collections.abc import Iterator

import msgspec

from control_plane.core.openapi import Json, Object, as_object, resolved, schemas_of


class Parameter(msgspec.Struct, frozen=True):
    """What stands in an address or a header."""

    name: str
    place: str
    schema: Object
    required: bool


class Operation(msgspec.Struct, frozen=True):
    """One method of a client."""

    id: str
    method: str
    path: str
    sentence: str
    parameters: tuple[Parameter, ...]
    body: "Object | None"
    answer: "Object | None"
    """The schema of what is answered; None for nothing, and for what is no JSON."""
    is_file: bool
    """Is the answer no JSON?"""
    item: str | None
    """The type of a row, where the answer is a page of a list that is read on from a position."""


def operations_of(document: Object) -> Iterator[Operation]:
    """List what a key may ask for."""
    schemas = schemas_of(document)
    for path, methods in as_object(document["paths"]).items():
        for method, described in as_object(methods).items():
            if as_object(described)["security"]:
                yield _operation(path, method, as_object(described), schemas)


def _operation(path: str, method: str, described: Object, schemas: Object) -> Operation:
    parameters = described.get("parameters", [])
    assert isinstance(parameters, list)
    told = tuple(sorted(map(_parameter, parameters), key=lambda each: not each.required))
    body = described.get("requestBody")
    content = _content(described["responses"])
    answer = content.get("application/json")
    return Operation(
        id=str(described["operationId"]),
        method=method.upper(),
        path=path,
        sentence=" ".join(str(described["description"]).split()),
        parameters=told,
        body=_schema(next(iter(as_object(as_object(body)["content"]).values()))) if body else None,
        answer=_schema(answer) if answer else None,
        is_file=bool(content) and not answer,
        item=_item(_schema(answer), schemas) if answer and any(each.name == "after" for each in told) else None,
    )


def _parameter(described: Json) -> Parameter:
    told = as_object(described)
    return Parameter(str(told["name"]), str(told["in"]), as_object(told["schema"]), bool(told.get("required")))


def _content(responses: Json) -> Object:
    good = next(answer for status, answer in as_object(responses).items() if status.startswith("2"))
    return as_object(as_object(good).get("content") or {})


def _schema(content: Json) -> Object:
    return as_object(as_object(content)["schema"])


def _item(page: Object, schemas: Object) -> str | None:
    rows = as_object(as_object(resolved(page, schemas)["properties"])["data"])
    return str(as_object(rows["items"])["$ref"]).rpartition("/")[2]


def of_list(operation_id: str) -> str:
    """Name the method that goes through a whole list: `iterMessages` beside `listMessages`."""
    return "iter" + operation_id.removeprefix("list")
