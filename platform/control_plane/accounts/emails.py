"""The address that a person is known by: one form for each, in lower case."""

from control_plane.core.errors import FieldError, Invalid
from control_plane.messages.addresses import BadAddress, normalise


def address_of(text: str, path: str = "email") -> str:
    """Give the address in its one form; raises `Invalid` at `path`."""
    try:
        return normalise(text.strip()).lower()
    except BadAddress as error:
        raise Invalid(errors=(FieldError(path, str(error)),)) from error
