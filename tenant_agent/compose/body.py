"""Writes the parts below the header: texts, attachments and the multiparts that hold them (RFC 2045, 2046, 2231)."""

import re
from binascii import b2a_qp
from collections.abc import Sequence
from urllib.parse import quote

from tenant_agent import wire
from tenant_agent.compose.base64_lines import base64_lines
from tenant_agent.compose.failures import Unsendable
from tenant_agent.compose.skeleton import FilePart, Piece, joined

_PLAIN = bytes((0x09, *range(0x20, 0x7F)))
_LONGEST_LINE = 998  # RFC 5322 §2.1.1
_MEDIA_TYPE = re.compile(
    r"(?P<type>[A-Za-z0-9!#$&^_.+-]+)/(?P<subtype>[A-Za-z0-9!#$&^_.+-]+)"
    r"(?P<parameters>(?:; ?[A-Za-z0-9!#$&^_.+-]+=(?:[A-Za-z0-9!#$&^_.+-]+|\"[\x20\x21\x23-\x5b\x5d-\x7e]*\"))*)"
)
_CONTENT_ID = re.compile(r"[\x21-\x3b\x3d\x3f-\x7e]{1,200}")
_TOKEN_TEXT = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,58}[\x21-\x7e])?")

_PARAMETER_PIECE = 60


def text_part(subtype: str, text: str) -> bytes:
    """Write a text part: as it is when it is ASCII in short lines, else in the shorter of both encodings."""
    try:
        data = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n").encode()
    except UnicodeEncodeError as error:
        raise Unsendable("the text holds half of a surrogate pair") from error
    encoding, body = _encoded_text(data)
    header = f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return header.encode() + body


def attachment_part(attachment: wire.Attachment, *, inline: bool) -> tuple[Piece, ...]:
    """Write a file; inline, it is found by its content id. One that lies elsewhere has a place left for it."""
    media_type = _media_type(attachment)
    lines = [f"Content-Type: {media_type}", f"Content-Disposition: {'inline' if inline else 'attachment'}"]
    if attachment.filename:
        lines[-1] += _parameter("filename", attachment.filename)
    if attachment.content_id is not None:
        lines.append(f"Content-ID: <{_content_id(attachment.content_id)}>")
    content = attachment.content
    if isinstance(content, wire.FileRef):
        return _assembled([*lines, "Content-Transfer-Encoding: base64"], b""), FilePart(content)
    if media_type.startswith("message/"):  # RFC 2046 §5.2.1 allows no encoding for these
        return (_assembled([*lines, "Content-Transfer-Encoding: 7bit"], content),)
    return (_assembled([*lines, "Content-Transfer-Encoding: base64"], base64_lines(content)),)


def multipart(subtype: str, boundary: str, parts: Sequence[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    """Join parts; the boundary must be one that no sender can foresee."""
    related = '; type="text/html"' if subtype == "related" else ""
    header = f'Content-Type: multipart/{subtype}{related};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    delimiter = f"--{boundary}\r\n".encode()
    pieces = [piece for part in parts for piece in (delimiter, *part, b"\r\n")]
    return joined([header, *pieces, f"--{boundary}--\r\n".encode()])


def _encoded_text(data: bytes) -> tuple[str, bytes]:
    if _is_seven_bit(data):
        return "7bit", data
    beyond_ascii = len(data) - len(data.decode("ascii", "ignore"))
    if beyond_ascii * 6 < len(data):
        return "quoted-printable", b2a_qp(data, istext=True)
    return "base64", base64_lines(data)


def _media_type(attachment: wire.Attachment) -> str:
    """Give the type to announce; one that forbids an encoding which the content needs becomes a plain file."""
    match = _MEDIA_TYPE.fullmatch(attachment.content_type)
    if match is None:
        raise Unsendable(f"{attachment.content_type!r} is not a media type")
    kind = match["type"].lower()
    if kind == "multipart" or (kind == "message" and not _is_seven_bit(attachment.content)):
        return "application/octet-stream"
    return attachment.content_type.lower() if not match["parameters"] else attachment.content_type


def _is_seven_bit(content: bytes | wire.FileRef) -> bool:
    """Say whether it can stand as it is (RFC 2045 §2.7): ASCII without controls, in lines of whole breaks."""
    if not isinstance(content, bytes):
        return False
    lines = content.split(b"\r\n")
    return not b"".join(lines).translate(None, _PLAIN) and max(map(len, lines)) <= _LONGEST_LINE


def _content_id(content_id: str) -> str:
    if not _CONTENT_ID.fullmatch(content_id):
        raise Unsendable(f"{content_id!r} is not a content id")
    return content_id


def _parameter(name: str, value: str) -> str:
    """Write a parameter on lines of its own; RFC 2231 when it is not short printable ASCII."""
    if _TOKEN_TEXT.fullmatch(value):
        return f';\r\n {name}="' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    try:
        text = f"utf-8''{quote(value, safe='')}"
    except UnicodeEncodeError as error:
        raise Unsendable("a file name holds half of a surrogate pair") from error
    if len(text) <= _PARAMETER_PIECE:
        return f";\r\n {name}*={text}"
    pieces = re.findall(rf"(?:%..|[^%]){{1,{_PARAMETER_PIECE // 3}}}", text)
    return "".join(f";\r\n {name}*{number}*={piece}" for number, piece in enumerate(pieces))


def _assembled(lines: list[str], body: bytes) -> bytes:
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body
