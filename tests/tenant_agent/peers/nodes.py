"""Nodes of a fleet with real Postfix and Dovecot, on addresses of their own and the ports that all nodes have."""

import asyncio
import datetime as dt
import signal
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tenant_agent import wire
from tenant_agent.drivers.dovecot import Dovecot
from tenant_agent.layout import Layout, Ports
from tenant_agent.peers import FleetCertificate
from tenant_agent.plan import diff_tables
from tenant_agent.project import Here, Table, project_tables
from tenant_agent.projections.homes import Homes
from tenant_agent.render import dovecot
from tenant_agent.settings import Settings
from tenant_agent.state import ItemId, StoredItem
from tests.ports import free_port
from tests.tenant_agent.daemons.certificates import write_certificate
from tests.tenant_agent.daemons.dovecot import dovecot_ports
from tests.tenant_agent.daemons.postfix import prepare_postfix
from tests.tenant_agent.daemons.processes import listens, running
from tests.tenant_agent.samples import change, node

NOW = dt.datetime.now(dt.UTC)


class RunningNode:
    """A node, what it was told, and its daemons' logs."""

    def __init__(self, root: Path, node_id: str, address: str, ports: Ports, roles: tuple[str, ...]) -> None:
        self.node_id = node_id
        self.address = address
        self.layout = Layout.under(root, ports=msgspec.structs.replace(ports, again=free_port("0.0.0.0")))
        self.item = node(name=node_id, service_address=address, roles=roles, ips=())
        self._root = root
        self.certificate = FleetCertificate.keep(self.layout.fleet_certificate, node_id, NOW)
        self._tables = prepare_postfix(self.layout, self.item)
        self.own_port = free_port()
        self._take_own_mail()

    @property
    def peer(self) -> wire.Peer:
        return wire.Peer(
            node_id=self.node_id,
            name=self.node_id,
            hostname="n.fleetpost.test",
            service_address=self.address,
            roles=self.item.roles,
            certificate=self.certificate.pem,
        )

    def learn(self, items: Sequence[wire.Item], peers: Sequence[wire.Peer]) -> None:
        """Put these items in force, and these peers."""
        here = Here(
            node_id=self.node_id,
            hostname=self.item.hostname,
            roles=frozenset(self.item.roles),
            mail_store=self.layout.mail_store,
            now=NOW,
            peers={peer.node_id: peer.service_address for peer in peers if "mailbox" in peer.roles},
        )
        stored = [_stored(item) for item in (*items, wire.PeersItem(peers=tuple(peers)))]
        wanted = project_tables(stored, here, self._tables)
        assert not wanted.refused
        plan = diff_tables(wanted.rows, lambda table: self._tables[table].read_all())
        for step in plan.steps:
            if step.table is Table.USERS:
                Homes(self.layout.mail_store).prepare(step.puts.values())
            self._tables[step.table].write(step.puts, step.deletes)
            self._tables[step.table].verify(step.puts, step.deletes)
        asyncio.run(self._dovecot_driver().follow(plan.logins, plan.stale_logins))

    @contextmanager
    def with_way(self, address: str, way: str) -> Iterator[None]:
        """Have Postfix think for a while that this is the way to a mailbox."""
        table = self._tables[Table.PASSED]
        before = table.read([address])
        table.write({address: way}, [])
        try:
            yield
        finally:
            table.write(before, [] if before else [address])

    def _take_own_mail(self) -> None:
        """Open a port whose mail takes the way of own mail for which Postfix finds itself to be the MX."""
        config = self.layout.postfix_config
        options = {
            "content_filter": _setting(config / "main.cf", "best_mx_transport"),
            "smtpd_relay_restrictions": "permit_mynetworks, reject",
            "smtpd_reject_unlisted_recipient": "no",
        }
        with (config / "master.cf").open("a") as file:
            file.write(f"127.0.0.1:{self.own_port} inet n - n - - smtpd\n")
            file.writelines(f"  -o {{ {name} = {value} }}\n" for name, value in options.items())

    def _dovecot_driver(self) -> Dovecot:
        nowhere = self._root / "nowhere"
        return Dovecot(
            Settings(
                control_url="https://control.test",
                ca_file=None,
                enrolment_token_file=nowhere,
                tls_certificate=nowhere,
                tls_key=nowhere,
                layout=self.layout,
            )
        )

    def log_text(self) -> str:
        """Give what Postfix and Dovecot said."""
        logs = (self.layout.mail_log, self._root / "dovecot.log")
        return "".join(log.read_text(errors="replace") for log in logs if log.exists())

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Run the daemons that the node's roles ask for."""
        with ExitStack() as daemons:
            daemons.enter_context(self._postfix())  # it makes the directory of the other's sockets
            if "mailbox" in self.item.roles:
                daemons.enter_context(self._dovecot())
            yield

    def _postfix(self) -> AbstractContextManager[None]:
        command = ["unshare", "--pid", "--fork", "--kill-child", "postfix", "-c", str(self.layout.postfix_config)]
        ports, roles = self.layout.ports, self.item.roles
        port = ports.smtp if "mx" in roles else ports.fleet_smtp
        log = self._root / "postfix.log"
        return running([*command, "start-fg"], lambda: listens(port, self.address), log, ended_by=signal.SIGKILL)

    def _dovecot(self) -> AbstractContextManager[None]:
        layout, certificate, key = self.layout, *write_certificate(self._root / "tls")
        for place in (layout.dovecot_config, layout.dovecot_run, self._root / "var/lib/dovecot"):
            place.mkdir(parents=True, exist_ok=True)
        text = dovecot.render(self.item, layout, certificate=str(certificate), key=str(key))["dovecot.conf"].text
        config = layout.dovecot_config / "dovecot.conf"
        config.write_text(text.replace("listen = 127.0.0.1, ", "listen = "))  # that address is every node's
        command, log = ["dovecot", "-F", "-c", str(config)], self._root / "dovecot.log"
        return running(command, lambda: listens(layout.ports.imaps, self.address), log)


def fleet_ports() -> Ports:
    """Find the ports that all nodes of a test have."""
    smtp, fleet_smtp, submission, smtps, inject = (free_port("0.0.0.0") for _ in range(5))
    return msgspec.structs.replace(
        dovecot_ports(), smtp=smtp, fleet_smtp=fleet_smtp, submission=submission, smtps=smtps, inject=inject
    )


@contextmanager
def nodes(*roles: tuple[str, ...]) -> Iterator[list[RunningNode]]:
    """Make nodes with these roles; they are not serving yet."""
    ports = fleet_ports()
    with TemporaryDirectory(prefix="fp-fleet-", dir="/var/tmp", ignore_cleanup_errors=True) as directory:
        Path(directory).chmod(0o755)
        made: list[RunningNode] = []
        for number, of_one in enumerate(roles):
            root = Path(directory) / f"n{number}"
            root.mkdir(mode=0o755)
            made.append(RunningNode(root, f"nod_n{number}", f"127.0.0.{number + 11}", ports, of_one))
        yield made


def _setting(path: Path, name: str) -> str:
    return next(line.partition(" = ")[2] for line in path.read_text().splitlines() if line.startswith(f"{name} = "))


def _stored(item: wire.Item) -> StoredItem:
    there = change(item)
    assert there.payload is not None
    return StoredItem(ItemId(there.kind, there.key), there.tenant_id, there.payload)
