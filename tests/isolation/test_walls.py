"""The database's own walls, and that the search for holes in them finds some."""

from typing import TypeAlias

import asyncpg
import pytest

from tests.cases import CASES
from tests.isolation import walls
from tests.isolation.superuser import tenant_tables

Superuser: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


_ON_A_PARTITION = """do $$ begin
  execute format('grant select on %s to fleetpost_app',
    (select inhrelid::regclass from pg_inherits where inhparent = 'messages'::regclass limit 1));
end $$"""


async def test_every_table_that_holds_tenants_data_is_walled_off(all_seeing: Superuser) -> None:
    assert await walls.faults(all_seeing) == []
    CASES["tables with a wall"] = len(await tenant_tables(all_seeing))


@pytest.mark.parametrize(
    "hole",
    [
        "drop policy tenant on mailboxes",
        "alter policy tenant on messages using (true)",
        "alter table webhooks no force row level security",
        "alter table mail_domains disable row level security",
        "grant truncate on mailboxes to fleetpost_app",
        "create table notes (tenant_id uuid not null, text text)",
        "alter function find_api_key reset search_path",
        "grant execute on function audit_append to public",
        _ON_A_PARTITION,
    ],
)
async def test_each_kind_of_hole_is_found(all_seeing: Superuser, hole: str) -> None:
    transaction = all_seeing.transaction()
    await transaction.start()
    try:
        await all_seeing.execute(hole)
        assert await walls.faults(all_seeing)
    finally:
        await transaction.rollback()
