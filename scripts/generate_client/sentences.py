"""What is said of a type that says nothing of itself."""

import re

from control_plane.core.openapi import Object


def sentence_of(schema: Object, name: str) -> str:
    """Give a type's description, or its name as words."""
    told = str(schema.get("description") or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize())
    return told if told.endswith((".", "?")) else f"{told}."
