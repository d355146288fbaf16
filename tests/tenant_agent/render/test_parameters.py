"""Parameters that were rolled out, in the files that they are for."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.design import Design
from tenant_agent.drivers import Driver
from tenant_agent.drivers.commands import run
from tenant_agent.drivers.dovecot import Dovecot
from tenant_agent.drivers.postfix import Postfix
from tenant_agent.drivers.rspamd import Scanner
from tenant_agent.files import replace_text
from tenant_agent.layout import Layout
from tenant_agent.render import File
from tenant_agent.render.parameters import with_parameters
from tenant_agent.settings import Settings
from tenant_agent.wire.parameters import PARAMETERS, Choice, Daemon, Duration, Number, Score, Size, Values
from tests.tenant_agent.daemons.certificates import write_certificate
from tests.tenant_agent.samples import node

BLOCK = "# Rolled out to the fleet:\n"


def test_they_stand_in_a_block_of_their_own_in_place_of_what_was_said_before() -> None:
    tree = {"main.cf": File(text="a = 1\nin_flow_delay = 0\nb = 2\n"), "master.cf": File(text="x\n")}
    item = wire.DaemonsItem(release="r", postfix={"smtp_helo_timeout": "60s", "in_flow_delay": "1s"})
    changed = with_parameters("postfix", tree, item)
    assert changed["main.cf"].text == f"a = 1\nb = 2\n{BLOCK}in_flow_delay = 1s\nsmtp_helo_timeout = 60s\n"
    assert changed["master.cf"] is tree["master.cf"]


def test_dovecot_has_them_for_everybody_though_they_stood_in_a_block_before() -> None:
    tree = {"dovecot.conf": File(text="protocol imap {\n  mail_max_userip_connections = 30\n}\n")}
    item = wire.DaemonsItem(release="r", dovecot={"mail_max_userip_connections": "50"})
    text = with_parameters("dovecot", tree, item)["dovecot.conf"].text
    assert text == f"protocol imap {{\n}}\n{BLOCK}mail_max_userip_connections = 50\n"


def test_rspamd_has_them_in_the_files_of_their_sections() -> None:
    tree = {"local.d/actions.conf": File(text="reject = 15;\nadd_header = 6;\n")}
    rolled_out = {"actions.reject": "20", "options.task_timeout": "12s", "options.max_urls": "512"}
    changed = with_parameters("rspamd", tree, wire.DaemonsItem(release="r", rspamd=rolled_out))
    assert changed["local.d/actions.conf"].text == f"add_header = 6;\n{BLOCK}reject = 20;\n"
    assert changed["local.d/options.inc"].text == f"{BLOCK}max_urls = 512;\ntask_timeout = 12s;\n"


@pytest.mark.parametrize("service", ["redis", "rspamd-outbound"])
def test_other_services_have_none(service: str) -> None:
    tree = {"x.conf": File(text="reject = 15;\n")}
    item = wire.DaemonsItem(release="r", rspamd={"actions.reject": "20"}, postfix={"in_flow_delay": "1s"})
    assert with_parameters(service, tree, item) == tree


def test_without_any_the_files_are_as_they_were() -> None:
    tree = {"main.cf": File(text="a = 1\n")}
    assert with_parameters("postfix", tree, wire.DaemonsItem(release="r")) == tree


# --- Before the daemons' own checkers ---------------------------------------------------------------------------------


def extremes(values: Values) -> tuple[str, str]:
    match values:
        case Choice():
            return values.words[0], values.words[-1]
        case Number() | Score() | Duration() | Size():
            return str(values.least), str(values.most)


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


def designed(daemon: Daemon, end: int) -> Design:
    parameters = {name: extremes(values)[end] for name, values in PARAMETERS[daemon].items()}
    match daemon:
        case "postfix":
            item = wire.DaemonsItem(release="r", postfix=parameters)
        case "dovecot":
            item = wire.DaemonsItem(release="r", dovecot=parameters)
        case "rspamd":
            item = wire.DaemonsItem(release="r", rspamd=parameters)
    return Design(node=node(), daemons=item)


@pytest.mark.node
@pytest.mark.parametrize("end", [0, 1], ids=["least", "most"])
@pytest.mark.parametrize("daemon", ["postfix", "dovecot", "rspamd"])
async def test_the_daemons_accept_whatever_the_list_allows(
    settings: Settings, tmp_path: Path, daemon: Daemon, end: int
) -> None:
    drivers: dict[Daemon, Driver] = {
        "postfix": Postfix(settings),
        "dovecot": Dovecot(settings),
        "rspamd": Scanner(settings.layout, "password"),
    }
    driver = drivers[daemon]
    staged = tmp_path / "staged"
    design = designed(daemon, end)
    for path, file in (driver.render(design) or {}).items():
        (staged / path).parent.mkdir(parents=True, exist_ok=True)
        replace_text(staged / path, file.text, modified_at=0)
    await driver.check(staged)
    if daemon == "postfix":
        _, output = await run("postconf", "-c", str(staged), *design.daemons.postfix)
        assert dict(line.split(" = ") for line in output.splitlines()) == design.daemons.postfix
