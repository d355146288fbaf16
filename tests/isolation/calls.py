"""Values for the parameters of any query, about somebody else: made from what the parameter is called and its type."""

import enum
import types
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core import ids


class NoExample(Exception):
    """A parameter of a type that is not known here."""


class Row(dict[str, object]):
    """A row of which everything can be asked."""

    def __init__(self, examples: "Examples") -> None:
        super().__init__()
        self._examples = examples

    def __missing__(self, name: str) -> object:
        kinds = {"id": UUID, "at": datetime, "start": datetime}
        return self._examples.of(kinds.get(name.rpartition("_")[2], str), name)


_SIMPLE: dict[object, object] = {
    str: "x",
    int: 10,
    bool: False,
    float: 1.0,
    bytes: b"x",
    timedelta: timedelta(days=1),
    object: "x",
    Any: "x",
}


class Examples:
    """What a query may be called with; `things` are somebody else's ids by the table's name, `texts` by parameter."""

    def __init__(self, tenant_id: UUID, things: Mapping[str, UUID], texts: Mapping[str, str]) -> None:
        self._tenant_id = tenant_id
        self._things = things
        self._texts = texts

    def fresh(self) -> "Examples":
        """Give examples about nothing that is there yet."""
        texts = {name: text for name, text in self._texts.items() if name not in ("name", "domain")}
        return Examples(self._tenant_id, {}, texts)

    def of(self, annotation: Any, name: str) -> object:
        """Make a value; raises `NoExample`."""
        kind = _plain(annotation)
        if kind is UUID:
            return self._id(name)
        if kind is str and name in self._texts:
            return self._texts[name]
        if kind is datetime:
            return datetime.now(UTC)
        if kind is date:
            return datetime.now(UTC).date()
        if kind in _SIMPLE:
            return _SIMPLE[kind]
        if get_origin(kind) is Literal:
            return get_args(kind)[0]
        return self._composed(kind, name)

    def _composed(self, kind: Any, name: str) -> object:
        origin, inner = get_origin(kind), get_args(kind)
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            return next(iter(kind))
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            return self._struct(kind)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return {self.of(inner[0], name): self.of(inner[1], name)}
        if origin is tuple and (len(inner) != 2 or inner[1] is not ...):
            return tuple(self.of(each, name) for each in inner)
        if isinstance(origin, type) and issubclass(origin, Iterable):
            made = [self.of(inner[0], name.removesuffix("s"))]
            return origin(made) if origin in (tuple, set, frozenset) else made
        if "ipaddress" in str(kind):
            return ip_network("10.0.0.0/8") if "Network" in str(kind) else ip_address("10.9.9.9")
        if kind is asyncpg.Record:
            return Row(self)
        raise NoExample(f"{name}: {kind}")

    def _struct(self, kind: type[msgspec.Struct]) -> object:
        fields = msgspec.structs.fields(kind)
        return kind(**{field.name: self.of(field.type, field.name) for field in fields})

    def _id(self, name: str) -> UUID:
        if name in ("tenant_id", "owner", "owner_id", "client_id"):
            return self._tenant_id
        stem = name.removesuffix("_ids").removesuffix("_id").removesuffix("s")
        for table, found in self._things.items():
            if table.removesuffix("es") == stem or table.removesuffix("s") == stem or table.endswith(f"_{stem}s"):
                return found
        return ids.new_uuid()


def _plain(annotation: Any) -> Any:
    """Take off names, remarks and "or nothing"."""
    if hasattr(annotation, "__supertype__"):
        return _plain(annotation.__supertype__)
    if get_origin(annotation) is Annotated:
        return _plain(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _plain(next(each for each in get_args(annotation) if each not in (type(None), msgspec.UnsetType)))
    return annotation
