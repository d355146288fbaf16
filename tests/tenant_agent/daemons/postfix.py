"""A node's Postfix with the configuration that the agent renders, for mail that comes in."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tenant_agent.agent import prepare_directories, stores
from tenant_agent.files import replace_text
from tenant_agent.layout import Layout, Ports
from tenant_agent.project import Rows, Table
from tenant_agent.projections import RowStore
from tenant_agent.render import postfix
from tests.tenant_agent.daemons.certificates import write_certificate
from tests.tenant_agent.daemons.processes import free_port, listens, running
from tests.tenant_agent.samples import node

HERE = "127.0.0.2"
_STOCK = ("postfix-files", "postfix-script", "post-install", "dynamicmaps.cf")


class RunningPostfix:
    """Postfix on the mx port, without a scanner, and the tables that it reads."""

    def __init__(self, layout: Layout, tables: dict[Table, RowStore]) -> None:
        self.layout = layout
        self.tables = tables

    def log_text(self) -> str:
        return self.layout.mail_log.read_text()


@contextmanager
def running_postfix(rows: Rows) -> Iterator[RunningPostfix]:
    """Run Postfix on these rows, in a pid namespace of its own and a directory that its user may enter."""
    with TemporaryDirectory(prefix="fp-postfix-", dir="/var/tmp", ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        root.chmod(0o755)
        layout = Layout.under(root, ports=Ports(smtp=free_port(HERE)))
        tables = _prepare(layout)
        for row_id, value in rows.items():
            tables[row_id.table].write({row_id.key: value}, [])
            tables[row_id.table].verify({row_id.key: value}, [])
        config, log = layout.postfix_config, root / "postfix.log"
        command = ["unshare", "--pid", "--fork", "--kill-child", "postfix", "-c", str(config), "start-fg"]
        with running(command, lambda: listens(layout.ports.smtp, HERE), log, ended_by=signal.SIGKILL):
            yield RunningPostfix(layout, tables)


def _prepare(layout: Layout) -> dict[Table, RowStore]:
    prepare_directories(layout)
    for place in (layout.postfix_config, layout.postfix_queue, layout.postfix_data, layout.mail_log.parent):
        place.mkdir(parents=True, exist_ok=True)
    shutil.chown(layout.postfix_data, "postfix")
    for name in _STOCK:
        shutil.copy2(f"/etc/postfix/{name}", layout.postfix_config)
    certificate, key = write_certificate(layout.root / "tls")
    here = node(service_address=HERE, roles=("mx", "mailbox"), ips=())
    scanner = f"  -o {{ smtpd_milters = inet:127.0.0.1:{layout.ports.scanner} }}\n"
    for name, file in postfix.render(here, layout, certificate=str(certificate), key=str(key)).items():
        assert name != "master.cf" or scanner in file.text
        replace_text(layout.postfix_config / name, file.text.replace(scanner, ""), modified_at=0)
    return stores(layout)
