"""Configuration put into force, and taken back."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.apply import Configurator, Problem
from tenant_agent.clock import ManualClock
from tenant_agent.design import Design
from tenant_agent.drivers.fake import FakeDriver
from tenant_agent.failures import FIRST_SECONDS, LONGEST_SECONDS
from tenant_agent.layout import Layout
from tenant_agent.render import File, Tree
from tenant_agent.render.revisions import RendererFailed
from tenant_agent.state import State
from tests.tenant_agent.samples import node

FIRST = Design(node=node(hostname="first.test"))
SECOND = Design(node=node(hostname="second.test"))


class Bench:
    def __init__(self, root: Path) -> None:
        self.layout = Layout.under(root)
        self.state = State(self.layout.state_database)
        self.postfix = FakeDriver("postfix", root / "etc/postfix")
        self.dovecot = FakeDriver("dovecot", root / "etc/dovecot", role="mailbox")
        self.clock = ManualClock()

    def configurator(self) -> Configurator:
        return Configurator(
            self.layout,
            self.state,
            [self.postfix, self.dovecot],
            clock=self.clock,
            secrets=["hunter2"],
            reload_seconds=0,
            start_seconds=0,
        )

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


async def test_what_cannot_be_loaded_is_rolled_back(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    bench.postfix.stumbles = "second.test"
    problems = await bench.configurator().apply(SECOND)
    assert problems == (Problem("postfix", "postfix cannot be reloaded"),)
    assert bench.hostname() == "first.test"
    assert bench.postfix.diary[-2:] == ["reload", "reload"]


async def test_an_agent_killed_between_swap_and_probe_probes_in_its_next_life(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    (bench.postfix.directory / "postfix.conf").write_text("hostname = second.test\n")  # swapped, and then killed
    bench.postfix.breaks = "second.test"
    await bench.configurator().apply(SECOND)
    assert bench.hostname() == "first.test"


async def test_a_service_without_a_place_on_the_node_is_not_ready(bench: Bench) -> None:
    await bench.configurator().apply(FIRST)
    await bench.configurator().apply(Design(node=node(roles=("outbound",))))
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


# --- What is told -----------------------------------------------------------------------------------------------------


def rolled_out(release: str, **parameters: str) -> Design:
    return Design(node=FIRST.node, daemons=wire.DaemonsItem(release=release, postfix=parameters))


async def test_what_changed_is_told_with_its_release(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST, 1)
    told = {(each.service, each.release) for each in configurator.reports.untold()}
    assert told == {("postfix", "default"), ("dovecot", "default")}, "in whichever order they serve"
    await configurator.apply(rolled_out("rol_1", smtp_helo_timeout="60s"), 2)
    reports = {each.service: each for each in configurator.reports.untold()}
    assert reports["postfix"] == wire.Configured(
        generation=2,
        release="rol_1",
        service="postfix",
        diff="--- postfix.conf\n+++ postfix.conf\n@@ -1 +1,2 @@\n hostname = first.test\n+smtp_helo_timeout = 60s\n",
    )
    assert configurator.reports.untold() == []


async def test_what_changes_no_file_is_not_told_and_its_release_is_not_blamed_for_what_comes_later(
    bench: Bench,
) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST, 1)
    await configurator.apply(rolled_out("rol_1"), 2)
    assert [each.generation for each in configurator.reports.untold()] == [1, 1]
    later = Design(node=SECOND.node, daemons=wire.DaemonsItem(release="rol_1"))
    await configurator.apply(later, 3)
    assert [(each.generation, each.release) for each in configurator.reports.untold()] == [(3, ""), (3, "")]


async def test_a_change_of_shaping_is_told_with_its_own_release(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST, 1)
    configurator.reports.untold()
    await configurator.apply(Design(node=SECOND.node, shaping=wire.ShapingItem(release="v7", classes=())), 2)
    assert {each.release for each in configurator.reports.untold()} == {"v7"}


@pytest.mark.parametrize("fault", ["rejects", "breaks"])
async def test_what_failed_is_told_with_the_daemons_own_words(bench: Bench, fault: str) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST, 1)
    configurator.reports.untold()
    setattr(bench.postfix, fault, "hunter2")
    await configurator.apply(rolled_out("rol_1", password="hunter2"), 2)
    (report,) = configurator.reports.untold()
    assert report.problem == {"rejects": "postfix: not acceptable", "breaks": "postfix does not answer"}[fault]
    assert report.release == "rol_1"
    assert "password" in report.diff
    assert "hunter2" not in report.diff
    assert bench.hostname() == "first.test"


async def test_the_newest_report_of_each_service_outlives_the_agent(bench: Bench) -> None:
    await bench.configurator().apply(FIRST, 1)
    await bench.configurator().apply(rolled_out("rol_1", smtp_helo_timeout="60s"), 2)
    assert {each.service: each.generation for each in bench.configurator().reports.all()} == {
        "postfix": 2,
        "dovecot": 1,
    }


class Buggy(FakeDriver):
    """A driver whose renderer has a bug with one hostname."""

    def render(self, design: Design) -> Tree | None:
        if design == SECOND:
            raise RendererFailed("revision 2 of the renderer failed: KeyError: 'x'")
        return super().render(design)


async def test_a_renderer_with_a_bug_leaves_everything_as_it_is(bench: Bench) -> None:
    bench.postfix = Buggy("postfix", bench.postfix.directory)
    configurator = bench.configurator()
    await configurator.apply(FIRST, 1)
    configurator.reports.untold()
    problems = await configurator.apply(SECOND, 2)
    assert [problem.service for problem in problems] == ["postfix"]
    assert bench.hostname() == "first.test"
    reports = {each.service: each for each in configurator.reports.untold()}
    assert reports["postfix"].problem == "revision 2 of the renderer failed: KeyError: 'x'"
    assert reports["dovecot"].problem is None


# --- What failed is left in peace -------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["rejects", "breaks"])
async def test_what_failed_is_not_tried_again_before_a_while(bench: Bench, fault: str) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    setattr(bench.postfix, fault, "second.test")
    problems = await configurator.apply(SECOND)
    before = list(bench.postfix.diary)
    bench.clock.move(FIRST_SECONDS / 2 - 1)
    assert await configurator.apply(SECOND) == problems
    assert bench.postfix.diary == before
    bench.clock.move(LONGEST_SECONDS)
    setattr(bench.postfix, fault, None)
    assert await configurator.apply(SECOND) == ()
    assert bench.hostname() == "second.test"


async def test_the_pauses_grow_while_the_same_files_fail(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    bench.postfix.rejects = "second.test"
    tries = 0
    for _ in range(60):
        await configurator.apply(SECOND)
        tries = bench.postfix.diary.count("check") - 1
        bench.clock.move(60)
    assert 4 <= tries <= 10


async def test_other_files_are_tried_at_once(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    bench.postfix.breaks = "second.test"
    await configurator.apply(SECOND)
    assert await configurator.apply(rolled_out("rol_2", smtp_helo_timeout="60s")) == ()
    assert "smtp_helo_timeout" in bench.hostname()


async def test_the_same_files_are_tried_at_once_when_they_are_rolled_out_anew(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    bench.postfix.breaks = "smtp_helo_timeout"
    await configurator.apply(rolled_out("rol_1", smtp_helo_timeout="60s"))
    bench.postfix.breaks = None
    assert await configurator.apply(rolled_out("rol_2", smtp_helo_timeout="60s")) == ()


async def test_going_back_to_what_was_good_is_no_change(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    bench.postfix.breaks = "second.test"
    await configurator.apply(SECOND)
    before = list(bench.postfix.diary)
    assert await configurator.apply(FIRST) == ()
    assert bench.postfix.diary == before


class Growing(FakeDriver):
    """A driver with one file more on a node of another name."""

    def render(self, design: Design) -> Tree | None:
        tree = super().render(design)
        assert tree is not None
        return tree | ({"more/extra.conf": File(text="x\n")} if design == SECOND else {})


async def test_a_file_that_only_the_failed_configuration_had_is_taken_away(bench: Bench) -> None:
    bench.postfix = Growing("postfix", bench.postfix.directory)
    extra = bench.postfix.directory / "more/extra.conf"
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    await configurator.apply(SECOND)
    assert extra.exists()
    await configurator.apply(FIRST)
    assert not extra.exists()
    bench.postfix.breaks = "second.test"
    await configurator.apply(SECOND)
    assert not extra.exists()


async def test_a_file_of_a_configuration_in_which_the_agent_was_killed_is_taken_away(bench: Bench) -> None:
    bench.postfix = Growing("postfix", bench.postfix.directory)
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    good = bench.state.facts("configuration/")
    await configurator.apply(SECOND)
    bench.state.note_all(good)  # as if it had been killed before the probe
    await bench.configurator().apply(FIRST)
    assert not (bench.postfix.directory / "more/extra.conf").exists()
    assert bench.hostname() == "first.test"


async def test_a_file_that_is_put_right_is_no_change_to_tell_of(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    configurator.reports.untold()
    (bench.postfix.directory / "postfix.conf").write_text("hostname = evil.test\n")
    await configurator.apply(FIRST, 2)
    assert configurator.reports.untold() == []


async def test_while_its_own_disk_is_full_the_agent_lives_on_and_tries_again(bench: Bench) -> None:
    configurator = bench.configurator()
    await configurator.apply(FIRST)
    bench.state._db.execute("pragma max_page_count = 1")
    large = rolled_out("rol_1", **{f"smtp_parameter_{number}": "60s" for number in range(2_000)})
    (problem,) = await configurator.apply(large, 2)
    assert problem.service == "agent"
    bench.state._db.execute("pragma max_page_count = 1000000")
    assert await configurator.apply(large, 2) == ()
    assert "smtp_parameter_7 = 60s" in bench.hostname()
