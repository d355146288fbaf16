"""Complaints in the Abuse Reporting Format (RFC 5965): somebody marked a mail as spam, and their provider says so."""

import re
from email.message import Message

import msgspec

from control_plane.reports.reading import words
from control_plane.reports.reading.refusal import Unreadable

_KINDS = ("abuse", "fraud", "virus", "other", "not-spam", "opt-out", "auth-failure", "dmarc")
_ORIGINAL = ("message/rfc822", "text/rfc822-headers", "message/rfc822-headers")
_ADDRESS = re.compile(r"<?([^\s<>@]{1,64}@[^\s<>@]{1,253})>?")
_MOST_BYTES = 64_000
_MESSAGE_ID = re.compile(r"<([^\s<>]{1,500})>")


class ReadComplaint(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint about one mail."""

    kind: str
    reporter: str
    """The program that wrote it."""
    return_path: str = ""
    """Of the mail that is complained about, as are the following; empty if the report does not say."""
    message_id: str = ""
    recipient: str = ""
    header_from: str = ""
    """The domain that it was from."""
    source_ip: str | None = None


def read_arf(report: Message, original: Message) -> ReadComplaint:
    """Read a report, and what it shows of the mail; raises `Unreadable`."""
    kind = words.line(str(report.get("Feedback-Type", "")), 40).lower()
    if not kind:
        raise Unreadable("The complaint does not say of what kind it is.")
    if kind in ("auth-failure", "dmarc"):
        raise Unreadable("Reports of single failures show people's mail; they are not kept.")
    return ReadComplaint(
        kind=kind if kind in _KINDS else "other",
        reporter=words.line(str(report.get("User-Agent", "")), 200),
        return_path=_address(original.get("Return-Path")) or _address(report.get("Original-Mail-From")),
        message_id=_message_id(original.get("Message-ID")),
        recipient=_address(report.get("Original-Rcpt-To")) or _address(original.get("To")),
        header_from=words.domain(_address(original.get("From")).rpartition("@")[2]),
        source_ip=words.address(str(report.get("Source-IP", ""))),
    )


def parts_of(mail: Message) -> tuple[Message, Message] | None:
    """Find the report and the mail in it, or None if this is no complaint."""
    leaves = mail.get_payload() if mail.is_multipart() else []
    parts = [part for part in leaves if isinstance(part, Message)] if isinstance(leaves, list) else []
    report = next((part for part in parts if part.get_content_type() == "message/feedback-report"), None)
    if report is None:
        return None
    original = next((part for part in parts if part.get_content_type() in _ORIGINAL), None)
    return _inner(report), _inner(original) if original is not None else Message()


def _inner(part: Message) -> Message:
    """Give the header fields in a part: the parser takes `message/…` for a mail of its own, and text for text."""
    if part.is_multipart():
        return next((each for each in part.get_payload() if isinstance(each, Message)), Message())
    content = part.get_payload(decode=True)  # as bytes: what the sender calls their charset may be no such thing
    return fields(content[:_MOST_BYTES].decode("utf-8", "replace") if isinstance(content, bytes) else "")


def fields(text: str) -> Message:
    """Read header fields out of text, as far as they go."""
    found = Message()
    for each in re.sub(r"\r?\n[ \t]+", " ", text[:_MOST_BYTES]).lstrip().splitlines():
        name, colon, value = each.partition(":")
        if not colon or not re.fullmatch(r"[!-9;-~]{1,80}", name):
            break
        found.add_header(name, value.strip())
    return found


def _address(value: object) -> str:
    found = _ADDRESS.search(words.line(str(value or ""), 500))
    return found[1] if found else ""


def _message_id(value: object) -> str:
    found = _MESSAGE_ID.search(words.line(str(value or ""), 600))
    return found[1] if found else ""
