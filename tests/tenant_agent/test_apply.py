"""Configuration put into force, and taken back."""

from pathlib import Path

import pytest

from tenant_agent.apply import Configurator, Problem
from tenant_agent.drivers.fake import FakeDriver
from tenant_agent.layout import Layout
from tenant_agent.state import State
from tests.tenant_agent.samples import node

FIRST = node(hostname="first.test")
SECOND = node(hostname="second.test")


class Bench:
    def __init__(self, root: Path) -> None:
        self.layout = Layout.under(root)
        self.state = State(self.layout.state_database)
        self.postfix = FakeDriver("postfix", root / "etc/postfix")
        self.dovecot = FakeDriver("dovecot", root / "etc/dovecot", role="mailbox")

    def configurator(self) -> Configurator:
        return Configurator(self.layout, self.state, [self.postfix, self.dovecot], reload_seconds=0, start_seconds=0)

    def hostname(self) -> str:
        return (self.postfix.directory / "postfix.conf").read_text().removeprefix("hostname = ").strip()

    def ready(self) -> set[str]:
        return {path.name for path in self.layout.ready.iterdir()}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


async def test_a_configuration_is_checked_before_it_is_in_place_and_probed_after(bench: Bench) -> None:
    assert await bench.configurator().apply(FIRST) == ()
    assert bench.postfix.diary == ["check", "reload", "probe"]
    assert bench.hostname() == "first.test"
    assert bench.ready() == {"postfix", "dovecot"}


async def test_what_is_in_force_is_left_alone(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    await bench.configurator().apply(FIRST)
    assert bench.postfix.diary == ["check", "reload", "probe"]


async def test_a_file_that_somebody_changed_is_put_right(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    (bench.postfix.directory / "postfix.conf").write_text("hostname = evil.test\n")
    await bench.configurator().apply(FIRST)
    assert bench.hostname() == "first.test"


async def test_what_the_checker_rejects_never_gets_in_place(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    bench.postfix.rejects = "second.test"
    problems = await bench.configurator().apply(SECOND)
    assert problems == (Problem("postfix", "postfix: not acceptable"),)
    assert bench.hostname() == "first.test"


async def test_what_does_not_serve_is_rolled_back_and_the_others_go_on(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    bench.postfix.breaks = "second.test"
    problems = await bench.configurator().apply(SECOND)
    assert [problem.service for problem in problems] == ["postfix"]
    assert bench.hostname() == "first.test"
    assert bench.postfix.diary[-2:] == ["probe", "reload"]
    assert "second.test" in (bench.dovecot.directory / "dovecot.conf").read_text()


async def test_an_agent_killed_between_swap_and_probe_probes_in_its_next_life(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    (bench.postfix.directory / "postfix.conf").write_text("hostname = second.test\n")  # swapped, and then killed
    bench.postfix.breaks = "second.test"
    await bench.configurator().apply(SECOND)
    assert bench.hostname() == "first.test"


async def test_a_service_without_a_place_on_the_node_is_not_ready(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    await bench.configurator().apply(node(roles=("outbound",)))
    assert bench.ready() == {"postfix"}


async def test_a_first_configuration_that_does_not_serve_stays_for_the_supervisor_to_try(bench: Bench) -> None:
    bench.postfix.breaks = "first.test"
    assert [problem.service for problem in await bench.configurator().apply(FIRST)] == ["postfix"]
    assert bench.hostname() == "first.test"
    assert "postfix" in bench.ready()


async def test_a_file_that_somebody_changed_is_brought_back_with_its_mode(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    path = bench.postfix.directory / "postfix.conf"
    before = path.read_text()
    path.write_text("hostname = evil.test\n")
    assert await configurator.put_right() == [("postfix", str(path))]
    assert path.read_text() == before
    path.chmod(0o666)
    assert await configurator.put_right() == [("postfix", str(path))]
    path.unlink()
    assert await configurator.put_right() == [("postfix", str(path))]
    assert path.read_text() == before
    assert await configurator.put_right() == []
