"""What changed in a service's files, for people to read: a unified diff without anything that must stay on the node."""

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Final

from tenant_agent.render import Tree

MOST_BYTES: Final = 64 * 1024
LEFT_OUT: Final = "(left out)"

_CUT: Final = "… the rest is left out, as it is too long\n"
_CALLED_SO = r"[\w.-]*(?:passw(?:or)?d|passphrase|requirepass|masterauth|secret|token|api_?key|private_?key)[\w.-]*"
_SETTING = re.compile(rf"(?mi)(?P<name>^\W*{_CALLED_SO}[ \t]+|{_CALLED_SO}\s*[=:][ \t]*)(?P<value>[^\s=:{{].*)$")
_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL)


def without_secrets(text: str, secrets: Collection[str] = ()) -> str:
    """Leave out what is known to be secret, what is called so, and keys."""
    for secret in filter(None, secrets):
        text = text.replace(secret, LEFT_OUT)
    return _SETTING.sub(rf"\g<name>{LEFT_OUT}", _PEM.sub(LEFT_OUT, text))


def diff(before: Tree, after: Tree, secrets: Collection[str] = ()) -> str:
    """Compare two trees; a change of nothing but secrets shows nothing."""
    lines = [line for path in sorted(before.keys() | after.keys()) for line in _of_file(path, before, after, secrets)]
    return _cut("".join(lines))


def _of_file(path: str, before: Tree, after: Tree, secrets: Collection[str]) -> Iterator[str]:
    names = (path if path in before else "/dev/null", path if path in after else "/dev/null")
    for line in difflib.unified_diff(_lines(before, path, secrets), _lines(after, path, secrets), *names, lineterm=""):
        yield f"{line}\n"


def _lines(tree: Tree, path: str, secrets: Collection[str]) -> list[str]:
    return without_secrets(tree[path].text, secrets).splitlines() if path in tree else []


def _cut(text: str) -> str:
    encoded = text.encode()
    if len(encoded) <= MOST_BYTES:
        return text
    room = encoded[: MOST_BYTES - len(_CUT.encode())].decode(errors="ignore")
    return room[: room.rfind("\n") + 1] + _CUT
