"""Debian's clamd with one signature: that of the file by which all virus scanners are tried."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenant_agent.layout import Layout
from tests.tenant_agent.daemons.processes import running

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
_SIGNATURE = f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n"


@contextmanager
def running_clamd(root: Path) -> Iterator[None]:
    """Run clamd below `root`, where the node's scanner looks for it."""
    socket, database, config = Layout.under(root).antivirus_socket, root / "signatures", root / "clamd.conf"
    for directory in (socket.parent, database):
        directory.mkdir(parents=True, exist_ok=True)
    (database / "own.ndb").write_text(_SIGNATURE)
    config.write_text(f"LocalSocket {socket}\nLocalSocketMode 666\nDatabaseDirectory {database}\nForeground yes\n")
    with running(["clamd", "-c", str(config)], socket.exists, root / "clamd.log"):
        yield
