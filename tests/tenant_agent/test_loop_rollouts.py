"""What is rolled out, in the agent's loop: one configuration, told, probed, and left in peace when it failed."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tests.tenant_agent.loop_bench import Bench
from tests.tenant_agent.samples import change


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def rolled_out(
    release: str = "rol_1", *, probe: int | None = None, renderer: int = 0, **parameters: str
) -> wire.Change:
    asked = None if probe is None else wire.Probe(number=probe, recipient="bob@else.test")
    item = wire.DaemonsItem(release=release, renderer=renderer, postfix=parameters, probe=asked)
    return change(item, tenant_id=None)


def configured(bench: Bench) -> list[tuple[int, str, str | None]]:
    frames = [frame for frame in bench.sent if isinstance(frame, wire.Configured)]
    return [(frame.generation, frame.release, frame.problem) for frame in frames]


def postfix_conf(bench: Bench) -> str:
    return (bench.driver.directory / "postfix.conf").read_text()


async def test_rolled_out_parameters_are_configured_and_told_before_they_are_acknowledged(bench: Bench) -> None:
    await bench.settle_in()
    bench.sent.clear()
    await bench.take(2, rolled_out(smtp_helo_timeout="60s"))
    assert postfix_conf(bench).endswith("smtp_helo_timeout = 60s\n")
    report, applied = bench.sent
    assert isinstance(report, wire.Configured)
    assert (report.generation, report.release, report.problem) == (2, "rol_1", None)
    assert "+smtp_helo_timeout = 60s" in report.diff
    assert applied == wire.Applied(generation=2)


async def test_shaping_and_parameters_that_come_together_are_one_configuration(bench: Bench) -> None:
    await bench.settle_in()
    checks = bench.driver.diary.count("check")
    shaping = wire.ShapingItem(release="rol_1", classes=(wire.ProviderClass(name="generic", connections=3),))
    await bench.take(2, change(shaping, tenant_id=None), rolled_out(smtp_helo_timeout="60s"))
    assert bench.driver.diary.count("check") == checks + 1
    assert len(bench.nodes) == 2


async def test_unfit_parameters_are_refused_and_the_former_ones_stay(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, rolled_out(smtp_helo_timeout="60s"))
    before = postfix_conf(bench)
    await bench.take(3, rolled_out("rol_2", smtpd_milters="none"))
    assert [(each.kind, each.key) for each in bench.applied.quarantined] == [("daemons", "self")]
    assert postfix_conf(bench) == before
    bench.loop = bench.new_loop()
    await bench.loop.tick()
    assert postfix_conf(bench) == before, "in the next life, too"


async def test_a_renderer_that_the_agent_has_not_is_refused(bench: Bench) -> None:
    await bench.settle_in()
    await bench.take(2, rolled_out(renderer=2))
    assert bench.applied == wire.Applied(generation=2)
    await bench.take(3, rolled_out("rol_2", renderer=3))
    assert [entry.reason for entry in bench.applied.quarantined] == ["the agent has no renderer 3, only 1, 2"]


async def test_what_was_rolled_back_is_told_once_and_not_tried_before_a_while(bench: Bench) -> None:
    await bench.settle_in()
    bench.driver.breaks = "smtp_helo_timeout"
    await bench.take(2, rolled_out(smtp_helo_timeout="60s"))
    assert configured(bench)[-1] == (2, "rol_1", "postfix does not answer")
    assert [entry.reason for entry in bench.applied.quarantined] == ["postfix: postfix does not answer"]
    diary, told = list(bench.driver.diary), len(configured(bench))
    for _ in range(20):
        bench.clock.move(1)
        await bench.loop.tick()
    assert (bench.driver.diary, len(configured(bench))) == (diary, told)
    await bench.take(3, rolled_out("default"))
    assert bench.applied == wire.Applied(generation=3)
    assert postfix_conf(bench) == "hostname = n1.fleetpost.test\n"


async def test_how_it_went_is_told_again_on_each_connection(bench: Bench) -> None:
    bench.online = False
    await bench.settle_in()
    await bench.take(2, rolled_out(smtp_helo_timeout="60s"))
    assert bench.sent == []
    bench.online = True
    for _ in range(2):
        bench.sent.clear()
        await bench.loop.connected()
        assert configured(bench) == [(2, "rol_1", None)]
    bench.loop = bench.new_loop()
    bench.sent.clear()
    await bench.loop.connected()
    assert configured(bench) == [(2, "rol_1", None)]


async def test_the_probe_is_asked_for_when_all_is_in_force(bench: Bench) -> None:
    await bench.settle_in()
    assert [item.probe for item in bench.probes if item.probe is not None] == []
    checks = bench.driver.diary.count("check")
    await bench.take(2, rolled_out(probe=1, smtp_helo_timeout="60s"))
    assert bench.probes[-1].probe == wire.Probe(number=1, recipient="bob@else.test")
    await bench.take(3, rolled_out(probe=2, smtp_helo_timeout="60s"))
    assert bench.probes[-1].probe == wire.Probe(number=2, recipient="bob@else.test")
    assert bench.driver.diary.count("check") == checks + 1, "another probe is no other configuration"


async def test_there_is_no_probe_of_what_is_not_in_force(bench: Bench) -> None:
    await bench.settle_in()
    bench.probes.clear()
    bench.driver.breaks = "smtp_helo_timeout"
    await bench.take(2, rolled_out(probe=1, smtp_helo_timeout="60s"))
    await bench.loop.tick()
    assert bench.probes == []
