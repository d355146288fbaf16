"""Mail and logins of mailboxes on another node, with real daemons."""

import imaplib
import poplib
import smtplib
import socket
import ssl
import subprocess
import time
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.moves.words import CLOSED_WAY
from tenant_agent.peers.passing import way_to
from tests.tenant_agent.daemons.processes import eventually
from tests.tenant_agent.peers.nodes import RunningNode, nodes
from tests.tenant_agent.samples import PASSWORD, domain, mailbox

pytestmark = pytest.mark.node

ANN, BOB, CAT = "ann@acme.test", "bob@acme.test", "cat@acme.test"
ALL = ("mx", "mailbox")


class Fleet:
    """`mx` takes mail only, ann is on `home`, bob on `other`, cat on `third`."""

    def __init__(self, mx: RunningNode, home: RunningNode, other: RunningNode, third: RunningNode) -> None:
        self.mx = mx
        self.home = home
        self.other = other
        self.third = third
        self.all = (mx, home, other, third)

    def know(self, *items: wire.Item) -> None:
        """Tell all nodes these items, and of each other."""
        for node in self.all:
            node.learn(items, [each.peer for each in self.all if each is not node])


def items(fleet: Fleet, *, ann_at: RunningNode | None = None) -> tuple[wire.Item, ...]:
    ann_home = fleet.home if ann_at is None else ann_at
    homes = {ANN: ann_home, BOB: fleet.other, CAT: fleet.third}
    return (domain(), *(mailbox(address, node_id=home.node_id) for address, home in homes.items()))


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with nodes(("mx",), ALL, (*ALL, "outbound"), ALL) as made, ExitStack() as serving:
        there = Fleet(*made)
        there.know(*items(there))
        for node in made:
            serving.enter_context(node.serving())
        yield there


def any_certificate() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def imap(node: RunningNode, address: str, password: str = PASSWORD, source: str = "127.0.0.1") -> imaplib.IMAP4_SSL:
    class FromSource(imaplib.IMAP4_SSL):
        def _create_socket(self, timeout: float | None) -> socket.socket:
            plain = socket.create_connection((self.host, self.port), 20, source_address=(source, 0))
            return any_certificate().wrap_socket(plain)

    client = FromSource(node.address, node.layout.ports.imaps, ssl_context=any_certificate())
    try:
        client.login(address, password)
    except imaplib.IMAP4.error:
        client.shutdown()
        raise
    return client


def send(node: RunningNode, recipient: str, text: str) -> None:
    with smtplib.SMTP(node.address, node.layout.ports.smtp, timeout=20) as session:
        session.sendmail(
            "someone@elsewhere.test", [recipient], f"Subject: {text}\r\nX-Spam-Status: Yes\r\n\r\nhello\r\n"
        )


def tagged(tag: str) -> str:
    """Give an address of ann's that Postfix has not routed a moment ago: it remembers the last one for 30 seconds."""
    return f"ann+{tag}@acme.test"


def stored(node: RunningNode, subject: str) -> list[Path]:
    mails = [path for path in node.layout.mail_store.rglob("Maildir/new/*") if path.is_file()]
    return [path for path in mails if f"Subject: {subject}" in path.read_text()]


@pytest.mark.parametrize("through", ["mx", "home", "other"])
def test_mail_through_any_node_reaches_the_mailbox_where_it_is(fleet: Fleet, through: str) -> None:
    subject = f"through {through}"
    send(getattr(fleet, through), ANN, subject)
    assert eventually(lambda: bool(stored(fleet.home, subject)), within_seconds=20), fleet.home.log_text()
    assert not stored(fleet.other, subject)
    [mail] = stored(fleet.home, subject)
    assert "X-Spam-Status: Yes" in mail.read_text()  # here nobody scanned; what the first node says is kept


def test_tags_follow_their_mailbox(fleet: Fleet) -> None:
    send(fleet.mx, "ann+news@acme.test", "tagged")
    assert eventually(lambda: bool(stored(fleet.home, "tagged")), within_seconds=20)


@pytest.mark.parametrize("through", ["mx", "home", "other"])
def test_a_suspended_mailbox_still_receives(fleet: Fleet, through: str) -> None:
    fleet.know(domain(), mailbox(ANN, node_id=fleet.home.node_id, enabled=False))
    try:
        send(getattr(fleet, through), tagged(f"held.{through}"), f"held {through}")
        assert eventually(lambda: bool(stored(fleet.home, f"held {through}")), within_seconds=20), fleet.home.log_text()
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            imap(fleet.other, ANN, source="127.0.0.97")
    finally:
        fleet.know(*items(fleet))


def test_unknown_addresses_are_refused_where_mail_comes_in(fleet: Fleet) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(fleet.mx, "nobody@acme.test", "x")
    assert refused.value.recipients["nobody@acme.test"][0] == 550


def test_a_changed_home_is_followed_at_once(fleet: Fleet) -> None:
    fleet.know(*items(fleet, ann_at=fleet.other))
    try:
        send(fleet.mx, tagged("moved"), "after the move")
        assert eventually(lambda: bool(stored(fleet.other, "after the move")), within_seconds=20)
    finally:
        fleet.know(*items(fleet))


def test_mail_for_a_mailbox_that_is_closed_is_taken_and_waits(fleet: Fleet) -> None:
    with fleet.other.with_way(BOB, CLOSED_WAY):
        send(fleet.other, "bob+closed@acme.test", "closed")
        assert eventually(lambda: bool(deferred(fleet.other, "bob+closed@acme.test")), within_seconds=20)
    forget_the_last_way(fleet, fleet.other)
    try_again(fleet.other)
    assert eventually(lambda: bool(stored(fleet.other, "closed")), within_seconds=20), fleet.other.log_text()


def test_what_a_peer_passes_on_is_never_passed_on_again(fleet: Fleet) -> None:
    """Two nodes that each believe the other one to be the mailbox's home do not send its mail to and fro."""
    fleet.home.learn(items(fleet, ann_at=fleet.other), [fleet.mx.peer, fleet.other.peer])
    try:
        send(fleet.mx, tagged("disputed"), "disputed")
        assert eventually(lambda: "450 4.3.2" in fleet.mx.log_text(), within_seconds=20), fleet.mx.log_text()
        assert not stored(fleet.home, "disputed")
        assert not stored(fleet.other, "disputed")
    finally:
        fleet.know(*items(fleet))


def fleet_reply(node: RunningNode, shown: RunningNode | None, recipient: str) -> tuple[int, bytes]:
    """Hand a mail to a node's listener for peers, as one of them or as nobody."""
    context = any_certificate()
    if shown is not None:
        context.load_cert_chain(shown.certificate.path)
    with smtplib.SMTP_SSL(node.address, node.layout.ports.fleet_smtp, context=context, timeout=20) as session:
        session.ehlo("peer.test")
        session.mail("someone@elsewhere.test")
        return session.rcpt(recipient)


def test_only_peers_may_pass_mail_on(fleet: Fleet) -> None:
    assert fleet_reply(fleet.home, fleet.mx, ANN)[0] == 250
    assert fleet_reply(fleet.home, None, ANN)[0] >= 400


def test_peers_are_told_to_wait_with_what_is_not_here(fleet: Fleet) -> None:
    assert fleet_reply(fleet.home, fleet.mx, BOB)[0] == 450
    assert fleet_reply(fleet.home, fleet.mx, "nobody@acme.test")[0] == 450
    assert fleet_reply(fleet.home, fleet.mx, "ann@elsewhere.test")[0] == 450


def test_a_node_that_shows_another_certificate_gets_no_mail(fleet: Fleet) -> None:
    impostor = msgspec.structs.replace(fleet.other.peer, service_address=fleet.home.address)
    home_is_there = (domain(), mailbox(ANN, node_id=fleet.other.node_id))
    fleet.mx.learn(home_is_there, [impostor])
    try:
        send(fleet.mx, tagged("impostor"), "for the right one")
        assert eventually(lambda: "Server certificate not verified" in fleet.mx.log_text(), within_seconds=20), (
            fleet.mx.log_text()
        )
        assert not stored(fleet.home, "for the right one")
    finally:
        fleet.know(*items(fleet))


def test_people_log_in_at_any_node_that_has_mailboxes(fleet: Fleet) -> None:
    send(fleet.home, ANN, "to be read")
    assert eventually(lambda: bool(stored(fleet.home, "to be read")), within_seconds=20)
    client = imap(fleet.other, ANN)
    client.select()
    assert client.search(None, "SUBJECT", '"to be read"')[1] != [b""]
    client.logout()


def test_wrong_passwords_are_refused_where_the_client_is(fleet: Fleet) -> None:
    with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
        imap(fleet.other, ANN, "wrong", source="127.0.0.98")  # whose next attempts are answered late


def test_the_home_knows_the_clients_own_address(fleet: Fleet) -> None:
    imap(fleet.other, ANN, source="127.0.0.99").logout()
    assert eventually(lambda: "rip=127.0.0.99" in fleet.home.log_text()), fleet.home.log_text()


def test_pop_is_passed_on(fleet: Fleet) -> None:
    pop = poplib.POP3_SSL(fleet.other.address, fleet.other.layout.ports.pop3s, context=any_certificate(), timeout=20)
    pop.user(ANN)
    assert pop.pass_(PASSWORD).startswith(b"+OK")
    pop.quit()


def test_manage_sieve_is_passed_on_every_time(fleet: Fleet) -> None:
    """In TLS from the first byte, one session in eight between nodes was not answered."""
    for _ in range(20):
        assert sieve_says(fleet.other, ANN).startswith(b"OK")


def test_nobody_logs_in_without_tls_at_the_port_for_peers(fleet: Fleet) -> None:
    session = poplib.POP3(fleet.home.address, fleet.home.layout.ports.fleet_pop3, timeout=20)
    with pytest.raises(poplib.error_proto, match="Plaintext authentication disallowed"):
        session.user(ANN)
    session.quit()


def sieve_says(node: RunningNode, address: str) -> bytes:
    """Log in to ManageSieve (RFC 5804) and give the answer."""
    with socket.create_connection((node.address, node.layout.ports.sieve), 20) as plain:
        _until_ok(plain)
        plain.sendall(b"STARTTLS\r\n")
        _until_ok(plain)
        with any_certificate().wrap_socket(plain) as session:
            _until_ok(session)
            secret = b64encode(f"\0{address}\0{PASSWORD}".encode())
            session.sendall(b'AUTHENTICATE "PLAIN" "' + secret + b'"\r\n')
            return session.recv(1000)


def _until_ok(connection: socket.socket) -> None:
    said = b""
    while not (said.startswith(b"OK") or b"\nOK" in said):
        said += connection.recv(1000)


def test_a_login_does_not_go_round_between_nodes_that_disagree(fleet: Fleet) -> None:
    fleet.home.learn(items(fleet, ann_at=fleet.other), [fleet.mx.peer, fleet.other.peer])
    try:
        with pytest.raises(imaplib.IMAP4.error, match="temporarily unavailable"):
            imap(fleet.other, ANN)
    finally:
        fleet.know(*items(fleet))


def test_people_may_send_through_any_node_as_themselves(fleet: Fleet) -> None:
    with smtplib.SMTP(fleet.other.address, fleet.other.layout.ports.submission, timeout=20) as session:
        session.starttls(context=any_certificate())
        assert session.login(ANN, PASSWORD)[0] == 235
        session.mail(BOB)
        assert session.rcpt("friend@elsewhere.test")[0] == 553  # it is not hers to write as bob


def send_own(node: RunningNode, recipients: Sequence[str], subject: str) -> None:
    """Hand in one mail that takes the way of own mail whose MX the node is."""
    with smtplib.SMTP("127.0.0.1", node.own_port, timeout=20) as session:
        session.sendmail("someone@acme.test", recipients, f"Subject: {subject}\r\n\r\nhello\r\n")


@pytest.mark.parametrize("through", ["mx", "home", "other"])
def test_each_recipient_of_own_mail_is_reached_where_their_mailbox_is(fleet: Fleet, through: str) -> None:
    subject, homes = f"own through {through}", (fleet.home, fleet.other, fleet.third)
    send_own(getattr(fleet, through), [ANN, BOB, CAT], subject)
    assert eventually(lambda: all(stored(home, subject) for home in homes), within_seconds=20), fleet.other.log_text()
    assert [len(stored(home, subject)) for home in homes] == [1, 1, 1]


@pytest.mark.parametrize("through", ["mx", "home"])
def test_own_mail_follows_its_mailbox_while_it_waits(fleet: Fleet, through: str) -> None:
    node, subject, waits_for = getattr(fleet, through), f"waited at {through}", f"cat+{through}@acme.test"
    with node.with_way(CAT, CLOSED_WAY):
        send_own(node, [waits_for], subject)
        assert eventually(lambda: bool(deferred(node, waits_for)), within_seconds=20), node.log_text()
    with node.with_way(CAT, way_to(fleet.other.address)):  # where it is not
        forget_the_last_way(fleet, node)
        try_again(node)
        assert eventually(lambda: told_to_wait(node, waits_for), within_seconds=20), node.log_text()
    forget_the_last_way(fleet, node)
    try_again(node)
    assert eventually(lambda: bool(stored(fleet.third, subject)), within_seconds=20), node.log_text()


def deferred(node: RunningNode, recipient: str) -> list[str]:
    """Give what Postfix noted of mail to a recipient that waits."""
    return [line for line in node.log_text().splitlines() if f"to=<{recipient}>" in line and "status=deferred" in line]


def told_to_wait(node: RunningNode, recipient: str) -> bool:
    return any("said: 450 4.3.2" in line for line in deferred(node, recipient))


def forget_the_last_way(fleet: Fleet, node: RunningNode) -> None:
    """Have the queue manager ask the way to another address: it remembers one, for 30 seconds."""
    subject = f"between {uuid4()}"
    send_own(node, [ANN], subject)
    assert eventually(lambda: bool(stored(fleet.home, subject)), within_seconds=20), node.log_text()


def try_again(node: RunningNode) -> None:
    subprocess.run(["postqueue", "-c", str(node.layout.postfix_config), "-f"], check=True)


def lmtp_reply(node: RunningNode, recipient: str) -> int:
    """Hand a mail to Dovecot as Postfix does that thinks that the mailbox is here."""
    with smtplib.LMTP(str(node.layout.postfix_queue / "private/dovecot-lmtp")) as session:
        session.ehlo("postfix.test")
        session.mail("someone@acme.test")
        return session.rcpt(recipient)[0]


def test_dovecot_has_postfix_keep_what_is_not_here(fleet: Fleet) -> None:
    """As in the half minute after a mailbox has moved, in which the queue manager may not know it yet."""
    assert lmtp_reply(fleet.home, ANN) == 250
    began = time.monotonic()
    assert lmtp_reply(fleet.home, BOB) == 451
    assert time.monotonic() - began < 5


def again_replies(node: RunningNode, *recipients: str) -> list[int]:
    """Hand in what came back to its own host, and give the answers."""
    with smtplib.SMTP("127.0.0.1", node.layout.ports.again, timeout=20) as session:
        session.ehlo("postfix.test")
        assert session.has_extn("dsn")  # what the sender wants to hear of stays what it is
        session.mail("someone@acme.test")
        return [session.rcpt(recipient)[0] for recipient in recipients]


@pytest.mark.parametrize("node", ["mx", "home"])
def test_own_mail_is_asked_what_other_mail_is_asked(fleet: Fleet, node: str) -> None:
    asked = (ANN, BOB, "ann+tag@acme.test", "nobody@acme.test", "ann@elsewhere.test")
    assert again_replies(getattr(fleet, node), *asked) == [250, 250, 250, 550, 554]


def test_own_mail_for_a_mailbox_whose_node_is_not_known_waits(fleet: Fleet) -> None:
    try:
        fleet.home.learn(items(fleet), [fleet.mx.peer, fleet.other.peer])
        assert again_replies(fleet.home, CAT, BOB) == [250, 250]
        send_own(fleet.home, ["cat+lost@acme.test"], "lost")
        assert eventually(lambda: bool(deferred(fleet.home, "cat+lost@acme.test")), within_seconds=20)
    finally:
        fleet.know(*items(fleet))
    forget_the_last_way(fleet, fleet.home)
    try_again(fleet.home)
    assert eventually(lambda: bool(stored(fleet.third, "lost")), within_seconds=20), fleet.home.log_text()


def test_own_mail_for_a_domain_that_is_handed_up_is_taken(fleet: Fleet) -> None:
    try:
        fleet.know(*items(fleet), wire.IntakeItem(domain="bounce.acme.test"))
        assert again_replies(fleet.mx, "b-1@bounce.acme.test", ANN) == [250, 250]
    finally:
        fleet.know(*items(fleet))
