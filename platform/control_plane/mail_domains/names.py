"""Domain names as people write them, made into the one form that is stored: lower-case A-labels without a last dot."""

import contextlib
import re

import idna

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST = 253
_NOT_FOR_MAIL = frozenset({"localhost", "local", "invalid", "onion", "arpa", "internal"})


NEEDED = ("bounce", "mta-sts", "autoconfig", "autodiscover")
"""Labels of the names below a domain that its mail needs."""


class NotADomain(ValueError):
    """The text is not a domain that could have mail; the message says why."""


def normalise(text: str) -> str:
    """Give the stored form; raises `NotADomain`."""
    try:
        name = idna.encode(text.strip().removesuffix("."), uts46=True).decode()
    except idna.IDNAError as error:
        raise NotADomain(f"This is not a domain name: {error}.") from error
    labels = name.split(".")
    if len(name) > _LONGEST or not all(_LABEL.fullmatch(label) for label in labels):
        raise NotADomain("A domain name has letters, digits and hyphens between dots, 253 characters at most.")
    if len(labels) < 2:
        raise NotADomain("This is a top-level domain: give a whole name such as example.com.")
    if labels[-1].isdigit() or labels[-1] in _NOT_FOR_MAIL:
        raise NotADomain(f"Mail cannot be exchanged under .{labels[-1]}.")
    return name


def displayed(name: str) -> str:
    """Write a stored name as people read it, in Unicode; labels that do not decode stay as they are."""
    return ".".join(map(_displayed_label, name.split(".")))


def pattern(query: str) -> str | None:
    """Write the pattern of SQL's `like` for names that have this part in them; None for nothing."""
    typed = query.strip().lower().rstrip(".").replace("\x00", "")
    if not typed:
        return None
    with contextlib.suppress(idna.IDNAError):
        typed = idna.encode(typed, uts46=True).decode()
    for sign in "\\%_":
        typed = typed.replace(sign, f"\\{sign}")
    return f"%{typed}%"


def needed_below(name: str) -> list[str]:
    """List the names below a domain that its own mail needs, and that nobody else may therefore have proven."""
    return [f"{label}.{name}" for label in NEEDED]


def above(name: str) -> list[str]:
    """List the names above this one, without the top level: `a.b.example.com` → `b.example.com`, `example.com`."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(1, len(labels) - 1)]


def _displayed_label(label: str) -> str:
    try:
        return idna.ulabel(label)
    except idna.IDNAError:
        return label
