"""Whoever tampers with a log is found out, the owner of the database too."""

import os
import subprocess
import sys
from typing import TypeAlias

import asyncpg
import pytest

from control_plane.audit.chain import Fault
from control_plane.core.database import Database
from control_plane.core.ids import encode
from tests.conftest import Tenant
from tests.control_plane.audit.conftest import DoSomething, verdict

Owner: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

REHASHED = (
    "update audit_log set actor_name = 'bob' where tenant_id = $1 and seq = 2; "
    "update audit_log e set hash = audit_hash(e) where tenant_id = $1 and seq = 2"
)


async def tamper(owner: Owner, tenant: Tenant, statements: str) -> None:
    """Change a log as only who owns the database can."""
    async with owner.transaction():
        for table in ("audit_log", "audit_heads"):
            await owner.execute(f"alter table {table} no force row level security")
        for statement in statements.split("; "):
            await owner.execute(statement, tenant.id)
        for table in ("audit_log", "audit_heads"):
            await owner.execute(f"alter table {table} force row level security")


@pytest.fixture
async def three(tenant: Tenant, do_something: DoSomething) -> Tenant:
    """A tenant with three entries."""
    for _ in range(3):
        await do_something(tenant)
    return tenant


async def test_an_untouched_log_is_sound(db: Database, three: Tenant) -> None:
    found = await verdict(db, three)
    assert (found.entries, found.fault, found.broken_at) == (3, None, None)


async def test_a_tenant_without_entries_is_sound(db: Database, tenant: Tenant) -> None:
    assert (await verdict(db, tenant)).fault is None


@pytest.mark.parametrize(
    ("tampering", "fault", "broken_at"),
    [
        ("update audit_log set actor_name = 'bob' where tenant_id = $1 and seq = 2", "altered", 2),
        ("update audit_log set changes = '{}' where tenant_id = $1 and seq = 1", "altered", 1),
        ("update audit_log set at = at + interval '1 microsecond' where tenant_id = $1 and seq = 3", "altered", 3),
        (REHASHED, "not_linked", 3),
        ("delete from audit_log where tenant_id = $1 and seq = 2", "missing", 3),
        ("delete from audit_log where tenant_id = $1 and seq = 1", "missing", 2),
        ("delete from audit_log where tenant_id = $1 and seq = 3", "head_differs", 2),
        ("update audit_heads set seq = 9 where tenant_id = $1", "head_differs", 3),
    ],
)
async def test_what_was_tampered_with_is_named(
    db: Database, three: Tenant, owner: Owner, tampering: str, fault: Fault, broken_at: int
) -> None:
    await tamper(owner, three, tampering)
    found = await verdict(db, three)
    assert (found.fault, found.broken_at) == (fault, broken_at)


def run_verify(servers: dict[str, str], *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "control_plane.cli", "audit", "verify", *options]
    own = {
        "FLEETPOST_VAULT_KEYS": "test:" + "A" * 43 + "=",
        "FLEETPOST_SESSION_SECRET": "0" * 64,
        "FLEETPOST_PUBLIC_URL": "http://fleetpost.test",
    }
    return subprocess.run(command, env=os.environ | servers | own, capture_output=True, text=True, check=False)


async def test_the_command_says_what_is_broken_and_fails(three: Tenant, owner: Owner, servers: dict[str, str]) -> None:
    public_id = encode("ten", three.id)
    sound = run_verify(servers, "--tenant", public_id)
    assert (sound.returncode, sound.stdout) == (0, f"{public_id}: 3 entries, all sound\n")
    await tamper(owner, three, "update audit_log set target = 'x' where tenant_id = $1 and seq = 2")
    broken = run_verify(servers, "--tenant", public_id)
    assert broken.returncode == 1
    assert broken.stdout == f"{public_id}: entry 2 is broken: it is not as it was written\n"
    everybody = run_verify(servers)
    assert everybody.returncode == 1
    assert broken.stdout in everybody.stdout


def test_the_command_refuses_what_is_no_tenant(servers: dict[str, str]) -> None:
    refused = run_verify(servers, "--tenant", "mbx_1")
    assert refused.returncode == 2
    assert "ten_" in refused.stderr
