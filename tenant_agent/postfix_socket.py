"""Unix sockets of the agent's own that Postfix connects to."""

import shutil
import socket
from pathlib import Path

import structlog

log = structlog.get_logger(__name__)

_SOCKET_MODE = 0o660
_POSTFIX_GROUP = "postfix"


def bound(path: Path) -> socket.socket:
    """Give a socket that Postfix's group may use, in the place of one that a former life left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    opened.bind(str(path))
    path.chmod(_SOCKET_MODE)
    try:
        shutil.chown(path, group=_POSTFIX_GROUP)
    except LookupError:
        log.warning("postfix.no_group", next_step=f"install Postfix: it cannot reach {path} otherwise")
    return opened
