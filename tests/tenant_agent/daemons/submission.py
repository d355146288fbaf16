"""A node's Postfix and Dovecot together, for whoever logs in to submit mail."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tenant_agent.layout import Layout
from tenant_agent.project import Rows
from tenant_agent.render import dovecot
from tests.ports import free_port
from tests.tenant_agent.daemons.certificates import write_certificate
from tests.tenant_agent.daemons.dovecot import dovecot_ports
from tests.tenant_agent.daemons.postfix import HERE, RunningPostfix, prepare_postfix
from tests.tenant_agent.daemons.processes import listens, running
from tests.tenant_agent.samples import node

_PUBLIC = ("smtp", "submission", "smtps", "fleet_smtp")


@contextmanager
def running_submission(rows: Rows) -> Iterator[RunningPostfix]:
    """Run both on these rows; the agent's sockets are to be served by the test."""
    with TemporaryDirectory(prefix="fp-submission-", dir="/var/tmp", ignore_cleanup_errors=True) as directory:
        root = Path(directory)
        root.chmod(0o755)
        public = {name: free_port(HERE) for name in _PUBLIC}
        ports = msgspec.structs.replace(dovecot_ports(), inject=free_port(), again=free_port(), **public)
        layout = Layout.under(root, ports=ports)
        here = node(service_address=HERE, ips=())
        tables = prepare_postfix(layout, here, by_key=True)
        for row_id, value in rows.items():
            tables[row_id.table].write({row_id.key: value}, [])
        config = _prepare_dovecot(layout)
        postfix = ["unshare", "--pid", "--fork", "--kill-child", "postfix", "-c", str(layout.postfix_config)]
        with (
            running(["dovecot", "-F", "-c", str(config)], lambda: listens(ports.imaps), root / "dovecot.log"),
            running(
                [*postfix, "start-fg"],
                lambda: listens(ports.submission, HERE),
                root / "postfix.log",
                ended_by=signal.SIGKILL,
            ),
        ):
            yield RunningPostfix(layout, tables)


def _prepare_dovecot(layout: Layout) -> Path:
    private = layout.postfix_queue / "private"
    for place in (private, layout.dovecot_config, layout.dovecot_run, layout.root / "var/lib/dovecot"):
        place.mkdir(parents=True, exist_ok=True)
    shutil.chown(private, "postfix")
    certificate, key = write_certificate(layout.root / "tls")
    here = node(service_address=HERE, ips=())
    tree = dovecot.render(here, layout, certificate=str(certificate), key=str(key))
    config = layout.dovecot_config / "dovecot.conf"
    config.write_text(tree["dovecot.conf"].text)
    return config
