"""Which addresses a mailbox can have: those that Postfix's maps, Dovecot's passwd-files and a directory name all take.

The local part is lower-case letters, digits, and `.`, `_`, `-` between them; 64 characters at most. Left out on
purpose: `+` parts an address from its detail; `/` and `:` mean something in paths and passwd-files; quoted strings and
non-ASCII local parts (RFC 6531) reach few mail programs. Capitals are taken as small letters: nobody tells them apart.
"""

import re

import msgspec

from control_plane.mail_domains import names

_LOCAL_PART = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*")
_LONGEST_LOCAL_PART = 64
_LONGEST = 254


class NotAnAddress(ValueError):
    """The text cannot be a mailbox's address; the message says why."""


class MailboxAddress(msgspec.Struct, frozen=True):
    """An address in its stored form."""

    local_part: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local_part}@{self.domain}"


def parse(text: str) -> MailboxAddress:
    """Read an address; raises `NotAnAddress`."""
    local_part, at, domain = text.strip().rpartition("@")
    local_part = local_part.lower()
    if not at:
        raise NotAnAddress("An address has an @ between its name and its domain.")
    if len(local_part) > _LONGEST_LOCAL_PART or not _LOCAL_PART.fullmatch(local_part) or ".." in local_part:
        raise NotAnAddress("Before the @, use letters a-z, digits, and dots, hyphens or underscores between them.")
    try:
        address = MailboxAddress(local_part, names.normalise(domain))
    except names.NotADomain as error:
        raise NotAnAddress(str(error)) from error
    if len(str(address)) > _LONGEST:
        raise NotAnAddress(f"An address has at most {_LONGEST} characters.")
    return address
