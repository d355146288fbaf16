"""The address that a person is known by: one form for each, in lower case."""

from control_plane.core.errors import FieldError, Invalid
from control_plane.core.text import is_one_line
from control_plane.messages.addresses import BadAddress, normalise

_LONGEST = 320


def address_of(text: str, path: str = "email") -> str:
    """Give the address in its one form; raises `Invalid` at `path`."""
    try:
        return normalise(text.strip()).lower()
    except BadAddress as error:
        raise Invalid(errors=(FieldError(path, str(error)),)) from error


def as_known(text: str) -> str:
    """Give the form that somebody would be known by, whatever was typed; nothing when nobody can be."""
    try:
        return address_of(text)
    except Invalid:  # who installs the platform may be called otherwise
        bare = text.strip().lower()
        return bare if len(bare) <= _LONGEST and is_one_line(bare) else ""
