"""Nodes that take mail in are told whose mail to hand up, whenever they join."""

import msgspec
import pytest

from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from control_plane.inbound import service
from tests.conftest import Tenant
from tests.control_plane.conftest import FleetNode, MakeNode


def with_domain(runtime: Runtime, domain: str) -> Runtime:
    return msgspec.structs.replace(runtime, settings=msgspec.structs.replace(runtime.settings, reports_domain=domain))


async def intakes_of(db: Database, node: FleetNode) -> list[str]:
    async with db.fleet_tx() as tx:
        rows = await tx.connection.fetch(
            "select key from node_items where node_id = $1 and kind = 'intake' and payload is not null", node.id
        )
    return [row["key"] for row in rows]


async def generation(db: Database, node: FleetNode) -> int:
    async with db.fleet_tx() as tx:
        found: int = await tx.connection.fetchval("select generation_desired from nodes where id = $1", node.id)
    return found


@pytest.mark.usefixtures("operator")
async def test_a_new_node_is_told_and_a_node_that_knows_is_left_alone(
    runtime: Runtime, db: Database, make_node: MakeNode
) -> None:
    settings = with_domain(runtime, "reports.fleetpost.test").settings
    first = await make_node()
    await service.publish_intakes(db, settings)
    assert await intakes_of(db, first) == ["reports.fleetpost.test"]
    known = await generation(db, first)
    second = await make_node()
    await service.publish_intakes(db, settings)
    assert await intakes_of(db, second) == ["reports.fleetpost.test"]
    assert await generation(db, first) == known


@pytest.mark.usefixtures("operator")
async def test_a_node_that_takes_no_mail_is_not_told(runtime: Runtime, db: Database, make_node: MakeNode) -> None:
    node = await make_node(roles=("outbound",))
    await service.publish_intakes(db, with_domain(runtime, "reports.fleetpost.test").settings)
    assert await intakes_of(db, node) == []


@pytest.mark.usefixtures("operator")
async def test_another_domain_takes_the_place_of_the_former(
    runtime: Runtime, db: Database, make_node: MakeNode
) -> None:
    node = await make_node()
    for domain, left in (("old.test", ["old.test"]), ("new.test", ["new.test"]), ("", [])):
        await service.publish_intakes(db, with_domain(runtime, domain).settings)
        assert await intakes_of(db, node) == left


async def test_who_is_first_is_told_once_the_operator_is_placed(
    runtime: Runtime, db: Database, operator: Tenant, make_node: MakeNode
) -> None:
    node = await make_node()
    async with db.fleet_tx() as tx:
        await tx.connection.execute("delete from placements where node_id = $1", node.id)
    await service.publish_intakes(db, with_domain(runtime, "reports.fleetpost.test").settings)
    assert await intakes_of(db, node) == []
