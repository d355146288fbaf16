"""What was filled in, read as the API reads a body: with the same rules and the same words for what is wrong."""

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from control_plane.core.body import field_errors
from control_plane.core.errors import Invalid

Shape = TypeVar("Shape")


def read_as(given: Mapping[str, object], wanted: type[Shape]) -> Shape:
    """Make a struct of fields; raises `Invalid` with each field's fault."""
    errors = field_errors(dict(given), wanted)
    if errors:
        raise Invalid(errors=tuple(errors))
    return msgspec.convert(given, wanted)
