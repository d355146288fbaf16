"""Behind row-level security each query keeps to its tenant by itself: tried with every policy open to everybody."""

import inspect
import textwrap
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import TypeAlias

import asyncpg
import pytest

from control_plane.webhooks.queries import webhooks
from tests.cases import CASES
from tests.isolation.crossing import Crossing, NotCovered
from tests.isolation.superuser import digests, tenant_tables

Superuser: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_POLICIES = """
select polname as name, polrelid::regclass::text as table, pg_get_expr(polqual, polrelid) as uses,
  pg_get_expr(polwithcheck, polrelid) as checks
from pg_policy where polrelid::regclass::text = any ($1)
  and (select oid from pg_roles where rolname = 'fleetpost_app') = any (polroles)"""

LEAN_ON_THE_POLICY: frozenset[str] = frozenset()
"""Operations whose queries have no scope of their own: there should be none."""


@asynccontextmanager
async def open_policies(connection: Superuser) -> AsyncGenerator[None]:
    """Let the application role see all rows for a while."""
    policies = await connection.fetch(_POLICIES, await tenant_tables(connection))
    try:
        for each in policies:
            checks = " with check (true)" if each["checks"] else ""
            await connection.execute(f"alter policy {each['name']} on {each['table']} using (true){checks}")
        yield
    finally:
        for each in policies:
            checks = f" with check ({each['checks']})" if each["checks"] else ""
            await connection.execute(f"alter policy {each['name']} on {each['table']} using ({each['uses']}){checks}")


async def test_each_query_keeps_to_its_tenant_by_itself(second_world: Crossing, all_seeing: Superuser) -> None:
    victims = [second_world.world.client.id]
    before = await digests(all_seeing, victims)
    async with open_policies(all_seeing):
        found = await second_world.foreign()
    changed = {name for name, digest in (await digests(all_seeing, victims)).items() if digest != before[name]}
    CASES["requests with the policies open"] = second_world.cases
    assert [each for each in found if each.partition(":")[0] not in LEAN_ON_THE_POLICY] == []
    assert changed == set()


async def test_a_query_without_its_scope_is_found(
    second_world: Crossing, all_seeing: Superuser, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutate(monkeypatch, webhooks, "find", "w.tenant_id = $1", "$1::uuid is not null")
    async with open_policies(all_seeing):
        found = await second_world.foreign()
    assert {each.partition(":")[0] for each in found} >= {"getWebhook"}


async def test_a_lost_policy_is_found(second_world: Crossing, all_seeing: Superuser) -> None:
    """Without a policy nothing is shown to anybody, so nothing works at home."""
    async with open_policies(all_seeing):
        await all_seeing.execute("alter policy tenant on mailboxes using (false)")
        with pytest.raises(NotCovered, match="createMailbox does not take its sample"):
            await second_world.own()


def mutate(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, old: str, new: str) -> None:
    """Change a function's source for a test."""
    source = textwrap.dedent(inspect.getsource(getattr(module, name)))
    assert old in source
    made: dict[str, object] = {}
    exec(compile(source.replace(old, new), module.__file__ or "", "exec"), vars(module) | {}, made)
    monkeypatch.setattr(module, name, made[name])
