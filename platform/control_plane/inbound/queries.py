"""The SQL of mail that nodes handed up (fleet role)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Literal
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId, TenantId
from tenant_agent import wire

_RETURNS = f"{wire.RETURN_LABEL}."


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a mail."""

    mail_id: UUID
    status: Literal["done", "refused"]
    tenant_id: TenantId | None = None
    problem: str | None = None


class Intake(msgspec.Struct, frozen=True):
    """What lets mail in at a node."""

    tenant_id: TenantId | None
    """None: it is the platform's own."""


async def intake_of(tx: Transaction, node_id: NodeId, domain: str) -> Intake | None:
    """Say by what a node takes mail in for a domain, or did: what it took is still to be handed up.

    Such are the intakes, the return domains of all domains that it has, and what routes want mail for.
    """
    labels = domain.split(".")
    around = [".".join(labels[start:]) for start in range(len(labels))]
    row = await tx.connection.fetchrow(
        """select tenant_id from node_items where node_id = $1 and (
             (kind = 'intake' and key = $2) or (kind = 'domain' and key = $3)
             or (kind = 'inbound' and key = any ($4)))
           order by length(key) desc limit 1""",
        node_id,
        domain,
        domain.removeprefix(_RETURNS) if domain.startswith(_RETURNS) else None,
        around,
    )
    return None if row is None else Intake(row["tenant_id"])


async def insert(
    tx: Transaction,
    mail_id: UUID,
    node_id: NodeId,
    received_at: datetime,
    recipient: str,
    sender: str,
    client: IPv4Address | IPv6Address | None,
    raw: bytes,
    let_in_by: TenantId | None,
) -> bool:
    """Store a mail, unless it is there; says whether it was new."""
    found = await tx.connection.fetchval(
        """with stored as (
             insert into inbound_mails (id, node_id, received_at, recipient, sender, client, size, let_in_by)
             values ($1, $2, $3, $4, $5, $6::inet, $7, $8) on conflict do nothing returning id)
           select id from stored""",
        mail_id,
        node_id,
        received_at,
        recipient,
        sender,
        client,
        len(raw),
        let_in_by,
    )
    if found is not None:
        await tx.connection.execute("insert into inbound_bodies (mail_id, raw) values ($1, $2)", mail_id, raw)
    return found is not None


async def waiting_bytes(tx: Transaction) -> dict[TenantId | None, int]:
    """Sum up what is not settled yet, by whose item let it in."""
    rows = await tx.connection.fetch(
        """select let_in_by, sum(size)::bigint as bytes from inbound_mails
           where next_attempt_at is not null group by let_in_by"""
    )
    return {row["let_in_by"]: row["bytes"] for row in rows}


async def is_due(tx: Transaction, now: datetime) -> bool:
    """Say whether there are mails to be tried."""
    found: bool = await tx.connection.fetchval(
        "select exists (select from inbound_mails where next_attempt_at <= $1)", now
    )
    return found


async def claim(tx: Transaction, now: datetime, most: int, most_bytes: int) -> list[asyncpg.Record]:
    """Count an attempt at mails that are due and put the next one off, so that nobody else has them meanwhile.

    The longest waiting come first; one of any size, and then what fits. A mail that was tried before comes alone.
    `found` says of each how many were looked at for this.
    """
    return await tx.connection.fetch(
        """with due as materialized (
             select id, size, attempts, next_attempt_at from inbound_mails
             where next_attempt_at <= $1 order by next_attempt_at limit $2 for update skip locked),
           listed as (
             select id, attempts, row_number() over turn as number, sum(size) over turn as bytes,
               first_value(attempts) over turn as first_attempts
             from due window turn as (order by next_attempt_at, id)),
           claimed as (
             update inbound_mails m
             set attempts = m.attempts + 1,
               next_attempt_at = $1 + least(interval '5 min' * 2 ^ m.attempts, interval '12 h')
             from listed l
             where m.id = l.id and (l.number = 1 or l.first_attempts = 0 and l.attempts = 0 and l.bytes <= $3)
             returning m.id, m.recipient, m.sender, host(m.client) as client, m.received_at, m.attempts, m.problem)
           select c.*, b.raw, (select count(*) from due) as found
           from claimed c join inbound_bodies b on b.mail_id = c.id""",
        now,
        most,
        most_bytes,
    )


async def settle(tx: Transaction, settled: Sequence[Settled], now: datetime) -> None:
    """Note what became of mails for good."""
    await tx.connection.execute(
        """update inbound_mails m
           set status = s.status, tenant_id = s.tenant_id, problem = s.problem, settled_at = $5, next_attempt_at = null
           from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[]) as s (id, status, tenant_id, problem)
           where m.id = s.id and m.next_attempt_at is not null""",
        [each.mail_id for each in settled],
        [each.status for each in settled],
        [each.tenant_id for each in settled],
        [each.problem for each in settled],
        now,
    )


async def give_up(tx: Transaction, settled: Sequence[Settled], now: datetime) -> None:
    """Refuse mails that were tried often enough."""
    await settle(tx, settled, now)
    await tx.connection.execute(
        "update inbound_mails set given_up = true where id = any ($1)", [each.mail_id for each in settled]
    )


async def has_given_up(tx: Transaction, since: datetime) -> bool:
    """Say whether any mail was given up since a moment."""
    found: bool = await tx.connection.fetchval(
        "select exists (select from inbound_mails where given_up and settled_at >= $1)", since
    )
    return found


async def put_off(tx: Transaction, until: Mapping[UUID, datetime]) -> None:
    """Have mails tried again, each at its moment, and take back that they were tried."""
    await tx.connection.execute(
        """update inbound_mails m set attempts = m.attempts - 1, next_attempt_at = u.until
           from unnest($1::uuid[], $2::timestamptz[]) as u (id, until)
           where m.id = u.id and m.next_attempt_at is not null""",
        list(until),
        list(until.values()),
    )


async def note_problems(tx: Transaction, problems: Mapping[UUID, str]) -> None:
    """Note what attempts ran into."""
    await tx.connection.execute(
        """update inbound_mails m set problem = p.problem
           from unnest($1::uuid[], $2::text[]) as p (id, problem) where m.id = p.id""",
        list(problems),
        list(problems.values()),
    )


async def forget_bodies(tx: Transaction, before: datetime, most_bytes: int, most: int) -> int:
    """Drop the contents of mails that were settled before a moment, and the oldest of what is beyond so many bytes."""
    found: int = await tx.connection.fetchval(
        """with kept as (
             select m.id, m.settled_at, sum(m.size) over (order by m.settled_at desc, m.id) as bytes
             from inbound_mails m join inbound_bodies b on b.mail_id = m.id where m.settled_at is not null),
           gone as (
             delete from inbound_bodies where mail_id in (
               select id from kept where settled_at < $1 or bytes > $2 order by settled_at limit $3)
             returning 1)
           select count(*) from gone""",
        before,
        most_bytes,
        most,
    )
    return found


async def forget_mails(tx: Transaction, before: datetime, most: int) -> int:
    """Drop what was settled before a moment."""
    found: int = await tx.connection.fetchval(
        """with gone as (
             delete from inbound_mails where id in (
               select id from inbound_mails where settled_at < $1 order by settled_at limit $2)
             returning 1)
           select count(*) from gone""",
        before,
        most,
    )
    return found


async def operator(tx: Transaction) -> TenantId | None:
    """Find the tenant that the platform's own items are published as: the operator at the root."""
    found: TenantId | None = await tx.connection.fetchval(
        "select id from tenants where kind = 'operator' and parent_id is null order by id limit 1"
    )
    return found


async def nodes_without(tx: Transaction, operator: UUID, domain: str) -> list[NodeId]:
    """List the nodes that take mail in and know the operator, but not yet that this domain's is to be handed up."""
    rows = await tx.connection.fetch(
        """select n.id from nodes n join placements p on p.node_id = n.id and p.tenant_id = $1
           where n.status <> 'retired' and n.roles @> '{mx,mailbox}'
             and not exists (select from node_items i where i.node_id = n.id and i.kind = 'intake' and i.key = $2
                             and i.payload is not null)
           order by n.id""",
        operator,
        domain,
    )
    return [row["id"] for row in rows]


async def other_intakes(tx: Transaction, operator: UUID, domain: str) -> list[str]:
    """List the operator's domains whose mail is handed up though it need not be any more."""
    rows = await tx.connection.fetch(
        """select distinct key from node_items
           where tenant_id = $1 and kind = 'intake' and key <> $2 and payload is not null""",
        operator,
        domain,
    )
    return [row["key"] for row in rows]
