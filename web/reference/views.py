"""What the page shows, made once from the document."""

from collections.abc import Iterator

import msgspec

from control_plane.core.openapi import Json, Object, as_list, as_object, as_text, example_of, schemas_of
from web.reference.fields import Field, bounds_of, fields_of, kind_of
from web.reference.snippets import examples
from web.snippets import Place, Snippet, asking
from web.snippets.literals import json_text

_JSON = "application/json"


class Problem(msgspec.Struct, frozen=True):
    """A way to be refused."""

    status: str
    description: str


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation with its examples."""

    id: str
    method: str
    path: str
    title: str
    sentence: str
    scope: str
    parameters: tuple[Field, ...]
    fields: tuple[Field, ...]
    snippets: tuple[Snippet, ...]
    status: str
    answer: str
    problems: tuple[Problem, ...]

    def matches(self, words: str) -> bool:
        """Say whether all words are to be found in what it is called and does."""
        text = f"{self.id} {self.method} {self.path} {self.title} {self.sentence}".lower()
        return all(word in text for word in words.lower().split())


class Resource(msgspec.Struct, frozen=True):
    """What belongs together."""

    name: str
    description: str
    operations: tuple[Operation, ...]


class Reference(msgspec.Struct, frozen=True):
    """The whole API."""

    url: str
    first: tuple[Snippet, ...]
    """How to begin."""
    resources: tuple[Resource, ...]

    def find(self, words: str) -> tuple[Resource, ...]:
        """Keep the operations that match; resources without any are left out."""
        kept = (
            msgspec.structs.replace(
                resource, operations=tuple(each for each in resource.operations if each.matches(words))
            )
            for resource in self.resources
        )
        return tuple(resource for resource in kept if resource.operations)


def reference_of(document: Object) -> Reference:
    """Read the document."""
    url = as_text(as_object(as_list(document["servers"])[0])["url"])
    described = [as_object(tag) for tag in as_list(document["tags"])]
    operations = list(_operations(document, url))
    resources = (
        Resource(
            as_text(tag["name"]),
            as_text(tag["description"]),
            tuple(operation for name, operation in operations if name == tag["name"]),
        )
        for tag in described
    )
    return Reference(url, asking(Place(url)), tuple(resource for resource in resources if resource.operations))


def _operations(document: Object, url: str) -> Iterator[tuple[str, Operation]]:
    schemas = schemas_of(document)
    for path, methods in as_object(document["paths"]).items():
        for method, described in as_object(methods).items():
            operation = as_object(described)
            if operation["security"]:
                yield as_text(as_list(operation["tags"])[0]), _operation(path, method, operation, schemas, url)


def _operation(path: str, method: str, described: Object, schemas: Object, url: str) -> Operation:
    parameters = [as_object(each) for each in as_list(described.get("parameters", []))]
    values = {as_text(each["name"]): _value_of(each, schemas) for each in parameters if each["in"] == "path"}
    body, schema = _content(as_object(described.get("requestBody", {})))
    status, answer = _good(as_object(described["responses"]))
    scopes = as_list(as_object(as_list(described["security"])[0])["key"])
    return Operation(
        id=as_text(described["operationId"]),
        method=method.upper(),
        path=path,
        title=as_text(described["summary"]),
        sentence=as_text(described["description"]),
        scope=str(scopes[0]) if scopes else "",
        parameters=tuple(_parameter(each) for each in parameters),
        fields=tuple(fields_of(schema, schemas)),
        snippets=examples(
            as_text(described["operationId"]),
            method.upper(),
            url + path.format(**values),
            list(values.values()),
            body,
            schema,
            schemas,
        ),
        status=status,
        answer=answer,
        problems=tuple(_problems(as_object(described["responses"]))),
    )


def _value_of(parameter: Object, schemas: Object) -> str:
    """Give an id to show in an address."""
    name = as_text(parameter["name"])
    made = as_object(example_of({"properties": {name: parameter["schema"]}}, schemas))
    return str(made[name])


def _parameter(described: Object) -> Field:
    schema = as_object(described["schema"])
    return Field(
        path=as_text(described["name"]),
        kind=kind_of(schema),
        bounds=bounds_of(schema),
        required=bool(described.get("required")),
        description=str(described.get("description") or ""),
    )


def _content(described: Object) -> tuple[Json, Object]:
    content = as_object(as_object(described.get("content", {})).get(_JSON, {}))
    return content.get("example"), as_object(content.get("schema", {}))


def _good(responses: Object) -> tuple[str, str]:
    status = next(each for each in responses if each.startswith("2"))
    example, _ = _content(as_object(responses[status]))
    return status, "" if example is None else json_text(example)


def _problems(responses: Object) -> Iterator[Problem]:
    for status, described in sorted(responses.items()):
        if status.isdigit() and not status.startswith("2"):
            yield Problem(status, as_text(as_object(described)["description"]))
