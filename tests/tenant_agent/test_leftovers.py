"""Mail of a mailbox that is gone stays for a week and then leaves the disk; nothing else ever does."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.clock import ManualClock
from tenant_agent.leftovers import KEPT_SECONDS, Leftovers
from tenant_agent.project import key_of
from tenant_agent.projections.homes import shut_home
from tenant_agent.state import State
from tests.tenant_agent.moves.pair import move
from tests.tenant_agent.samples import NODE_ID, mailbox

ANN, BOB = "ann@acme.test", "bob@acme.test"
_Item = wire.MailboxItem | wire.HomeItem | wire.MoveItem | tuple[str, bytes]


class Disk:
    """A node's mail store and desired state."""

    def __init__(self, root: Path) -> None:
        self.store, self.database = root / "vmail", root / "state.db"
        self.clock = ManualClock()
        memory = root / "leftovers.json"
        self.leftovers = Leftovers(self.store, self.database, memory, self.clock, node_id=NODE_ID)
        self._generation = 0

    def wish(self, *items: _Item) -> None:
        """Make these all that the node should have."""
        self._generation += 1
        changes = [_change(item) for item in items]
        state = State(self.database)
        state.replace(self._generation, changes)
        state.settle(self._generation, None, ())
        state.close()

    def mail_of(self, address: str, uid: int = 200_001) -> Path:
        """Let somebody have mail."""
        local, _, domain = address.rpartition("@")
        mail = self.store / str(uid) / domain / local / "Maildir" / "new" / "1"
        mail.parent.mkdir(parents=True)
        mail.write_text("Subject: Hello\n\n")
        return mail

    def pass_a_week(self) -> None:
        self.leftovers.look()
        self.clock.move(KEPT_SECONDS)
        self.leftovers.look()


def _change(item: _Item) -> wire.Change:
    key, payload = item if isinstance(item, tuple) else (key_of(item), wire.encode(item))
    kind = "home" if isinstance(item, wire.HomeItem) else "move" if isinstance(item, wire.MoveItem) else "mailbox"
    return wire.Change(kind=kind, key=key, tenant_id="ten_1", payload=payload)


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path)


def test_mail_goes_a_week_after_its_mailbox(disk: Disk) -> None:
    anns, bobs = disk.mail_of(ANN), disk.mail_of(BOB)
    disk.wish(mailbox(ANN))
    disk.leftovers.look()
    disk.clock.move(KEPT_SECONDS - 1)
    disk.leftovers.look()
    assert bobs.exists()
    disk.clock.move(1)
    disk.leftovers.look()
    assert anns.exists()
    assert not bobs.parents[2].exists()
    assert bobs.parents[4].exists(), "the tenant's directory stays: Dovecot cannot make it again"


def test_a_mailbox_that_is_made_again_within_the_week_has_its_mail_again(disk: Disk) -> None:
    mail = disk.mail_of(ANN)
    disk.wish()
    disk.leftovers.look()
    disk.clock.move(KEPT_SECONDS - 1)
    disk.wish(mailbox(ANN))
    disk.leftovers.look()
    disk.wish()
    disk.leftovers.look()
    disk.clock.move(KEPT_SECONDS - 1)
    disk.leftovers.look()
    assert mail.exists(), "the week begins anew"


def test_mail_of_a_former_tenant_goes_though_another_has_the_address_now(disk: Disk) -> None:
    former, present = disk.mail_of(ANN, uid=200_001), disk.mail_of(ANN, uid=200_002)
    disk.wish(mailbox(ANN, system_uid=200_002))
    disk.pass_a_week()
    assert not former.exists()
    assert present.exists()


def test_mail_stays_while_its_mailbox_cannot_be_read_is_closed_or_lies_elsewhere(disk: Disk) -> None:
    mails = [disk.mail_of(address) for address in (ANN, BOB, "eve@acme.test")]
    disk.wish((ANN, b"\xc1"), mailbox(BOB, enabled=False), mailbox("eve@acme.test", node_id="nod_other"))
    disk.pass_a_week()
    assert all(mail.exists() for mail in mails)


def test_mail_of_a_former_tenant_stays_while_its_home_is_to_be_kept(disk: Disk) -> None:
    former, present, others = disk.mail_of(ANN, uid=200_001), disk.mail_of(ANN, uid=200_002), disk.mail_of(ANN, 200_003)
    kept = wire.HomeItem(system_uid=200_001, address=ANN)
    disk.wish(mailbox(ANN, system_uid=200_002), kept)
    disk.pass_a_week()
    assert (former.exists(), present.exists(), others.exists()) == (True, True, False)
    disk.wish(mailbox(ANN, system_uid=200_002))
    disk.pass_a_week()
    assert (former.exists(), present.exists()) == (False, True)


def test_a_node_that_knows_nothing_removes_nothing(disk: Disk) -> None:
    mail = disk.mail_of(ANN)
    disk.pass_a_week()
    assert mail.exists()


def test_what_is_no_home_is_left_alone(disk: Disk, tmp_path: Path) -> None:
    (tmp_path / "precious").mkdir()
    disk.mail_of(ANN)
    (disk.store / "200001" / "acme.test" / "link").symlink_to(tmp_path / "precious")
    (disk.store / "lost+found" / "a" / "b").mkdir(parents=True)
    disk.wish(mailbox(ANN))
    disk.pass_a_week()
    assert (tmp_path / "precious").exists()
    assert (disk.store / "lost+found" / "a" / "b").exists()


def test_a_damaged_memory_only_means_another_week(disk: Disk, tmp_path: Path) -> None:
    mail = disk.mail_of(ANN)
    disk.wish()
    disk.leftovers.look()
    disk.clock.move(KEPT_SECONDS)
    (tmp_path / "leftovers.json").write_text("{")
    disk.leftovers.look()
    assert mail.exists()
    disk.clock.move(KEPT_SECONDS)
    disk.leftovers.look()
    assert not mail.exists()


def test_what_a_mailbox_left_behind_goes_a_week_after_it_moved(disk: Disk) -> None:
    mail = disk.mail_of(ANN)
    shut_home(mail.parents[2], 200_001)
    disk.wish(mailbox(ANN, node_id="nod_other"), move(role="target", peer_node_id="nod_other"))
    disk.pass_a_week()
    assert mail.exists(), "it is on its way"
    disk.wish(mailbox(ANN, node_id="nod_other"))
    disk.leftovers.look()
    disk.clock.move(KEPT_SECONDS - 1)
    disk.leftovers.look()
    assert mail.exists()
    disk.clock.move(1)
    disk.leftovers.look()
    assert not mail.exists()


def test_a_mailbox_that_is_shut_here_and_kept_here_stays(disk: Disk) -> None:
    mail = disk.mail_of(ANN)
    shut_home(mail.parents[2], 200_001)
    disk.wish(mailbox(ANN))
    disk.pass_a_week()
    assert mail.exists()
