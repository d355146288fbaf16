"""The rendered configuration, before the daemons' own checkers."""

from pathlib import Path

import pytest

from tenant_agent.design import Design
from tenant_agent.drivers import Driver, Rejected
from tenant_agent.drivers.dovecot import Dovecot
from tenant_agent.drivers.postfix import Postfix
from tenant_agent.drivers.rspamd import Scanner, Signer
from tenant_agent.files import replace_text
from tenant_agent.layout import Layout
from tenant_agent.settings import Settings
from tests.tenant_agent.daemons.certificates import write_certificate
from tests.tenant_agent.render.trees import NODES

pytestmark = pytest.mark.node


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    certificate, key = write_certificate(tmp_path / "tls")
    return Settings(
        control_url="https://control.test",
        ca_file=None,
        enrolment_token_file=tmp_path / "token",
        tls_certificate=certificate,
        tls_key=key,
        layout=Layout(),
    )


@pytest.fixture
def drivers(settings: Settings) -> dict[str, Driver]:
    drivers: tuple[Driver, ...] = (
        Postfix(settings),
        Dovecot(settings),
        Signer(settings.layout, "password"),
        Scanner(settings.layout, "password"),
    )
    return {driver.name: driver for driver in drivers}


def stage(driver: Driver, name: str, directory: Path) -> Path:
    for path, file in (driver.render(Design(node=NODES[name])) or {}).items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_text(target, file.text, modified_at=0)
    return directory


@pytest.mark.parametrize(
    ("service", "node"),
    [
        *(("postfix", name) for name in NODES),
        ("dovecot", "everything"),
        ("rspamd-outbound", "everything"),
        ("rspamd", "everything"),
    ],
)
async def test_the_daemon_accepts_it(drivers: dict[str, Driver], service: str, node: str, tmp_path: Path) -> None:
    await drivers[service].check(stage(drivers[service], node, tmp_path / "staged"))


@pytest.mark.parametrize(
    ("service", "path", "line"),
    [
        ("postfix", "main.cf", "no_such_parameter = 1\n"),
        ("postfix", "main.cf", "this is not a parameter\n"),
        ("postfix", "master.cf", "smtp inet n\n"),
        ("dovecot", "dovecot.conf", "no_such_setting = 1\n"),
        ("rspamd-outbound", "rspamd.conf", "options {\n"),
        ("rspamd-outbound", "sign.lua", "this is not lua\n"),
        ("rspamd", "local.d/actions.conf", "}\n"),
    ],
)
async def test_the_daemon_rejects_a_mistake_in_it(
    drivers: dict[str, Driver], service: str, path: str, line: str, tmp_path: Path
) -> None:
    staged = stage(drivers[service], "everything", tmp_path / "staged")
    replace_text(staged / path, (staged / path).read_text() + line, modified_at=0)
    with pytest.raises(Rejected):
        await drivers[service].check(staged)
