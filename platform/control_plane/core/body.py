"""Request bodies: read strictly, and when they do not fit, refused with every wrong field at once."""

import re
import types
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, TypeGuard, Union, get_args, get_origin

import msgspec
from litestar import Request
from litestar.datastructures import State

from control_plane.core.auth import Subject
from control_plane.core.errors import FieldError, Invalid, Malformed

_AT = re.compile(r"(?P<message>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?")
_MOST_ERRORS = 100

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises: it does not fit, it is no JSON, it is no UTF-8, it is nested too deeply."""


class Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of what routes take: a misspelt field is an error, not a silence."""


class JsonRequest(Request[Subject | None, None, State]):
    """Decodes a body straight into the handler's type, and strictly; Litestar's own way turns "5" into 5."""

    async def json(self) -> object:
        """Give the body; raises `Malformed` when it is not JSON, `Invalid` when it does not fit."""
        field = self.route_handler.parsed_data_field
        wanted = object if field is None else field.annotation
        raw = await self.body()
        try:
            return _decoder(wanted).decode(raw)
        except UNREADABLE as error:
            raise refusal(raw, wanted) from error


@lru_cache
def _decoder(wanted: object) -> "msgspec.json.Decoder[object]":
    return msgspec.json.Decoder(wanted)


def refusal(raw: bytes, wanted: object) -> Invalid | Malformed:
    """Say why a body that was refused does not fit: the slow way, for the error's sake."""
    try:
        value = msgspec.json.decode(raw)
    except RecursionError:
        return Malformed("The body is nested too deeply.")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Malformed(f"The body is not valid JSON: {error}.")
    return Invalid(errors=tuple(field_errors(value, wanted)))


def field_errors(value: object, wanted: object, path: str = "") -> list[FieldError]:
    """List what is wrong with a decoded body, each field by its path, up to a hundred of them."""
    return [error for error, _ in zip(_errors(value, wanted, path), range(_MOST_ERRORS), strict=False)]


def _errors(value: object, wanted: object, path: str) -> Iterator[FieldError]:
    inner = _inner(wanted)
    if inner is msgspec.Raw:
        return
    if isinstance(value, dict) and _is_struct(inner):
        yield from _struct_errors(value, inner, path)
    elif isinstance(value, dict) and get_origin(inner) is dict:
        yield from _dict_errors(value, inner, wanted, path)
    elif isinstance(value, list) and get_origin(inner) in (list, tuple):
        yield from _list_errors(value, inner, wanted, path)
    else:
        yield from _leaf_errors(value, wanted, path)


def _list_errors(value: list[object], inner: object, wanted: object, path: str) -> Iterator[FieldError]:
    too_long = _length_errors(value, list[object], wanted, path)
    yield from too_long
    for index, item in enumerate(value if not too_long else ()):
        yield from _errors(item, get_args(inner)[0], f"{path}[{index}]")


def _dict_errors(value: dict[str, object], inner: object, wanted: object, path: str) -> Iterator[FieldError]:
    too_long = _length_errors(value, dict[str, object], wanted, path)
    yield from too_long
    for name, item in value.items() if not too_long else ():
        yield from _errors(item, get_args(inner)[1], _join(path, name))


def _length_errors(value: object, of_anything: object, wanted: object, path: str) -> list[FieldError]:
    """Look at the length alone: what is in a list that is far too long would take seconds to look at."""
    wanted = _only_member(wanted)
    if get_origin(wanted) is not Annotated:
        return []
    return list(_leaf_errors(value, Annotated[of_anything, *wanted.__metadata__], path))  # type: ignore[attr-defined]


def _struct_errors(value: dict[str, object], wanted: type[msgspec.Struct], path: str) -> Iterator[FieldError]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(wanted)}
    for name in value.keys() - fields.keys():
        yield FieldError(_join(path, name), "There is no such field: check its spelling.")
    for name, field in fields.items():
        if name in value:
            if value[name] is not None or type(None) not in get_args(field.type):
                yield from _errors(value[name], field.type, _join(path, name))
        elif field.required:
            yield FieldError(_join(path, name), "This field is required.")


def _leaf_errors(value: object, wanted: object, path: str) -> Iterator[FieldError]:
    try:
        msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        found = _AT.fullmatch(str(error))
        assert found is not None
        yield FieldError(path + (found["path"] or ""), found["message"])


def _is_struct(wanted: object) -> TypeGuard[type[msgspec.Struct]]:
    return isinstance(wanted, type) and issubclass(wanted, msgspec.Struct)


def _inner(wanted: object) -> object:
    """Take off `Annotated`, and `None` and `UNSET` out of a union that has one other member."""
    if get_origin(wanted) is Annotated:
        return _inner(get_args(wanted)[0])
    member = _only_member(wanted)
    return wanted if member is wanted else _inner(member)


def _only_member(wanted: object) -> object:
    """Take `None` and `UNSET` out of a union that has one other member."""
    if get_origin(wanted) not in (Union, types.UnionType):
        return wanted
    others: list[object] = [member for member in get_args(wanted) if member not in (type(None), msgspec.UnsetType)]
    return others[0] if len(others) == 1 else wanted


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
