"""A node's Postfix with the configuration that the agent renders, for mail that comes in."""

import functools
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tenant_agent import wire
from tenant_agent.agent import prepare_directories, stores
from tenant_agent.files import replace_text
from tenant_agent.layout import Layout, Ports
from tenant_agent.project import Rows, Table
from tenant_agent.projections import RowStore
from tenant_agent.render import postfix
from tests.ports import free_port
from tests.tenant_agent.daemons.certificates import write_certificate
from tests.tenant_agent.daemons.processes import listens, running
from tests.tenant_agent.samples import node

HERE = "127.0.0.2"
_STOCK = ("postfix-files", "postfix-script", "post-install", "dynamicmaps.cf")


class RunningPostfix:
    """Postfix on its ports, without scanner and signer, and the tables that it reads."""

    def __init__(self, layout: Layout, tables: dict[Table, RowStore]) -> None:
        self.layout = layout
        self.tables = tables

    def log_text(self) -> str:
        return self.layout.mail_log.read_text()


@contextmanager
def running_postfix(rows: Rows, *, sends: bool = False) -> Iterator[RunningPostfix]:
    """Run Postfix on these rows, in a pid namespace of its own and a directory that its user may enter."""
    with TemporaryDirectory(prefix="fp-postfix-", dir="/var/tmp", ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        root.chmod(0o755)
        ports = Ports(
            smtp=free_port(HERE),
            inject=free_port(),
            again=free_port(),
            submission=free_port(HERE),
            smtps=free_port(HERE),
            fleet_smtp=free_port(HERE),
        )
        layout = Layout.under(root, ports=ports)
        tables = _prepare(layout, sends=sends)
        for row_id, value in rows.items():
            tables[row_id.table].write({row_id.key: value}, [])
            tables[row_id.table].verify({row_id.key: value}, [])
        config, log = layout.postfix_config, root / "postfix.log"
        command = ["unshare", "--pid", "--fork", "--kill-child", "postfix", "-c", str(config), "start-fg"]
        with running(command, lambda: listens(layout.ports.smtp, HERE), log, ended_by=signal.SIGKILL):
            yield RunningPostfix(layout, tables)


def _prepare(layout: Layout, *, sends: bool) -> dict[Table, RowStore]:
    here = node(service_address=HERE, roles=("mx", "mailbox", *(["outbound"] if sends else [])), ips=())
    return prepare_postfix(layout, here)


def prepare_postfix(layout: Layout, here: wire.NodeItem, *, by_key: bool = False) -> dict[Table, RowStore]:
    """Write the configuration of a node, without its milters but, if asked for, the agent's, and open its tables."""
    prepare_directories(layout)
    for place in (layout.postfix_config, layout.postfix_queue, layout.postfix_data, layout.mail_log.parent):
        place.mkdir(parents=True, exist_ok=True)
    shutil.chown(layout.postfix_data, "postfix")
    for name in _STOCK:
        shutil.copy2(f"/etc/postfix/{name}", layout.postfix_config)
    certificate, key = write_certificate(layout.root / "tls")
    sends = "outbound" in here.roles
    milters = [f"  -o {{ smtpd_milters = inet:127.0.0.1:{port} }}\n" for port in _milters(layout, sends=sends)]
    for name, file in postfix.render(here, layout, certificate=str(certificate), key=str(key)).items():
        assert name != "master.cf" or all(milter in file.text for milter in milters)
        text = functools.reduce(lambda text, milter: text.replace(milter, ""), milters, file.text)
        text = text.replace(f", inet:127.0.0.1:{layout.ports.signer} }}", " }")  # behind the agent's own
        if not by_key:
            text = text.replace(f"  -o {{ smtpd_milters = unix:{layout.by_key_socket} }}\n", "")
        replace_text(layout.postfix_config / name, text, modified_at=0)
    return stores(layout)


def _milters(layout: Layout, *, sends: bool) -> list[int]:
    return [layout.ports.scanner, *([layout.ports.signer] if sends else [])]
