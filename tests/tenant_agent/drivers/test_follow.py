"""A change of a user is in force in the real Dovecot when the driver says so."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tenant_agent.drivers.dovecot import Dovecot
from tenant_agent.project import Table, chosen
from tenant_agent.projections.passwd_shards import PasswdShards
from tenant_agent.settings import Settings
from tests.tenant_agent.daemons.dovecot import RunningDovecot, running_dovecot
from tests.tenant_agent.samples import PASSWORD, mailbox
from tests.tenant_agent.test_project import projected

pytestmark = pytest.mark.node
ANN = "ann@acme.test"


@pytest.fixture
def dovecot() -> Iterator[RunningDovecot]:
    with TemporaryDirectory(prefix="fp-") as directory:
        Path(directory).chmod(0o755)  # Dovecot's own users must get through
        with running_dovecot(Path(directory)) as running:
            yield running


def driver(dovecot: RunningDovecot) -> Dovecot:
    layout = dovecot.layout
    tls = layout.root / "tls"
    return Dovecot(
        Settings(
            control_url="https://control.test",
            ca_file=None,
            enrolment_token_file=tls / "token",
            tls_certificate=tls / "cert.pem",
            tls_key=tls / "key.pem",
            layout=layout,
        )
    )


def row(*, enabled: bool) -> dict[str, str]:
    return chosen(projected(mailbox(ANN, enabled=enabled)).rows, Table.USERS)


async def test_a_user_that_was_just_asked_for_in_vain_can_log_in_after_it_was_made(dovecot: RunningDovecot) -> None:
    shards, follow = PasswdShards(dovecot.layout.users), driver(dovecot).follow
    shards.write({"zoe@acme.test": row(enabled=True)[ANN]}, [])
    assert not dovecot.admits(ANN, PASSWORD)  # from here on the auth process thinks for a second that it knows the file
    shards.write(row(enabled=True), [])
    await follow(row(enabled=True), [])
    assert dovecot.admits(ANN, PASSWORD)


async def test_a_suspended_user_is_out_and_stays_out_when_the_driver_says_so(dovecot: RunningDovecot) -> None:
    shards, follow = PasswdShards(dovecot.layout.users), driver(dovecot).follow
    shards.write(row(enabled=True), [])
    await follow(row(enabled=True), [])
    assert dovecot.admits(ANN, PASSWORD)
    shards.write(row(enabled=False), [])
    dovecot.admits(ANN, PASSWORD)  # may succeed still, and must not be remembered
    await follow(row(enabled=False), [ANN])
    assert not dovecot.admits(ANN, PASSWORD)


async def test_a_deleted_user_is_gone_when_the_driver_says_so(dovecot: RunningDovecot) -> None:
    shards, follow = PasswdShards(dovecot.layout.users), driver(dovecot).follow
    shards.write(row(enabled=True), [])
    await follow(row(enabled=True), [])
    shards.write({}, [ANN])
    await follow({ANN: None}, [ANN])
    assert dovecot.user(ANN) == {}
