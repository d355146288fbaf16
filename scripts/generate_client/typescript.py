"""The TypeScript client's generated files: its types, and a class with one method for each operation."""

import json
import re
from collections.abc import Iterator

from control_plane.core.openapi import Object, schemas_of
from scripts.generate_client.operations import Operation, Parameter, of_list, operations_of
from scripts.generate_client.typescript_types import interfaces, type_of

_HEAD = "/* {what}\n\nMade by `scripts/client` from the API's description: not to be edited. */\n"
_METHODS = """\
import type * as api from "./types.js";
import { Pages } from "./paging.js";
import { segment } from "./request.js";
import { type CallOptions, Transport } from "./transport.js";

/** The API: a method for each operation. */
export class Client extends Transport {
"""
_OURS = r"(?<![\"'\w])(?!Array|Record)[A-Z]\w*"
_LONGEST_LINE = 110


def render_typescript(document: Object) -> dict[str, str]:
    """Write the client's generated files, by their names."""
    methods = "\n".join(_methods(list(operations_of(document))))
    types = "\n".join(interfaces(schemas_of(document)))
    return {
        "types.ts": _HEAD.format(what="What the API takes and gives.") + "\n" + types,
        "client.ts": _HEAD.format(what="Every operation of the API as a method.") + _METHODS + methods + "}\n",
    }


def _methods(operations: list[Operation]) -> Iterator[str]:
    for operation in operations:
        yield _method(operation)
        if operation.item:
            yield _iterator(operation)


def _method(operation: Operation) -> str:
    kind, answer = _answer(operation)
    said = operation.sentence.replace("*/", "*\\/")
    head = _head(f"async {operation.id}", _signature(operation), f"Promise<{answer}>")
    return f"  /** {said} */\n{head}\n    return this.send({_request(operation)}, {json.dumps(kind)}, options);\n  }}\n"


def _iterator(operation: Operation) -> str:
    """Write the method that goes through the whole list."""
    names = [_camel(each.name) for each in operation.parameters if each.place == "path"]
    given = ", ".join([*names, "{ ...options, ...(after === undefined ? {} : { after }) }"])
    head = _head(of_list(operation.id), _signature(operation), f"Pages<api.{operation.item}>")
    return (
        f"  /** Goes through all that `{operation.id}` gives, page after page. */\n{head}\n"
        f"    return new Pages((after) => this.{operation.id}({given}), options.after);\n  }}\n"
    )


def _head(name: str, arguments: list[str], gives: str) -> str:
    line = f"  {name}({', '.join(arguments)}): {gives} {{"
    if len(line) <= _LONGEST_LINE:
        return line
    return f"  {name}(" + "".join(f"\n    {each}," for each in arguments) + f"\n  ): {gives} {{"


def _signature(operation: Operation) -> list[str]:
    told = [f"{_camel(each.name)}: string" for each in operation.parameters if each.place == "path"]
    told += [f"body: {_qualified(type_of(operation.body))}"] if operation.body else []
    needed = any(each.required for each in operation.parameters if each.place != "path")
    others = [_option(each) for each in operation.parameters if each.place != "path"]
    kind = f"{_object(others)} & CallOptions" if others else "CallOptions"
    return [*told, f"options: {kind}{'' if needed else ' = {}'}"]


def _object(fields: list[str]) -> str:
    line = f"{{ {'; '.join(fields)} }}"
    if len(line) <= _LONGEST_LINE - len("    options:  & CallOptions = {},"):
        return line
    return "{" + "".join(f"\n      {field};" for field in fields) + "\n    }"


def _option(parameter: Parameter) -> str:
    kind = re.sub(r" \| null$", "", _qualified(type_of(parameter.schema)))
    return f"{_option_name(parameter)}{'' if parameter.required else '?'}: {kind}"


def _option_name(parameter: Parameter) -> str:
    """Headers are called as things of the language are, what stands in the address as in the API."""
    return _camel(parameter.name) if parameter.place == "header" else parameter.name


def _request(operation: Operation) -> str:
    path = re.sub(r"\{(\w+)\}", lambda found: f"${{segment({_camel(found[1])})}}", operation.path)
    parts = [f"method: {json.dumps(operation.method)}", f"path: {f'`{path}`' if '$' in path else json.dumps(path)}"]
    for name, place in (("query", "query"), ("headers", "header")):
        asked = [each for each in operation.parameters if each.place == place]
        told = [f"{_key(each.name)}: options.{_option_name(each)}" for each in asked]
        parts += [f"{name}: {{ {', '.join(told)} }}"] if told else []
    parts += ["body"] if operation.body else []
    return f"{{{''.join(f'{chr(10)}      {part},' for part in parts)}{chr(10)}    }}"


def _answer(operation: Operation) -> tuple[str, str]:
    if operation.answer is None:
        return ("bytes", "Uint8Array") if operation.is_file else ("nothing", "void")
    return "json", _qualified(type_of(operation.answer))


def _qualified(kind: str) -> str:
    """Name our own types with their module."""
    return re.sub(_OURS, r"api.\g<0>", kind)


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _camel(name: str) -> str:
    first, *others = re.split(r"[^A-Za-z0-9]+", name)
    return first[:1].lower() + first[1:] + "".join(word.capitalize() for word in others)
