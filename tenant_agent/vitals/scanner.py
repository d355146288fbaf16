"""The scanner's counters, from its controller on the loopback interface."""

from http.client import HTTPConnection, HTTPException

import msgspec

_TIMEOUT_SECONDS = 5.0
_MOST_BYTES = 256 * 1024
_LARGEST = 2**53


class _Stat(msgspec.Struct):
    """What of `/stat` is told."""

    scanned: int = 0
    learned: int = 0
    spam_count: int = 0
    ham_count: int = 0
    actions: dict[str, int] = {}


def counters(port: int) -> dict[str, int]:
    """Give the counters since the scanner was started; empty when it does not answer. Blocks."""
    connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/stat")
        stat = msgspec.json.decode(connection.getresponse().read(_MOST_BYTES), type=_Stat)
    except (OSError, HTTPException, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    finally:
        connection.close()
    counted = {"scanned": stat.scanned, "learned": stat.learned, "spam": stat.spam_count, "ham": stat.ham_count}
    return {name: min(count, _LARGEST) for name, count in (counted | stat.actions).items()}
