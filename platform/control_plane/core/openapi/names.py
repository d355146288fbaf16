"""What things of the document are called in the Python client."""

import keyword
import re


def snake(name: str) -> str:
    """Write `sendMessage` or `If-Match` as a Python name; the sender of a message is no `from`, which is a keyword."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name).strip("_").lower()
    return {"from": "sender"}.get(words, f"{words}_" if keyword.iskeyword(words) or words == "format" else words)
