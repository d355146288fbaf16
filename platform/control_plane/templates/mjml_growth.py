"""How much the MJML compiler would make of a document: it repeats some of what is written once for each element."""

import re

from control_plane.templates.fault import Fault

MOST_REPEATED = 8 * 1024 * 1024
"""Characters: the elements times what each of them may get from elsewhere."""
MOST_IMAGES = 50
"""In carousels, whose style sheet grows with the square of their images."""

_VALUE = re.compile(r"""=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_ATTRIBUTES = re.compile(r"<mj-attributes\b(.*?)(?:</mj-attributes|\Z)", re.DOTALL)


def check_growth(source: str) -> None:
    """Raise `Fault` for a document of which much more would be made than it is."""
    if source.count("<mj-carousel-image") > MOST_IMAGES:
        raise Fault(f"At most {MOST_IMAGES} images in carousels.")
    if source.count("<") * max(_longest_value(source), _attributes(source)) > MOST_REPEATED:
        raise Fault("Its attributes are too long for so many elements: shorten them, or mj-attributes.")


def _longest_value(source: str) -> int:
    """Measure what an element may hand on to all that are in it."""
    return max((len(value[1] or value[2] or "") for value in _VALUE.finditer(source)), default=0)


def _attributes(source: str) -> int:
    """Measure what is handed to every element of a kind."""
    return sum(len(block[1]) for block in _ATTRIBUTES.finditer(source))
