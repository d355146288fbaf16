"""Two tenants at one provider, through a real Postfix: nobody's mail ever leaves under another's login."""

import asyncio
import shutil
import smtplib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.clock import ManualClock
from tenant_agent.relays.book import RelayBook, way_to
from tenant_agent.relays.breaker import kind_of
from tenant_agent.relays.lines import relay_lines
from tenant_agent.relays.logins import serve
from tenant_agent.relays.walls import Walls
from tests.ports import free_port
from tests.tenant_agent.mail_fixtures import new_token
from tests.tenant_agent.real_postfix import RealPostfix, eventually
from tests.tenant_agent.relays.provider import HOST, Provider, serving
from tests.tenant_agent.relays.relay_samples import relay

_POLICY = "check_policy_service { unix:"


class Node:
    """A Postfix that sends everything to the provider, and what the agent answers it."""

    def __init__(self, root: Path, provider: Provider) -> None:
        self.postfix = RealPostfix(root, free_port())
        self.provider = provider
        self.authority = root / "ca.pem"
        self.routed: dict[str, str] = {}
        self.book = RelayBook(root / "relays.json", ManualClock())
        self._logins: asyncio.Task[None] | None = None

    def write(self) -> None:
        """Lay Postfix out: the provider's name leads to this machine, which DNS would never say."""
        self.postfix.write()
        config, port = self.postfix.layout.postfix_config, self.provider.port
        lines = relay_lines(self.postfix.layout, Walls((), self.authority))
        master = (config / "master.cf").read_text() + "\n".join(lines) + "\n"
        start = master.index(_POLICY)
        policy = master[start : master.index("}", start) + 1]
        master = master.replace(policy, "permit_mynetworks").replace(
            "smtp_host_lookup = dns", "smtp_host_lookup = native"
        )
        (config / "master.cf").write_text(master)
        with (config / "main.cf").open("a") as main:
            main.write(f"default_transport = {way_to(relay(host=HOST, port=port))}\n")
        with (self.postfix.root / "hosts").open("a") as hosts:
            hosts.write(f"127.0.0.5 {HOST}\n")

    async def answer(self) -> None:
        """Be the agent: tell logins."""
        path = self.postfix.layout.relay_socket
        self._logins = asyncio.create_task(serve(self.relays_of, path))
        await eventually(path.exists)

    def relays_of(self, sender: str) -> list[wire.RelayItem]:
        """Know mail by its token, and people's by their domain, which is named as their relay's login."""
        token, _, domain = sender.partition("@")
        found = self.book.find(self.routed.get(token, f"rly_{domain.removesuffix('.test')}"))
        return [] if found is None else [found]

    async def fall_silent(self) -> None:
        """Be gone, as an agent that is restarted."""
        if self._logins is not None:
            self._logins.cancel()
            with suppress(asyncio.CancelledError):
                await self._logins
            self._logins = None
        self.postfix.layout.relay_socket.unlink(missing_ok=True)

    async def send(self, *relay_ids: str) -> dict[str, str]:
        """Give Postfix a mail for each relay; gives the tokens and whose they are."""
        given = {new_token(): relay_id for relay_id in relay_ids}
        self.routed |= given
        await asyncio.to_thread(self._inject, [f"{token}@bounce.acme.test" for token in given])
        return given

    async def submit(self, *senders: str, headers: str = "") -> None:
        """Give Postfix a mail from each of these people, perhaps with headers of theirs."""
        await asyncio.to_thread(self._inject, list(senders), headers)

    def _inject(self, senders: list[str], more: str = "") -> None:
        with smtplib.SMTP("127.0.0.1", self.postfix.layout.ports.inject) as smtp:
            for sender in senders:
                first = f"Message-ID: <msg_{sender.partition('@')[0]}@acme.test>\r\n{more}"
                text = f"{first}Subject: Hi\r\n\r\nHello\r\n"
                smtp.sendmail(sender, ["bob@else.test"], text)


@asynccontextmanager
async def node_of(provider: Provider, name: str = HOST) -> AsyncIterator[Node]:
    """Run a node whose provider's certificate bears a name."""
    root = _directory()
    node = Node(root, provider)
    try:
        async with serving(provider, node.authority, name=name):
            node.write()
            await node.postfix.start()
            await node.answer()
            yield node
    finally:
        await node.fall_silent()
        await node.postfix.stop()
        shutil.rmtree(root)


def _directory() -> Path:
    """Make a directory that Postfix may enter."""
    root = Path(tempfile.mkdtemp(prefix="fp-relays-", dir="/var/tmp"))
    root.chmod(0o755)
    return root


@pytest.fixture
async def provider() -> Provider:
    return Provider(ann="ann's", bob="bob's")


def known(node: Node, **passwords: str) -> None:
    """Let the node know a relay for each login."""
    node.book.set_relays(
        [
            relay(f"rly_{login}", host=HOST, port=node.provider.port, username=login, password=password)
            for login, password in passwords.items()
        ]
    )


async def test_each_mail_leaves_under_the_login_of_its_own_relay(provider: Provider) -> None:
    async with node_of(provider) as node:
        known(node, ann="ann's", bob="bob's")
        given = await node.send(*["rly_ann", "rly_bob"] * 20)
        await eventually(lambda: len(provider.sent) == len(given), seconds=40)
        assert {token: f"rly_{login}" for login, token in provider.sent} == given
        assert all(b"X-PM-Metadata-fleetpost: msg_" in headers for headers in provider.headers)


async def test_what_people_submit_leaves_under_the_login_of_their_own_domain(provider: Provider) -> None:
    async with node_of(provider) as node:
        known(node, ann="ann's", bob="bob's")
        people = [f"p{number}@{login}.test" for number in range(10) for login in ("ann", "bob")]
        given = await node.send("rly_ann")
        await node.submit(*people)
        await eventually(lambda: len(provider.sent) == len(people) + 1, seconds=40)
        assert sorted(provider.sent) == sorted(
            [
                ("ann", next(iter(given))),
                *((each.split("@")[1].removesuffix(".test"), each.split("@")[0]) for each in people),
            ]
        )


async def test_no_mail_gives_the_provider_orders(provider: Provider) -> None:
    orders = (
        'X-SMTPAPI: {"to": ["everybody@else.test",\r\n "more@else.test"]}\r\n'
        "x-smtpapi : {}\r\n"
        "X-Mailgun-Recipient-Variables: {}\r\n"
        "X-SES-CONFIGURATION-SET: nobody-is-told\r\n"
        "X-PM-Metadata-fleetpost: msg_somebody-elses\r\n"
        "X-Smtp2go-Anything: x\r\n"
        "X-Mailer: mine\r\n"
    )
    async with node_of(provider) as node:
        known(node, ann="ann's")
        await node.submit("ann@ann.test", headers=orders)
        await eventually(lambda: len(provider.headers) == 1, seconds=40)
        left = {line.partition(b":")[0].strip().lower() for line in provider.headers[0].splitlines()}
        assert {name for name in left if name.startswith(b"x-")} == {b"x-mailer", b"x-pm-metadata-fleetpost"}
        assert b"somebody-elses" not in provider.headers[0]
        assert b"everybody" not in provider.headers[0]


async def test_mail_waits_for_the_agent_and_for_a_relay_that_is_known(provider: Provider) -> None:
    async with node_of(provider) as node:
        await node.fall_silent()
        await node.send("rly_ann")
        await eventually(lambda: "status=deferred" in node.postfix.log_text())
        assert provider.sent == []
        await node.answer()
        known(node, ann="ann's", bob="bob's")
        await eventually(lambda: [login for login, _ in provider.sent] == ["ann"])
        assert "status=bounced" not in node.postfix.log_text()


async def test_a_login_that_is_refused_bounces_nothing_and_opens_the_breaker(provider: Provider) -> None:
    async with node_of(provider) as node:
        known(node, ann="wrong")
        await node.send("rly_ann")
        await eventually(lambda: "status=deferred" in node.postfix.log_text())
        (line,) = [line for line in node.postfix.log_text().splitlines() if "status=deferred" in line][:1]
        assert kind_of(line.partition("dsn=")[2]) == "hard", line
        known(node, ann="ann's")
        await eventually(lambda: [login for login, _ in provider.sent] == ["ann"])
        assert "status=bounced" not in node.postfix.log_text()


async def test_nothing_is_said_to_a_server_with_another_name(provider: Provider) -> None:
    async with node_of(provider, name="other.provider.test") as node:
        known(node, ann="ann's")
        await node.send("rly_ann")
        await eventually(lambda: "status=deferred" in node.postfix.log_text())
        (line,) = [line for line in node.postfix.log_text().splitlines() if "status=deferred" in line][:1]
        assert kind_of(line.partition("dsn=")[2]) == "hard", line
        assert provider.sent == []
