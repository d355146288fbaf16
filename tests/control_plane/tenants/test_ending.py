"""Closing, thinking better of it, taking everything along, and the end."""

import secrets
from datetime import datetime, timedelta

import httpx
import msgspec
import pytest

from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FleetpostError
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.mail_domains.queries import platform_domains
from control_plane.tenants import service
from control_plane.tenants.queries.ending import OwnedTable
from control_plane.tenants.service import erase
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.conftest import MakeNode, SendMail
from tests.control_plane.mailboxes.test_mailboxes import create, item_of
from tests.control_plane.tenants.conftest import MakeClient, act, public, shown


class In(msgspec.Struct):
    """A clock that is some days ahead."""

    days: int
    clock: Clock

    def now(self) -> datetime:
        """Give the time in some days."""
        return self.clock.now() + timedelta(days=self.days)


async def test_a_closed_client_is_suspended_and_told_when_it_ends(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, runtime: Runtime
) -> None:
    bakery = await make_client(agency)
    closed = (await act(client, agency, bakery, "close")).json()
    assert closed["status"] == "suspended"
    left = datetime.fromisoformat(closed["closing_at"]) - runtime.clock.now()
    assert timedelta(days=29) < left <= timedelta(days=30)
    again = (await act(client, agency, bakery, "close")).json()
    assert again["closing_at"] == closed["closing_at"]


async def test_a_reopened_client_is_as_it_was(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    bakery = await make_client(agency)
    before = await shown(client, agency, bakery)
    await act(client, agency, bakery, "close")
    assert (await act(client, agency, bakery, "reopen")).json() == before


async def test_resuming_does_not_reopen(client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient) -> None:
    bakery = await make_client(agency)
    await act(client, agency, bakery, "close")
    assert (await act(client, agency, bakery, "resume")).json()["status"] == "suspended"


async def test_an_agency_with_clients_is_not_closed(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch = await make_client(agency, kind="agency")
    leaf = await make_client(branch)
    answer = await act(client, agency, branch, "close")
    assert (answer.status_code, answer.json()["code"]) == (409, "has_clients")
    await act(client, agency, leaf, "close")
    assert (await act(client, agency, branch, "close")).status_code == 200
    refused = await act(client, agency, leaf, "reopen")
    assert (refused.status_code, refused.json()["code"]) == (409, "account_closing")


async def test_nothing_is_put_below_an_agency_that_is_closing(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient
) -> None:
    branch, other = await make_client(agency, kind="agency"), await make_client(agency)
    await act(client, agency, branch, "close")
    moved = await act(client, agency, other, "move", parent_id=public(branch))
    body = {"name": "Late", "parent_id": public(branch)}
    made = await client.post("/v1/clients", json=body, headers=agency.headers)
    assert [moved.json()["code"], made.json()["code"]] == ["account_closing"] * 2


async def test_the_operators_own_account_is_not_closed(db: Database, operator: Tenant, runtime: Runtime) -> None:
    with acting_for(operator.id), pytest.raises(FleetpostError) as refused:
        await service.close_own(db, runtime.clock, 30)
    assert refused.value.code == "cannot_close_operator"


async def test_an_account_closes_and_reopens_itself(db: Database, tenant: Tenant, runtime: Runtime) -> None:
    with acting_for(tenant.id):
        closed = await service.close_own(db, runtime.clock, 30)
        assert (closed.status, closed.closing_at is not None) == ("suspended", True)
        assert await service.reopen_own(db, runtime.clock) == await service.standing(db)
        assert (await service.standing(db)).status == "active"


async def test_what_is_over_is_not_reopened(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, db: Database, runtime: Runtime
) -> None:
    bakery = await make_client(agency)
    await act(client, agency, bakery, "close")
    with acting_for(bakery.id), pytest.raises(FleetpostError) as refused:
        await service.reopen_own(db, In(31, runtime.clock))
    assert refused.value.code == "account_erased"


async def test_an_export_holds_what_is_owned_and_no_secrets(
    client: httpx.AsyncClient, tenant: Tenant, stranger: Tenant, domain: str, make_node: MakeNode, send_mail: SendMail
) -> None:
    await make_node()
    await create(client, tenant, domain)
    for _ in range(3):
        await send_mail(tenant, domain)
    answer = await client.get("/v1/account/export", headers=tenant.headers)
    lines = [msgspec.json.decode(line, type=dict[str, object]) for line in answer.text.splitlines()]
    assert (answer.status_code, lines[0]["export"]) == (200, public(tenant))
    tables = [str(line["table"]) for line in lines[1:]]
    assert {"messages", "deliveries", "events", "mailboxes", "mail_domains", "api_keys"} <= set(tables)
    assert tables.count("messages") == 3
    assert f"ann@{domain}" in answer.text
    assert "argon2id" not in answer.text
    assert str(stranger.id) not in answer.text


async def test_a_long_table_is_exported_whole(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, send_mail: SendMail
) -> None:
    for _ in range(9):
        await send_mail(tenant, domain, recipients=50)
    answer = await client.get("/v1/account/export", headers=tenant.headers)
    rows = [line for line in answer.text.splitlines() if line.startswith('{"table": "deliveries"')]
    assert (len(rows), len(set(rows))) == (450, 450)


async def count_rows(db: Database, tenant: Tenant) -> dict[str, int]:
    """Count what is left of a tenant, in every table that has rows of tenants."""
    found: dict[str, int] = {}
    async with db.fleet_tx() as tx:
        for table in await tx.connection.fetch(
            """select relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
               where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
                 and has_column_privilege(c.oid, a.attnum, 'select')"""
        ):
            name = table["relname"]
            rows: int = await tx.connection.fetchval(f"select count(*) from {name} where tenant_id = $1", tenant.id)
            found |= {name: rows} if rows else {}
    return found


async def test_a_name_below_the_platforms_own_is_given_to_nobody_after_the_erased(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, runtime: Runtime
) -> None:
    db, bakery, other = runtime.db, await make_client(agency), await make_client(agency)
    label = f"bakery-{secrets.token_hex(4)}"

    async def take(tenant: Tenant) -> bool:
        with acting_for(tenant.id):
            async with db.tenant_tx() as tx:
                return await platform_domains.take_label(tx.connection, label, runtime.clock.now())

    assert await take(bakery)
    await act(client, agency, bakery, "close")
    await service.erase_due(db, In(31, runtime.clock), runtime.blobs)
    assert not await take(other)


async def test_in_the_end_only_the_log_and_a_tombstone_are_left(
    client: httpx.AsyncClient,
    agency: Tenant,
    make_client: MakeClient,
    make_domain: MakeDomain,
    make_node: MakeNode,
    send_mail: SendMail,
    runtime: Runtime,
) -> None:
    db, bakery, other = runtime.db, await make_client(agency), await make_client(agency)
    node = await make_node()
    domain = await make_domain(bakery, "bakery")
    await create(client, bakery, domain)
    await send_mail(bakery, domain, recipients=3)
    hook = {"url": "http://127.0.0.1:9/hooks", "events": ["message.delivered"]}
    assert (await client.post("/v1/webhooks", json=hook, headers=bakery.headers)).status_code == 201
    kept = await count_rows(db, other)
    await act(client, agency, bakery, "close")
    await service.erase_due(db, runtime.clock, runtime.blobs)
    assert (await shown(client, agency, bakery))["status"] == "suspended"
    await service.erase_due(db, In(31, runtime.clock), runtime.blobs)
    assert set(await count_rows(db, bakery)) <= {"audit_log", "audit_heads", "node_items", "placements"}
    assert await item_of(runtime, node, f"ann@{domain}") is None
    assert (await client.get(f"/v1/clients/{public(bakery)}", headers=agency.headers)).status_code == 404
    assert await count_rows(db, other) == kept
    async with db.fleet_tx() as tx:
        name = await tx.connection.fetchval(
            "select name from tenants where id = $1 and emptied_at is not null", bakery.id
        )
    assert name == "Erased account"


async def test_an_erasure_that_was_killed_goes_on(
    client: httpx.AsyncClient,
    agency: Tenant,
    make_client: MakeClient,
    runtime: Runtime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bakery, late = await make_client(agency), In(31, runtime.clock)
    await act(client, agency, bakery, "close")
    with monkeypatch.context() as patch:
        patch.setattr(erase, "in_order", lambda _: ["no_such_table"])
        with pytest.raises(Exception, match="no_such_table"):
            await service.erase_due(runtime.db, late, runtime.blobs)
    assert "api_keys" in await count_rows(runtime.db, bakery)
    await service.erase_due(runtime.db, late, runtime.blobs)
    assert "api_keys" not in await count_rows(runtime.db, bakery)


async def test_an_agency_is_erased_after_those_below_it(
    client: httpx.AsyncClient, agency: Tenant, make_client: MakeClient, runtime: Runtime
) -> None:
    branch = await make_client(agency, kind="agency")
    leaf = await make_client(branch)
    await act(client, agency, leaf, "close")
    await act(client, agency, branch, "close")
    late = In(31, runtime.clock)
    for _ in range(2):
        await service.erase_due(runtime.db, late, runtime.blobs)
    async with runtime.db.fleet_tx() as tx:
        emptied = await tx.connection.fetchval(
            "select count(*) from tenants where id = any ($1) and emptied_at is not null", [branch.id, leaf.id]
        )
    assert emptied == 2


async def test_rows_of_the_living_cannot_be_erased(db: Database, make_tenant: MakeTenant) -> None:
    living = await make_tenant()
    for table in ("api_keys", "audit_log"):
        with pytest.raises(Exception, match=r"not erased|is kept"):
            async with db.fleet_tx() as tx:
                await tx.connection.fetchval("select erase_rows($1, $2, 10)", table, living.id)


def test_what_refers_is_erased_before_what_is_referred_to() -> None:
    tables = [OwnedTable(1, "domains", [9]), OwnedTable(2, "mailboxes", [1]), OwnedTable(3, "aliases", [2, 1])]
    assert erase.in_order(tables) == ["aliases", "mailboxes", "domains"]
