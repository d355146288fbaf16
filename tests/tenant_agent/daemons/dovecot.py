"""A node's Dovecot, asked with its own tools."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenant_agent.layout import Layout, Ports
from tenant_agent.render import dovecot
from tests.ports import free_port
from tests.tenant_agent.daemons.certificates import write_certificate
from tests.tenant_agent.daemons.processes import listens, running
from tests.tenant_agent.samples import node


class RunningDovecot:
    """Asks a Dovecot that runs."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def user(self, address: str) -> dict[str, str]:
        """Look a user up, as LMTP and IMAP do; empty if Dovecot knows no such user."""
        answer = self._doveadm("user", address)
        lines = answer.stdout.splitlines()[1:] if answer.returncode == 0 else []
        return {name: value for name, _, value in (line.partition("\t") for line in lines if line)}

    def admits(self, address: str, password: str) -> bool:
        return self._doveadm("auth", "test", address, password).returncode == 0

    def forget(self, address: str) -> None:
        self._doveadm("auth", "cache", "flush", address)

    def _doveadm(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        config = self.layout.dovecot_config / "dovecot.conf"
        return subprocess.run(["doveadm", "-c", str(config), *arguments], capture_output=True, text=True, check=False)


def dovecot_ports() -> Ports:
    """Find ports that are free on all addresses."""
    imap, imaps, pop3s, fleet_pop3, sieve = (free_port("0.0.0.0") for _ in range(5))
    return Ports(imap=imap, imaps=imaps, pop3s=pop3s, fleet_pop3=fleet_pop3, sieve=sieve)


@contextmanager
def running_dovecot(root: Path) -> Iterator[RunningDovecot]:
    """Run Dovecot below `root`."""
    ports = dovecot_ports()
    layout = Layout.under(root, ports=ports)
    places = (layout.postfix_queue / "private", layout.dovecot_config, layout.dovecot_run, root / "var/lib/dovecot")
    for place in places:
        place.mkdir(parents=True)
    certificate, key = write_certificate(root / "tls")
    here = node(service_address="127.0.0.2")
    tree = dovecot.render(here, layout, certificate=str(certificate), key=str(key))
    config = layout.dovecot_config / "dovecot.conf"
    config.write_text(tree["dovecot.conf"].text)
    with running(["dovecot", "-F", "-c", str(config)], lambda: listens(ports.imaps), root / "dovecot.log"):
        yield RunningDovecot(layout)
