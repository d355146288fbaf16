"""What the commands of features share: how they run, and how they print for people and for programs."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

import click
import msgspec

from control_plane.core.runtime import Runtime

Result = TypeVar("Result")


class Run(Protocol):
    """Opens what a command needs, runs it and closes everything; the object that every group of commands is given."""

    def __call__(self, command: Callable[[Runtime], Awaitable[Result]]) -> Result: ...


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay out rows below their header in columns that are as wide as need be."""
    cells = [list(header), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(header))]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)


def show(result: msgspec.Struct, *, as_json: bool) -> None:
    """Print one thing: as JSON, or a line for each field."""
    fields = msgspec.to_builtins(result)
    if as_json:
        click.echo(msgspec.json.encode(fields).decode())
    else:
        width = max(map(len, fields))
        for name, value in fields.items():
            click.echo(f"{name.ljust(width)}  {_cell(value)}")


def _cell(value: object) -> str:
    """Write a value for people; control characters, which could steer a terminal, are left out."""
    if value is None or value in ("", [], {}):
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, dict):
        text = ", ".join(f"{name} {count}" for name, count in value.items())
    elif isinstance(value, list | tuple):
        text = ", ".join(map(str, value))
    else:
        text = str(value)
    return "".join(character if character.isprintable() else "?" for character in text)
