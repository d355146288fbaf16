"""What somebody has open is known, whoever it is."""

from pathlib import Path

from tenant_agent.layout import Layout
from tenant_agent.open_files import inode_of, open_files
from tenant_agent.reroute import DeferredQueue


def test_a_file_is_open_for_as_long_as_somebody_has_it(tmp_path: Path) -> None:
    path = tmp_path / "mail"
    path.touch()
    inode = inode_of(path)
    assert inode is not None
    with path.open():
        assert inode in set(open_files())
    assert inode not in set(open_files())


def test_what_is_gone_is_no_file(tmp_path: Path) -> None:
    assert inode_of(tmp_path / "gone") is None


async def test_a_mail_that_is_still_being_sent_is_not_taken_out_of_the_queue(tmp_path: Path) -> None:
    """After a reload, a process of before may have what the queue manager has deferred meanwhile."""
    layout = Layout.under(tmp_path)
    mail = layout.postfix_queue / "deferred" / "4" / "4jXR4T6YnSzns6W"
    mail.parent.mkdir(parents=True)
    mail.touch()
    with mail.open():
        assert await DeferredQueue(layout).requeue([mail.name]) == set()
    assert mail.exists()
