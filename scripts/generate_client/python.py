"""The Python client's generated files: its types, and one method for each operation, waiting and not waiting."""

import re
from collections.abc import Iterator
from string import Template

from control_plane.core.openapi import Object, schemas_of, snake
from scripts.generate_client.operations import Operation, Parameter, of_list, operations_of
from scripts.generate_client.python_types import annotation, structs

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

from fleetpost_client import types as api
from fleetpost_client.paging import AsyncPages, Pages
from fleetpost_client.request import Request
from fleetpost_client.transport import AsyncTransport, Transport


class Client(Transport):
    \"\"\"Asks, and waits for the answer.\"\"\"

$waiting

class AsyncClient(AsyncTransport):
    \"\"\"Asks, and lets others work meanwhile.\"\"\"

$awaiting
"""
)


def render_python(document: Object) -> dict[str, str]:
    """Write the client's generated files, by their names."""
    operations = list(operations_of(document))
    changes = {annotation(each.body) for each in operations if each.method == "PATCH" and each.body}
    types = _TYPES.substitute(what="What the API takes and gives.")
    return {
        "types.py": types + "\n\n" + "\n\n".join(structs(schemas_of(document), changes)),
        "client.py": _METHODS.substitute(
            what="Every operation of the API as a method.",
            waiting="\n".join(_methods(operations, is_async=False)),
            awaiting="\n".join(_methods(operations, is_async=True)),
        ),
    }


def _methods(operations: list[Operation], *, is_async: bool) -> Iterator[str]:
    for operation in operations:
        yield _method(operation, *(("async ", "await ") if is_async else ("", "")))
        if operation.item:
            yield _iterator(operation, "AsyncPages" if is_async else "Pages")


def _method(operation: Operation, how: str, wait: str) -> str:
    given = [(each.place, f"{each.name!r}: {snake(each.name)}") for each in operation.parameters]
    parts = {place: ", ".join(text for where, text in given if where == place) for place in ("path", "query", "header")}
    request = [repr(operation.method), repr(operation.path)]
    request += [f"{name}={{{text}}}" for name, text in parts.items() if text]
    request += ["body=body"] if operation.body else []
    answer = _answer(operation)
    gives = "" if answer == "None" else "return "
    return f'''    {how}def {snake(operation.id)}({_signature(operation)}) -> {answer}:
        """{operation.sentence}"""
        {gives}{wait}self.send(Request({", ".join(request)}), {answer})
'''


def _iterator(operation: Operation, pages: str) -> str:
    """Write the method that goes through the whole list."""
    given = [snake(each.name) for each in operation.parameters if each.place == "path"]
    given += [f"{name}={name}" for each in operation.parameters if (name := snake(each.name)) not in ("after", *given)]
    asked = f"self.{snake(operation.id)}({', '.join(given)}, after=position)"
    return f'''    def {snake(of_list(operation.id))}({_signature(operation)}) -> {pages}[api.{operation.item}]:
        """Go through all that `{snake(operation.id)}` gives, page after page."""
        return {pages}(lambda position: {asked.replace("(, ", "(")}, after)
'''


def _signature(operation: Operation) -> str:
    told = [(each.required and each.place == "path", _told(each)) for each in operation.parameters]
    names = [text for first, text in told if first]
    names += [f"body: {_qualified(annotation(operation.body))}"] if operation.body else []
    others = [text for first, text in told if not first]
    return ", ".join(["self", *names, *(["*", *others] if others else [])])


def _told(parameter: Parameter) -> str:
    kind = _qualified(annotation(parameter.schema))
    optional = "" if parameter.required else (" = None" if kind.endswith("None") else " | None = None")
    return f"{snake(parameter.name)}: {kind}{optional}"


def _answer(operation: Operation) -> str:
    if operation.answer is None:
        return "bytes" if operation.is_file else "None"
    return _qualified(annotation(operation.answer))


def _qualified(kind: str) -> str:
    """Name our own types with their module, under a name that no parameter has."""
    return re.sub(r"(?<!['\w])(?!Literal|None)[A-Z]\w*", r"api.\g<0>", kind)
