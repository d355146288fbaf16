"""Values as they are written in other languages, so that whatever stands in them stays a value."""

import re
import shlex
from collections.abc import Iterable
from typing import TypeAlias

import msgspec

from control_plane.core.openapi import Json, snake

_WIDTH = 72
_HIDDEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


class Call(msgspec.Struct, frozen=True):
    """A Python object that is made by a call: `types.EmailAddress(email="…")`."""

    name: str
    arguments: "dict[str, Value]"


Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | float | bool | Call | None"
"""What JSON can hold, with calls in it."""


def shell(text: str) -> str:
    """Write one word of a command; always quoted, so that it looks the same whatever it holds."""
    quoted = shlex.quote(text)
    return quoted if quoted.startswith("'") else f"'{quoted}'"


def json_text(value: Json) -> str:
    """Write JSON as people read it."""
    return _seen(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def javascript(value: Json, depth: int = 0) -> str:
    """Write a value in JavaScript."""
    if isinstance(value, dict):
        return _enclosed(
            "{ ", (f"{_key(name)}: {javascript(each, depth + 1)}" for name, each in value.items()), " }", depth
        )
    if isinstance(value, list):
        return _enclosed("[", (javascript(each, depth + 1) for each in value), "]", depth)
    return _text(value)


def python(value: Value, depth: int = 0) -> str:
    """Write a value in Python."""
    if isinstance(value, Call):
        given = (f"{snake(name)}={python(each, depth + 1)}" for name, each in value.arguments.items())
        return _enclosed(f"{value.name}(", given, ")", depth, indent=4)
    if isinstance(value, dict):
        given = (f"{_text(name)}: {python(each, depth + 1)}" for name, each in value.items())
        return _enclosed("{", given, "}", depth, indent=4)
    if isinstance(value, list):
        return _enclosed("[", (python(each, depth + 1) for each in value), "]", depth, indent=4)
    return repr(value) if value is None or isinstance(value, bool) else _text(value)


def _text(value: Json) -> str:
    """Write what both languages write as JSON does."""
    return _seen(msgspec.json.encode(value).decode())


def _seen(json: str) -> str:
    """Spell out what nobody sees: it could make lines read otherwise than they are."""
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json)


def _key(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else _text(name)


def _enclosed(start: str, parts: Iterable[str], end: str, depth: int, indent: int = 2) -> str:
    """Write it on one line, or else each part on its own."""
    given = list(parts)
    if not given:
        return start.rstrip() + end.lstrip()
    line = f"{start}{', '.join(given)}{end}"
    if "\n" not in line and len(line) + depth * indent <= _WIDTH:
        return line
    inner = "".join(f"\n{' ' * indent * (depth + 1)}{each}," for each in given)
    return f"{start.rstrip()}{inner}\n{' ' * indent * depth}{end.lstrip()}"
