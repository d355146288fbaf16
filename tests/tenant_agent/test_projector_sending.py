"""How mail is to leave, as the projector gathers it: what is unfit is refused whole, and the former stays in force."""

from pathlib import Path

from tenant_agent import wire
from tests.tenant_agent.loop_bench import Bench
from tests.tenant_agent.samples import change, node

GOOD = wire.ShapingItem(release="good", classes=(wire.ProviderClass(name="google"),))
BAD = wire.ShapingItem(
    release="bad",
    classes=GOOD.classes,
    rules=(wire.ReplyRule(name="r", provider="gmail", pattern="x", action="suspend"),),
)


async def test_a_rule_for_a_class_that_there_is_not_leaves_the_former_set_in_force(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    first = wire.Changes(generation=1, changes=(change(node()), change(GOOD, None)), snapshot=True)
    for frame in (first, wire.Changes(generation=2, changes=(change(BAD, None),))):
        await bench.loop.received(frame)
        await bench.loop.tick()
    acknowledged = bench.sent[-1]
    assert isinstance(acknowledged, wire.Applied)
    assert [(each.kind, each.key) for each in acknowledged.quarantined] == [("shaping", "self")]
    assert "'gmail', which there is not" in acknowledged.quarantined[0].reason
    projector = bench.loop._projector
    assert projector.bring_up().sending.shaping == GOOD
