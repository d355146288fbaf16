"""Unpack one file out of zip or gzip, as if it were a bomb: what it grows to is counted while it grows."""

import struct
import zlib

from control_plane.reports.reading.refusal import Unreadable

_MOST_UNPACKED = 20 * 1024 * 1024
_STEEPEST = 200
_SMALL = 256 * 1024
"""Up to here the ratio says nothing: a few lines of one report are much alike."""

_ZIP, _GZIP, _TAR = b"PK\x03\x04", b"\x1f\x8b", b"ustar"
_TAR_AT = 257
_LOCAL_HEADER = struct.Struct("<4s5HLLL2H")
_END = b"PK\x05\x06"
_END_LONGEST = 65_557
_ENCRYPTED, _DESCRIBED_LATER = 1, 8
_STORED, _DEFLATED = 0, 8
_RAW, _WITH_HEADER = -zlib.MAX_WBITS, 16 + zlib.MAX_WBITS


def unpack(data: bytes) -> bytes:
    """Give what is in an archive of one file, or the data itself if it is no archive; raises `Unreadable`."""
    if data.startswith(_ZIP):
        content = _unzip(data)
    elif data.startswith(_GZIP):
        content = _inflate(data, _WITH_HEADER)
    else:
        content = data
    if len(content) > _MOST_UNPACKED:
        raise Unreadable("The report is larger than 20 MB.")
    if _is_packed(content):
        raise Unreadable("The report is an archive of an archive, or of a kind that reports do not come in.")
    return content


def _is_packed(content: bytes) -> bool:
    return content.startswith((_ZIP, _GZIP)) or content[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR


def _unzip(data: bytes) -> bytes:
    """Read the one member by its own header: the library would first load a directory of any length."""
    if len(data) < _LOCAL_HEADER.size:
        raise Unreadable("The archive is cut off.")
    _, _, flags, method, _, _, _, packed, _, name, extra = _LOCAL_HEADER.unpack_from(data)
    if flags & _ENCRYPTED:
        raise Unreadable("The archive is encrypted.")
    if _members(data) != 1:
        raise Unreadable("The archive does not hold exactly one file.")
    start = _LOCAL_HEADER.size + name + extra
    if method == _STORED and not flags & _DESCRIBED_LATER:
        return data[start : start + packed]
    if method == _DEFLATED:
        return _inflate(data[start:], _RAW)
    raise Unreadable("The archive is packed in a way that reports do not come in.")


def _members(data: bytes) -> int:
    end = data.rfind(_END, max(len(data) - _END_LONGEST, 0))
    if end < 0 or end + 12 > len(data):
        raise Unreadable("The archive is cut off.")
    count: int = struct.unpack_from("<H", data, end + 10)[0]
    return count


def _inflate(data: bytes, form: int) -> bytes:
    stream = zlib.decompressobj(form)
    try:
        content = stream.decompress(data, _MOST_UNPACKED + 1)
    except zlib.error as error:
        raise Unreadable("The archive is damaged.") from error
    used = len(data) - len(stream.unused_data) - len(stream.unconsumed_tail)
    if len(content) > _MOST_UNPACKED or (len(content) > _SMALL and len(content) > _STEEPEST * used):
        raise Unreadable("The archive grows beyond all measure when it is unpacked.")
    if not stream.eof:
        raise Unreadable("The archive is cut off.")
    if stream.unused_data.startswith(_GZIP):
        raise Unreadable("The archive does not hold exactly one file.")
    return content
