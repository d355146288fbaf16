"""Writes header fields: encoded-words (RFC 2047), phrases and address lists (RFC 5322), folded to short lines."""

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tenant_agent import wire
from tenant_agent.compose.address import mail_address
from tenant_agent.compose.failures import Unsendable

_LINE = 78  # RFC 5322 §2.1.1: should; 998 is must
_LONGEST_WORD = 900

_FIELD_NAME = re.compile(r"[!-9;-~]{1,76}")
_LINE_BREAKERS = re.compile(r"[\r\n\0]")
_PLAIN_TEXT = re.compile(r"[\x21-\x7e]+(?: +[\x21-\x7e]+)*")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_PRINTABLE = re.compile(r"[\x20-\x7e]+")

# RFC 2047 §5 (3): the characters that stand for themselves even inside a phrase.
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q = tuple("_" if byte == 0x20 else chr(byte) if byte in _Q_SAFE else f"={byte:02X}" for byte in range(256))
_WORD_BUDGET = 75 - len("=?utf-8?q??=")
_B64_BYTES = _WORD_BUDGET // 4 * 3

_Piece = TypeVar("_Piece", str, bytes)


def field(name: str, words: Iterable[str]) -> bytes:
    """Write one field of words that are separated by a space, broken between words when it gets long."""
    lines, line = [], f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > _LINE and line[-1] != ":":
            lines.append(line)
            line = ""
        line += f" {word}"
    lines.append(line)
    return ("\r\n".join(lines) + "\r\n").encode()


def text_field(name: str, text: str) -> bytes:
    """Write an unstructured field such as Subject, any Unicode; raises `Unsendable` for CR, LF and NUL."""
    if not _FIELD_NAME.fullmatch(name):
        raise Unsendable(f"{name!r} is not a header name")
    _refuse_line_breakers(name, text)
    if not text:
        return f"{name}:\r\n".encode()
    return field(name, text.split(" ") if _stands_as_it_is(name, text) else encoded_words(text))


def address_field(name: str, addresses: Sequence[wire.Address]) -> bytes:
    """Write an address list such as To; raises `Unsendable` for what is not an address.

    Only addresses may go out as UTF-8 (RFC 6532), and only those that cannot be written otherwise.
    """
    words: list[str] = []
    for address in addresses:
        words += _mailbox(address)
        words[-1] += ","
    words[-1] = words[-1][:-1]
    return field(name, words)


def encoded_words(text: str) -> list[str]:
    """Encode any Unicode in words of at most 75 characters that cut no character in two (RFC 2047 §2)."""
    try:
        characters = [character.encode() for character in text]
    except UnicodeEncodeError as error:
        raise Unsendable("a header holds half of a surrogate pair") from error
    quoted = ["".join([_Q[byte] for byte in character]) for character in characters]
    if sum(map(len, quoted)) <= sum(map(len, characters)) * 4 // 3 + 2:
        return [f"=?utf-8?q?{''.join(run)}?=" for run in _runs(quoted, _WORD_BUDGET)]
    return [f"=?utf-8?b?{b64encode(b''.join(run)).decode()}?=" for run in _runs(characters, _B64_BYTES)]


def _runs(pieces: list[_Piece], budget: int) -> list[list[_Piece]]:
    runs: list[list[_Piece]] = [[]]
    used = 0
    for piece in pieces:
        if used + len(piece) > budget:
            runs.append([])
            used = 0
        runs[-1].append(piece)
        used += len(piece)
    return runs


def _stands_as_it_is(name: str, text: str) -> bool:
    """Tell whether text survives folding unencoded: no edge spaces, nothing that looks encoded, no endless word."""
    if not _PLAIN_TEXT.fullmatch(text) or "=?" in text:
        return False
    if len(name) + 2 + len(text) <= _LINE:
        return True
    return "  " not in text and max(map(len, text.split(" "))) <= _LONGEST_WORD


def _mailbox(address: wire.Address) -> list[str]:
    email = mail_address(address.email)
    return [*_phrase(address.name), f"<{email}>"] if address.name else [email]


def _phrase(name: str) -> list[str]:
    _refuse_line_breakers("a display name", name)
    if "=?" not in name and len(name) < _LINE:
        if _ATOMS.fullmatch(name):
            return name.split(" ")
        if _PRINTABLE.fullmatch(name):
            return ['"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"']
    return encoded_words(name)


def _refuse_line_breakers(what: str, text: str) -> None:
    if _LINE_BREAKERS.search(text):
        raise Unsendable(f"{what} holds a line break or NUL")
