"""Real daemons take a new configuration when they are told to."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tenant_agent.drivers.dovecot import Dovecot
from tenant_agent.drivers.redis import Redis
from tenant_agent.drivers.rspamd import Signer
from tenant_agent.layout import Layout
from tenant_agent.settings import Settings
from tests.tenant_agent.daemons.processes import eventually
from tests.tenant_agent.daemons.redis import PASSWORD, running_redis
from tests.tenant_agent.daemons.signer import running_signer
from tests.tenant_agent.samples import node

pytestmark = pytest.mark.node

MAIL = b"From: <x@keyless.test>\r\nSubject: Hello\r\n\r\nHello\r\n"


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A directory in which the name of a socket is not too long."""
    with TemporaryDirectory(prefix="fp-") as directory:
        yield Path(directory)


async def test_rspamd_reads_its_configuration_again(short_path: Path) -> None:
    with running_signer(short_path) as signer:
        driver = Signer(signer.layout, PASSWORD)
        await driver.probe(node())
        assert signer.look_at(MAIL).action == "soft reject"
        rules = signer.layout.signer_config / "sign.lua"
        rules.write_text(rules.read_text().replace("'soft reject'", "'reject'"))
        await driver.reload()
        assert eventually(lambda: signer.look_at(MAIL).action == "reject")


async def test_redis_ends_so_that_the_supervisor_starts_it_anew(tmp_path: Path) -> None:
    with running_redis(tmp_path) as socket:
        driver = Redis(Layout.under(tmp_path), PASSWORD)
        await driver.probe(node())
        await driver.reload()
        assert eventually(lambda: not socket.exists())


async def test_a_daemon_that_does_not_run_needs_no_reload(short_path: Path) -> None:
    layout = Layout.under(short_path)
    settings = Settings(
        control_url="https://control.test",
        ca_file=None,
        enrolment_token_file=short_path / "token",
        tls_certificate=short_path / "cert.pem",
        tls_key=short_path / "key.pem",
        layout=layout,
    )
    dovecot = Dovecot(settings)
    await Signer(layout, PASSWORD).reload()
    await Redis(layout, PASSWORD).reload()
    await dovecot.reload()
    await dovecot.follow({"ann@acme.test": None}, ["ann@acme.test"])
