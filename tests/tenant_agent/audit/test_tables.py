"""A round through all tables finds whatever somebody has changed there, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.agent import prepare_directories, stores
from tenant_agent.audit.watch import EVERY_SECONDS, Watch
from tenant_agent.clock import ManualClock, SystemClock
from tenant_agent.layout import Layout
from tenant_agent.project import RowId, Table
from tenant_agent.projections import ForgetfulRows
from tenant_agent.projections.homes import Homes
from tenant_agent.projector import Projector
from tenant_agent.render.postfix import MAP_FILES
from tenant_agent.state import State
from tests.tenant_agent.certificate_samples import certificate
from tests.tenant_agent.peers.certificates import pem_for
from tests.tenant_agent.samples import NODE_ID, change, dkim, domain, mailbox, node

OTHER = wire.Peer(
    node_id="nod_other",
    name="other",
    hostname="other.fleetpost.test",
    service_address="10.77.2.10",
    roles=("mx", "mailbox"),
    certificate=pem_for("nod_other"),
)
MAILBOXES = f"{MAP_FILES[Table.MAILBOXES]}.lmdb"
HERE = "n1.fleetpost.test"
STRANGER = ":".join(["ab"] * 32)


class Disk:
    """A node's tables as they are on disk, filled, and what watches them."""

    def __init__(self, root: Path) -> None:
        self.layout = Layout.under(root)
        prepare_directories(self.layout)
        self.state = State(self.layout.state_database)
        self.tables = stores(self.layout)
        self.keys = ForgetfulRows()
        self.clock = ManualClock(now_ms=SystemClock().now_ms())
        self.projector = Projector(
            self.state,
            NODE_ID,
            stores=self.tables,
            signing_keys=self.keys,
            homes=Homes(self.layout.mail_store),
            clock=self.clock,
        )
        self.watch = Watch(self.layout, self.state, self.projector, self.tables, self.clock, spent=lambda: 0.0)

    def fill(self) -> None:
        others = [change(mailbox(f"u{number}@acme.test")) for number in range(20)]
        self.state.replace(
            1,
            [
                *others,
                change(node()),
                change(domain()),
                change(wire.InboundItem(name="acme.test", everyone=True, subdomains=True)),
                change(mailbox()),
                change(mailbox("far@acme.test", node_id="nod_else")),
                change(mailbox("away@acme.test", node_id="nod_other")),
                change(wire.PeersItem(peers=(OTHER,))),
                change(dkim()),
                change(certificate("mail.acme.test")),
                change(certificate(HERE)),
            ],
        )
        self.projector.bring_up()
        self.projector.fill_signing_keys()

    def rows(self) -> dict[RowId, str]:
        return {RowId(table, key): row for table, each in self.tables.items() for key, row in each.read_all().items()}

    def look(self) -> set[tuple[str, str, str | None]]:
        """Go through a whole round; gives what was found."""
        self.clock.move(EVERY_SECONDS)
        self.watch.look()
        assert self.watch.has_ended()
        found = self.watch.found()
        self.watch.told(found)
        return {(each.service, each.what, each.tenant_id) for each in found}


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    made = Disk(tmp_path)
    made.fill()
    return made


def drop_from_passwd_file(disk: Disk) -> None:
    disk.tables[Table.USERS].write({}, ["ann@acme.test"])


def change_a_password(disk: Disk) -> None:
    disk.tables[Table.USERS].write({"ann@acme.test": "{PLAIN}guess:200001:200001::/var/vmail::"}, [])


def break_a_passwd_file(disk: Disk) -> None:
    for path in disk.layout.users.iterdir():
        path.write_bytes(path.read_bytes() + b"\xff\xfe no user\n")


def let_eve_in(disk: Disk) -> None:
    disk.tables[Table.USERS].write({"eve@acme.test": "{PLAIN}x:200001:200001::/var/vmail::"}, [])


def take_mail_for_eve(disk: Disk) -> None:
    disk.tables[Table.MAILBOXES].write({"eve@acme.test": "OK"}, [])


def take_mail_of_another_node(disk: Disk) -> None:
    disk.tables[Table.MAILBOXES].write({"far@acme.test": "OK"}, [])


def let_a_stranger_pass_mail_on(disk: Disk) -> None:
    disk.tables[Table.PEER_CERTIFICATES].write({STRANGER: "OK"}, [])


def trust_any_certificate(disk: Disk) -> None:
    disk.tables[Table.PEER_POLICIES].write({"[10.77.2.10]": "encrypt"}, [])


def lead_logins_astray(disk: Disk) -> None:
    disk.tables[Table.PEER_SETTINGS].write({"it": "login_trusted_networks = 0.0.0.0/0\n"}, [])


def lead_mail_astray(disk: Disk) -> None:
    disk.tables[Table.PASSED].write({"ann@acme.test": "smtp:[192.0.2.1]"}, [])


def take_a_strange_domain(disk: Disk) -> None:
    disk.tables[Table.DOMAINS].write({"gmail.com": "OK"}, [])


def forget_the_domain(disk: Disk) -> None:
    disk.tables[Table.DOMAINS].write({}, ["acme.test"])


def forget_the_names_below(disk: Disk) -> None:
    disk.tables[Table.ROUTED_DOMAINS].write({}, [".acme.test"])


def take_mail_below_a_strange_domain(disk: Disk) -> None:
    disk.tables[Table.ROUTED_DOMAINS].write({".gmail.com": "OK"}, [])


def take_nobodys_mail(disk: Disk) -> None:
    disk.tables[Table.ROUTED].write({"acme.test": "550 5.1.1 User unknown"}, [])


def let_ann_send_as_somebody_else(disk: Disk) -> None:
    disk.tables[Table.SENDER_LOGINS].write({"ann@acme.test": "eve@acme.test"}, [])


def serve_another_certificate(disk: Disk) -> None:
    disk.tables[Table.LOCAL_NAMES].write({"mail.acme.test": "not a certificate"}, [])


def serve_a_certificate_for_a_strange_host(disk: Disk) -> None:
    disk.tables[Table.SNI].write({"mail.bank.test": "AAAA"}, [])


def replace_the_nodes_own_certificate(disk: Disk) -> None:
    disk.layout.own_certificate.write_text("not a certificate")


def forget_the_nodes_own_certificate(disk: Disk) -> None:
    disk.layout.own_certificate.unlink()


def silence_every_answer(disk: Disk) -> None:
    disk.layout.quiet_domains.write_text("/./ REJECT\n")


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (drop_from_passwd_file, {("users", "ann@acme.test", "ten_1")}),
        (change_a_password, {("users", "ann@acme.test", "ten_1")}),
        (let_eve_in, {("users", "eve@acme.test", None)}),
        (take_mail_for_eve, {("mailboxes", "eve@acme.test", None)}),
        (take_mail_of_another_node, {("mailboxes", "far@acme.test", "ten_1")}),
        (let_a_stranger_pass_mail_on, {("peer_certificates", STRANGER, None)}),
        (trust_any_certificate, {("peer_policies", "[10.77.2.10]", None)}),
        (lead_logins_astray, {("peer_settings", "it", None)}),
        (lead_mail_astray, {("passed", "ann@acme.test", "ten_1")}),
        (take_a_strange_domain, {("domains", "gmail.com", None)}),
        (forget_the_domain, {("domains", "acme.test", "ten_1")}),
        (forget_the_names_below, {("routed_domains", ".acme.test", "ten_1")}),
        (take_mail_below_a_strange_domain, {("routed_domains", ".gmail.com", None)}),
        (take_nobodys_mail, {("routed", "acme.test", "ten_1")}),
        (let_ann_send_as_somebody_else, {("sender_logins", "ann@acme.test", "ten_1")}),
        (serve_another_certificate, {("local_names", "mail.acme.test", "ten_1")}),
        (serve_a_certificate_for_a_strange_host, {("sni", "mail.bank.test", None)}),
    ],
)
def test_what_somebody_changed_is_found_and_put_right(
    disk: Disk, edit: Callable[[Disk], None], found: set[tuple[str, str, str | None]]
) -> None:
    before = disk.rows()
    edit(disk)
    assert disk.rows() != before
    assert disk.look() == found
    assert disk.rows() == before
    assert disk.look() == set()


@pytest.mark.parametrize("edit", [replace_the_nodes_own_certificate, forget_the_nodes_own_certificate])
def test_the_nodes_own_certificate_comes_back(disk: Disk, edit: Callable[[Disk], None]) -> None:
    before = disk.rows()
    edit(disk)
    assert {service for service, _, _ in disk.look()} == {"own_certificate"}
    assert disk.rows() == before


def test_bytes_that_are_no_text_are_taken_away(disk: Disk) -> None:
    before = disk.rows()
    break_a_passwd_file(disk)
    disk.look()
    assert disk.rows() == before
    assert not any(b"\xff" in path.read_bytes() for path in disk.layout.users.iterdir())


def test_rules_that_were_added_to_a_list_are_taken_away(disk: Disk) -> None:
    silence_every_answer(disk)
    disk.look()
    assert disk.layout.quiet_domains.read_text() == ""


def test_a_signing_key_that_was_changed_in_redis_comes_back(disk: Disk) -> None:
    before = dict(disk.keys.rows)
    disk.keys.rows["acme.test/fp1"] = "somebody else's"
    assert disk.look() == {("signing_keys", "acme.test/fp1", "ten_1")}
    disk.projector.fill_signing_keys()
    assert disk.keys.rows == before


def test_a_redis_that_does_not_answer_holds_nothing_up(disk: Disk) -> None:
    disk.keys.available = False
    assert disk.look() == set()


def test_nothing_is_found_where_nothing_was_changed(disk: Disk) -> None:
    assert disk.look() == set()


def test_a_map_that_was_taken_away_is_there_again_at_once(disk: Disk) -> None:
    before = disk.rows()
    (disk.layout.maps / MAILBOXES).unlink()
    disk.watch.look()
    disk.projector.bring_up()
    assert disk.rows() == before
    assert ("mailboxes", "the whole map") in {(each.service, each.what) for each in disk.watch.found()}


def test_a_map_that_was_replaced_by_rubbish_is_written_anew(disk: Disk) -> None:
    before = disk.rows()
    rubbish = disk.layout.maps / "rubbish"
    rubbish.write_bytes(b"rubbish" * 1000)
    rubbish.replace(disk.layout.maps / MAILBOXES)
    disk.watch.look()
    disk.projector.bring_up()
    assert disk.rows() == before


def test_what_was_changed_while_the_agent_was_away_is_told_by_its_next_life(disk: Disk) -> None:
    take_mail_for_eve(disk)
    next_life = Projector(
        disk.state,
        NODE_ID,
        stores=disk.tables,
        signing_keys=disk.keys,
        homes=Homes(disk.layout.mail_store),
        clock=disk.clock,
    )
    assert next_life.bring_up().drifted == (RowId(Table.MAILBOXES, "eve@acme.test"),)


def test_what_the_agent_itself_had_begun_is_no_drift(disk: Disk) -> None:
    disk.state.store(2, [change(mailbox("bob@acme.test"))])  # and then it was killed
    next_life = Projector(
        disk.state,
        NODE_ID,
        stores=disk.tables,
        signing_keys=disk.keys,
        homes=Homes(disk.layout.mail_store),
        clock=disk.clock,
    )
    assert next_life.bring_up().drifted == ()


def test_a_round_is_cut_into_slices_and_the_next_begins_after_a_while(disk: Disk) -> None:
    ticks = iter(range(1_000_000))
    slow = Watch(disk.layout, disk.state, disk.projector, disk.tables, disk.clock, spent=lambda: float(next(ticks)))
    looks = 0
    while not slow.has_ended():
        slow.look()
        looks += 1
    assert looks > 20
    slow.look()
    assert not slow.has_ended()
    disk.clock.move(EVERY_SECONDS)
    while not slow.has_ended():
        slow.look()
