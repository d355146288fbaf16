"""Certificates on their way into the daemons' tables: by host, in place, and back to the one before."""

import base64
import subprocess
import time
from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.agent import prepare_directories, stores
from tenant_agent.clock import SystemClock
from tenant_agent.layout import Layout
from tenant_agent.project import Table
from tenant_agent.projections import ForgetfulRows
from tenant_agent.projections.homes import Homes
from tenant_agent.projections.one_file import THE_ROW
from tenant_agent.projector import Outcome, Projector
from tenant_agent.state import State
from tests.tenant_agent.certificate_samples import HOUR, certificate
from tests.tenant_agent.samples import NODE_ID, change, node, removal

pytestmark = pytest.mark.node
MAIL = "mail.acme.test"


class Node:
    """A projector on real tables."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout.under(root)
        prepare_directories(self.layout)
        self.state = State(self.layout.state_database)
        self.tables = stores(self.layout)
        self.projector = self.new_life()
        self.take(change(node()))

    def new_life(self) -> Projector:
        return Projector(
            self.state,
            NODE_ID,
            stores=self.tables,
            signing_keys=ForgetfulRows(),
            homes=Homes(self.layout.mail_store),
            clock=SystemClock(),
        )

    def take(self, *changes: wire.Change) -> Outcome:
        self.state.store(self.state.generation + 1, changes)
        return self.projector.bring_up()

    def hosts(self, table: Table) -> set[str]:
        return set(self.tables[table].read_all())

    def served(self, host: str) -> str:
        """Give what smtpd would get, as Postfix's own tool decodes it."""
        command = ["postmap", "-c", str(self.layout.state / "postmap"), "-F", "-q", host]
        table = f"lmdb:{self.layout.maps / 'tls_server_sni_maps'}"
        return subprocess.run([*command, table], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def here(tmp_path: Path) -> Node:
    return Node(tmp_path)


def test_postfix_decodes_what_it_is_to_serve(here: Node) -> None:
    item = certificate(MAIL, "imap.acme.test")
    outcome = here.take(change(item))
    assert outcome.changes_local_names
    assert not outcome.changes_domains
    for host in item.names:
        assert item.chain.strip() in here.served(host)
        assert item.private_key.strip() in here.served(host)


def test_keys_are_readable_by_nobody_else(here: Node) -> None:
    here.take(change(certificate(MAIL, node().hostname)))
    layout = here.layout
    secret = [
        layout.maps / "tls_server_sni_maps.lmdb",
        layout.own_certificate,
        layout.local_names,
        layout.state_database,
    ]
    secret += layout.local_names.with_suffix("").iterdir()
    assert len(secret) == 6
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


def test_a_withdrawn_certificate_is_gone_under_all_its_names(here: Node) -> None:
    item = certificate(MAIL, "imap.acme.test")
    here.take(change(item))
    here.take(removal(item))
    assert here.hosts(Table.SNI) == here.hosts(Table.LOCAL_NAMES) == here.hosts(Table.HTTPS_HOSTS) == set()
    assert list(here.layout.local_names.with_suffix("").iterdir()) == []


def test_names_that_a_new_version_has_no_more_are_gone(here: Node) -> None:
    here.take(change(certificate(MAIL, "imap.acme.test")))
    here.take(change(certificate(MAIL, "pop.acme.test")))
    assert here.hosts(Table.SNI) == {MAIL, "pop.acme.test"}


def test_the_later_of_two_is_served_and_after_it_the_former_again(here: Node) -> None:
    old, new = certificate("a.acme.test", MAIL), certificate("b.acme.test", MAIL, begins=-HOUR / 2)
    here.take(change(old))
    here.take(change(new))
    assert new.chain.strip() in here.served(MAIL)
    here.take(removal(new))
    assert old.chain.strip() in here.served(MAIL)
    assert here.hosts(Table.SNI) == {"a.acme.test", MAIL}


def test_an_older_one_that_comes_later_changes_nothing(here: Node) -> None:
    new = certificate(MAIL, begins=-HOUR / 2)
    here.take(change(new))
    here.take(change(certificate("a.acme.test", MAIL)))
    assert new.chain.strip() in here.served(MAIL)


def test_a_new_life_serves_the_same(here: Node) -> None:
    old, new = certificate("a.acme.test", MAIL), certificate("b.acme.test", MAIL, begins=-HOUR / 2)
    here.take(change(old), change(new))
    before = here.tables[Table.SNI].read_all()
    here.projector = here.new_life()
    outcome = here.projector.bring_up()
    assert here.tables[Table.SNI].read_all() == before
    assert not outcome.changes_local_names
    here.take(removal(new))
    assert old.chain.strip() in here.served(MAIL)


def test_one_for_the_nodes_own_name_becomes_the_default_and_stops_being_it(here: Node) -> None:
    item = certificate(node().hostname)
    assert here.take(change(item)).changes_own_certificate
    assert item.chain.strip() in here.layout.own_certificate.read_text()
    assert here.take(removal(item)).changes_own_certificate
    assert not here.layout.own_certificate.exists()


def test_a_node_that_is_renamed_has_another_default(here: Node) -> None:
    item = certificate("n9.fleetpost.test")
    here.take(change(item))
    assert THE_ROW not in here.hosts(Table.OWN_CERTIFICATE)
    here.take(change(node(hostname="n9.fleetpost.test")))
    assert here.hosts(Table.OWN_CERTIFICATE) == {THE_ROW}


def test_an_unfit_one_is_refused_and_what_was_served_before_goes(here: Node) -> None:
    here.take(change(certificate(MAIL)))
    bad = wire.CertificateItem(names=(MAIL,), chain="x", private_key="hunter2")
    outcome = here.take(change(bad), change(certificate("imap.acme.test")))
    assert [(entry.kind, entry.key) for entry in outcome.refused] == [("certificate", MAIL)]
    assert "hunter2" not in outcome.refused[0].reason
    assert here.hosts(Table.SNI) == {"imap.acme.test"}


def test_a_node_that_only_sends_serves_nobodys_certificate(here: Node) -> None:
    here.take(change(node(roles=("outbound",))), change(certificate(MAIL)))
    assert here.hosts(Table.SNI) == here.hosts(Table.LOCAL_NAMES) == here.hosts(Table.HTTPS_HOSTS) == set()


def test_one_of_five_thousand_is_changed_in_no_time(here: Node) -> None:
    items = [certificate(f"mail.customer-{number}.test") for number in range(5000)]
    here.take(*map(change, items))
    assert len(here.hosts(Table.SNI)) == 5000
    taken = []
    for number in range(7):
        again = certificate(f"mail.customer-{number}.test", begins=-HOUR / 2)
        begin = time.perf_counter()
        here.take(change(again))
        taken.append(time.perf_counter() - begin)
        assert base64.b64decode(here.tables[Table.SNI].read(again.names)[again.names[0]]).decode().endswith(again.chain)
    print(f"{sorted(taken)[3] * 1000:.1f} ms")
    assert sorted(taken)[3] < 0.05
