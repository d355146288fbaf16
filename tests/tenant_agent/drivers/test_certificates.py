"""Real Dovecot takes a new certificate while people go on reading their mail."""

import ssl
from collections.abc import Callable, Iterator
from imaplib import IMAP4_SSL
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from tenant_agent.certificates import check
from tenant_agent.drivers.dovecot import Dovecot
from tenant_agent.project import Table, chosen
from tenant_agent.projections.homes import Homes
from tenant_agent.projections.local_names import LocalNames
from tenant_agent.projections.passwd_shards import PasswdShards
from tenant_agent.settings import Settings
from tests.tenant_agent.certificate_samples import HOUR, NOW, certificate
from tests.tenant_agent.daemons.dovecot import RunningDovecot, running_dovecot
from tests.tenant_agent.daemons.processes import eventually
from tests.tenant_agent.samples import PASSWORD, mailbox
from tests.tenant_agent.test_project import EVERYTHING, projected

pytestmark = pytest.mark.node
ANN = "ann@acme.test"
MAIL = "mail.acme.test"
HERE = "127.0.0.2"


@pytest.fixture
def dovecot() -> Iterator[RunningDovecot]:
    with TemporaryDirectory(prefix="fp-") as directory:
        Path(directory).chmod(0o755)  # Dovecot's own users must get through
        with running_dovecot(Path(directory)) as running:
            yield running


@pytest.fixture
def driver(dovecot: RunningDovecot) -> Dovecot:
    tls = dovecot.layout.root / "tls"
    return Dovecot(
        Settings(
            control_url="https://control.test",
            ca_file=None,
            enrolment_token_file=tls / "token",
            tls_certificate=tls / "cert.pem",
            tls_key=tls / "key.pem",
            layout=dovecot.layout,
        )
    )


class NamedImap(IMAP4_SSL):
    """Asks for a host (SNI) that DNS need not know."""

    def __init__(self, port: int, name: str) -> None:
        self.name = name
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__(HERE, port, ssl_context=context, timeout=10)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = super(IMAP4_SSL, self)._create_socket(timeout)  # type: ignore[misc]
        secured: ssl.SSLSocket = self.ssl_context.wrap_socket(plain, server_hostname=self.name)
        return secured

    @property
    def certificate(self) -> str:
        served = self.sock.getpeercert(binary_form=True)  # type: ignore[attr-defined]
        assert served is not None
        return ssl.DER_cert_to_PEM_cert(served)


def served(dovecot: RunningDovecot, name: str) -> str:
    connection = NamedImap(dovecot.layout.ports.imaps, name)
    try:
        return connection.certificate
    finally:
        connection.logout()


def serves(dovecot: RunningDovecot, chain: str) -> Callable[[], bool]:
    return lambda: served(dovecot, MAIL) == chain


def give_ann_a_mailbox(dovecot: RunningDovecot) -> None:
    layout = dovecot.layout
    here = msgspec.structs.replace(EVERYTHING, mail_store=layout.mail_store)
    row = chosen(projected(mailbox(ANN), here=here).rows, Table.USERS)
    Homes(layout.mail_store).prepare(row.values())
    PasswdShards(layout.users).write(row, [])


async def test_a_session_that_was_open_before_goes_on_while_new_ones_get_the_new_certificate(
    dovecot: RunningDovecot, driver: Dovecot
) -> None:
    give_ann_a_mailbox(dovecot)
    names = LocalNames(dovecot.layout.local_names)
    default = served(dovecot, MAIL)
    session = NamedImap(dovecot.layout.ports.imaps, MAIL)
    session.login(ANN, PASSWORD)
    for begins in (-HOUR, -HOUR / 2):
        item = certificate(MAIL, begins=begins)
        names.write({MAIL: check(item, NOW).pem}, [])
        await driver.reload()
        assert eventually(serves(dovecot, item.chain))
    assert served(dovecot, "other.acme.test") == default
    assert session.select("INBOX")[0] == "OK"
    assert session.append("INBOX", "", "", b"Subject: Hello\r\n\r\nHello\r\n")[0] == "OK"
    session.logout()
    names.write({}, [MAIL])
    await driver.reload()
    assert eventually(lambda: served(dovecot, MAIL) == default)
