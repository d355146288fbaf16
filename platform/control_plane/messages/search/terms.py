"""What a message can be found by: its terms, each a number that an index holds.

A term is a letter for its kind and a value, as in `wrechnung` or `tann@acme.test`. The index holds 40 bits of its hash
together with its tenant's id, behind the hour in which the message was accepted. So a search goes from hour to hour,
newest first, and stops when a page is full: it never meets more than one hour's messages at a time, however many there
are, nor anybody else's. What is written at one time stands together in the index, which spares reading it to write.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import NewType
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.messages.search.words import words_of

Term = NewType("Term", str)

SANDBOX = Term("x")
"""Of messages of which nothing goes out."""
HOUR_MS = 3_600_000
_HASH_BITS = 40


class Findable(msgspec.Struct, frozen=True, kw_only=True):
    """What of a message can be searched for."""

    sender: str
    recipients: Sequence[str]
    subject: str
    stream: str
    tags: Sequence[str] = ()
    metadata: Mapping[str, str] = {}
    message_id: str = ""
    """Its Message-ID header, if that is not one of ours."""
    sandbox: bool = False
    """Nothing of it goes out."""


def keys_of(tenant_id: UUID, message_id: UUID, findable: Findable) -> list[int]:
    """Give the numbers under which a message is found."""
    return keys(hour_of(message_id), hashes(tenant_id, terms_of(findable)))


def terms_of(findable: Findable) -> set[Term]:
    """Give a message's terms."""
    found = {word(each) for each in words_of(findable.subject)}
    found.update(addressed("f", findable.sender))
    for recipient in findable.recipients:
        found.update(addressed("t", recipient))
    found.update(map(tag, findable.tags))
    found.update(metadata(*pair) for pair in findable.metadata.items())
    found.add(stream(findable.stream))
    if findable.sandbox:
        found.add(SANDBOX)
    if findable.message_id:
        found.add(header_id(findable.message_id))
    return found


def word(text: str) -> Term:
    """Make the term of a word of the subject."""
    return Term(f"w{text}")


def tag(text: str) -> Term:
    """Make a tag's term."""
    return Term(f"g{text}")


def metadata(name: str, value: str) -> Term:
    """Make the term of an entry of the metadata."""
    return Term(f"m{name}={value}")


def stream(name: str) -> Term:
    """Make a stream's term."""
    return Term(f"s{name}")


def header_id(text: str) -> Term:
    """Make the term of a Message-ID, with or without its brackets."""
    return Term(f"i{text.strip().strip('<>')}")


def address(side: str, text: str) -> Term:
    """Make the term of a sender (`f`) or a recipient (`t`): `ann@acme.test`, `@acme.test` or `ann@`."""
    return Term(f"{side}{text.lower()}")


def addressed(side: str, email: str) -> tuple[Term, Term, Term]:
    """Give the terms under which a sender or a recipient is found."""
    local, _, domain = email.rpartition("@")
    return address(side, email), address(side, f"{local}@"), address(side, f"@{domain}")


def hashes(tenant_id: UUID, terms: Iterable[Term]) -> list[int]:
    """Give the terms' hashes; PostgreSQL computes the same (see the migration)."""
    begun = hashlib.md5(str(tenant_id).encode(), usedforsecurity=False)
    found = []
    for term in terms:
        whole = begun.copy()
        whole.update(term.encode("utf-8", "replace"))
        found.append(int.from_bytes(whole.digest()[: _HASH_BITS // 8]))
    return found


def hour_of(message_id: UUID) -> int:
    """Give the hour in which a message was accepted, counted from 1970."""
    return ids.time_ms_of(message_id) // HOUR_MS


def keys(hour: int, hashed: Iterable[int]) -> list[int]:
    """Put an hour before the hashes of terms."""
    return sorted({hour << _HASH_BITS | each for each in hashed})
