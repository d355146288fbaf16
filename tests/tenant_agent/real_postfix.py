"""A real Postfix of its own directories and ports, and the mail servers that it delivers to, for tests."""

import asyncio
import datetime as dt
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from e2e.lab.processes import children, wait_gone
from tenant_agent import wire
from tenant_agent.layout import Layout, Ports
from tenant_agent.ledger import token_in
from tenant_agent.projections.lmdb_map import LmdbMap, Postmap
from tenant_agent.render import ways_out
from tenant_agent.render.ways_out import REROUTED
from tenant_agent.transports import PLAIN
from tests.ports import free_port

_GONE_WITHIN_SECONDS = 15.0
_ANSWERS_WITHIN_SECONDS = 15.0
_UNIT = Path(__file__).parents[2] / "infra/packaging/debian/units/fleetpost-postfix.service"

NODE = wire.NodeItem(
    name="n1",
    hostname="n1.fleetpost.test",
    service_address="127.0.0.1",
    roles=("outbound",),
    ips=(
        wire.SendingIp(ip_id="ip_1", address="127.0.0.11", hostname="out1-11.fleetpost.test", pool_id="pool_t"),
        wire.SendingIp(ip_id="ip_2", address="127.0.0.12", hostname="out1-12.fleetpost.test", pool_id="pool_b"),
    ),
)

_MAIN_CF = """
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {log}
maillog_file_prefixes = {root}
enable_long_queue_ids = yes
in_flow_delay = 0
myhostname = n1.fleetpost.test
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
smtp_host_lookup = native
smtp_tcp_port = {sink}
smtp_tls_security_level = may
smtp_tls_loglevel = 1
smtp_bind_address_enforce = yes
default_transport = retry:no sending IP was chosen for this mail
sender_dependent_default_transport_maps = lmdb:{rerouted}
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
maximal_queue_lifetime = {lifetime}
"""

_MASTER_CF = """
127.0.0.1:{inject} inet n - n - - smtpd
  -o syslog_name=postfix/inject
  -o smtpd_reject_unlisted_recipient=no
  -o {{ smtpd_recipient_restrictions = check_policy_service {{ unix:{policy}, default_action=451 }}, permit }}
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
showq unix n - n - - showq
"""

_HOSTS = """127.0.0.1 localhost
127.0.0.2 else.test
127.0.0.3 plain.test
127.0.0.4 dead.test
"""

REPLIES = {
    "unknown": "550 5.1.1 User unknown",
    "full": "552 5.2.2 Mailbox full",
    "busy": "421 4.7.0 Try again later",
    "grey": "451 4.7.1 Greylisted",
}
"""What the outside answers to RCPT by local part; all others are accepted."""


class Outside:
    """Receives mail on 127.0.0.2 with STARTTLS and SMTPUTF8 (else.test) and on 127.0.0.3 without (plain.test)."""

    def __init__(self) -> None:
        self.received: Counter[str] = Counter()
        self.contents: list[bytes] = []
        self.seconds_each = 0.0
        """How long it takes a message in."""
        self.by_connection: Counter[tuple[str, int]] = Counter()
        """Messages by address and port that they came from."""
        self.most_at_once = 0
        self._at_once = 0
        self.open: set[str] = set()
        """Local parts of `REPLIES` that are accepted for now."""

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        local_part = address.partition("@")[0]
        reply = None if local_part in self.open else REPLIES.get(local_part)
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.received[token_in(envelope.mail_from or "")] += 1
        self.by_connection[cast("tuple[str, int]", session.peer)] += 1
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(self.seconds_each)
        self._at_once -= 1
        content = envelope.content or b""
        self.contents.append(content if isinstance(content, bytes) else content.encode())
        return "250 2.0.0 Ok: stored"


class RealPostfix:
    """The node's Postfix; `start` and `stop` may be called again and again on the same queue."""

    def __init__(self, root: Path, sink: int, *, lifetime: str = "5d", shaping: wire.ShapingItem = PLAIN) -> None:
        self.root = root
        self._shaping = shaping
        self.layout = Layout.under(root, ports=Ports(inject=free_port()))
        self._sink = sink
        self._lifetime = lifetime
        self._process: asyncio.subprocess.Process | None = None

    def write(self) -> None:
        """Lay out directories and configuration."""
        layout = self.layout
        for directory in (
            layout.postfix_config,
            layout.postfix_queue,
            layout.run,
            layout.mail_log.parent,
            layout.state,
        ):
            directory.mkdir(parents=True, exist_ok=True)
        layout.postfix_data.mkdir(parents=True, exist_ok=True)
        shutil.chown(layout.postfix_data, "postfix")
        for name in ("postfix-files", "postfix-script", "post-install", "dynamicmaps.cf"):
            shutil.copy2(f"/etc/postfix/{name}", layout.postfix_config)
        main_cf = _MAIN_CF.format(
            queue=layout.postfix_queue,
            data=layout.postfix_data,
            log=layout.mail_log,
            root=self.root,
            sink=self._sink,
            lifetime=self._lifetime,
            rerouted=layout.maps / REROUTED,
        )
        LmdbMap(layout.maps / f"{REROUTED}.lmdb", Postmap(layout.state / "postmap")).close()
        master_cf = _MASTER_CF.format(inject=layout.ports.inject, policy=layout.policy_socket)
        lines = ways_out.main_cf(NODE, layout, self._shaping, takes_mail=False)
        limits = "".join(f"{line}\n" for line in lines if "_destination_concurrency_limit = " in line)
        transports = "".join(f"{line}\n" for line in ways_out.master_cf(NODE, self._shaping))
        (layout.postfix_config / "main.cf").write_text(main_cf + limits)
        (layout.postfix_config / "master.cf").write_text(master_cf + transports)
        (self.root / "hosts").write_text(_HOSTS)
        (self.root / "start").write_text(
            f"mount --bind {self.root}/hosts /etc/hosts\n{_before_start(layout.mail_log)}"
            f"postfix -c {layout.postfix_config} start-fg &\nwait\n"
        )

    async def start(self) -> None:
        """Start it in mount and pid namespaces of its own and wait until it answers."""
        self._process = await asyncio.create_subprocess_exec(
            "unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", str(self.root / "start")
        )
        try:
            await eventually(lambda: _answers(self.layout.ports.inject), seconds=_ANSWERS_WITHIN_SECONDS)
        except TimeoutError:
            raise AssertionError(f"Postfix does not start; its log ends with:\n{self.log_text()[-2_000:]}") from None

    async def stop(self) -> None:
        """Kill it and all its processes at once, as a power cut would."""
        if self._process is not None:
            inits = children(self._process.pid)
            self._process.kill()
            await self._process.wait()
            self._process = None
            # The first process of a pid namespace is gone when all others are: then nothing holds a lock any more.
            for init in inits:
                assert await asyncio.to_thread(wait_gone, init, _GONE_WITHIN_SECONDS)

    def run(self, *command: str) -> None:
        """Run one of Postfix's tools where Postfix runs: those that send signals must see its process ids."""
        assert self._process is not None
        (init,) = children(self._process.pid)
        tool, *arguments = command
        there = [
            "nsenter",
            "--target",
            str(init),
            "--mount",
            "--pid",
            "--root",
            "--wd",
            tool,
            "-c",
            str(self.layout.postfix_config),
        ]
        subprocess.run([*there, *arguments], check=True, capture_output=True)

    def log_text(self) -> str:
        """Everything logged so far."""
        return self.layout.mail_log.read_text() if self.layout.mail_log.exists() else ""


@asynccontextmanager
async def real_postfix(
    *, lifetime: str = "5d", shaping: wire.ShapingItem = PLAIN
) -> AsyncIterator[tuple[RealPostfix, Outside]]:
    """Give a running Postfix and the outside world that it delivers to."""
    root = _directory_that_postfix_may_enter()
    outside, sink = Outside(), free_port()
    postfix = RealPostfix(root, sink, lifetime=lifetime, shaping=shaping)
    postfix.write()
    tls = _server_tls(root)
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(
            lambda: SMTP(outside, hostname="else.test", tls_context=tls, enable_SMTPUTF8=True), "127.0.0.2", sink
        ),
        await loop.create_server(lambda: SMTP(outside, hostname="plain.test"), "127.0.0.3", sink),
    ]
    try:
        await postfix.start()
        yield postfix, outside
    finally:
        await postfix.stop()
        for server in servers:
            server.close()
        shutil.rmtree(root)


def _before_start(mail_log: Path) -> str:
    steps = re.findall("^ExecStartPre=(.*\n)", _UNIT.read_text(), re.MULTILINE)
    return "".join(steps).replace("/var/log/mail.log", str(mail_log))


def _directory_that_postfix_may_enter() -> Path:
    root = Path(tempfile.mkdtemp(prefix="fp-postfix-", dir="/var/tmp"))
    root.chmod(0o755)
    return root


async def eventually(condition: Callable[[], bool], *, seconds: float = 15.0) -> None:
    """Wait until a condition holds; fail when it does not in time."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 (the condition is another process's)
            await asyncio.sleep(0.01)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _server_tls(directory: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "else.test")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = directory / "else.pem"
    path.touch(0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    path.unlink()
    return context
