"""The SQL of mail that nodes handed up (fleet role)."""

from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from uuid import UUID

import asyncpg

from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId, TenantId
from tenant_agent import wire

_RETURNS = f"{wire.RETURN_LABEL}."


async def takes_in(tx: Transaction, node_id: NodeId, domain: str) -> bool:
    """Say whether a node takes mail in for a domain, or did: what it took is still to be handed up.

    Such are the intakes, the return domains of all domains that it has, and what routes want mail for.
    """
    labels = domain.split(".")
    around = [".".join(labels[start:]) for start in range(len(labels))]
    found: bool = await tx.connection.fetchval(
        """select exists (select from node_items where node_id = $1 and (
             (kind = 'intake' and key = $2) or (kind = 'domain' and key = $3)
             or (kind = 'inbound' and key = any ($4))))""",
        node_id,
        domain,
        domain.removeprefix(_RETURNS) if domain.startswith(_RETURNS) else None,
        around,
    )
    return found


async def insert(
    tx: Transaction,
    mail_id: UUID,
    node_id: NodeId,
    received_at: datetime,
    recipient: str,
    sender: str,
    client: IPv4Address | IPv6Address | None,
    raw: bytes,
) -> bool:
    """Store a mail, unless it is there; says whether it was new."""
    found = await tx.connection.fetchval(
        """with stored as (
             insert into inbound_mails (id, node_id, received_at, recipient, sender, client, size)
             values ($1, $2, $3, $4, $5, $6::inet, $7) on conflict do nothing returning id)
           select id from stored""",
        mail_id,
        node_id,
        received_at,
        recipient,
        sender,
        client,
        len(raw),
    )
    if found is not None:
        await tx.connection.execute("insert into inbound_bodies (mail_id, raw) values ($1, $2)", mail_id, raw)
    return found is not None


async def waiting_bytes(tx: Transaction) -> int:
    """Sum up what is not settled yet."""
    found: int = await tx.connection.fetchval(
        "select coalesce(sum(size), 0)::bigint from inbound_mails where next_attempt_at is not null"
    )
    return found


async def due(tx: Transaction, now: datetime, most: int) -> list[UUID]:
    """List mails to be tried, the longest waiting first."""
    rows = await tx.connection.fetch(
        "select id from inbound_mails where next_attempt_at <= $1 order by next_attempt_at limit $2", now, most
    )
    return [row["id"] for row in rows]


async def claim(tx: Transaction, mail_id: UUID, now: datetime) -> asyncpg.Record | None:
    """Count an attempt at a mail that is due and put the next one off, so that nobody else has it meanwhile."""
    return await tx.connection.fetchrow(
        """update inbound_mails m
           set attempts = attempts + 1, next_attempt_at = $2 + least(interval '5 min' * 2 ^ attempts, interval '12 h')
           from inbound_bodies b
           where m.id = $1 and m.next_attempt_at <= $2 and b.mail_id = m.id
           returning m.id, m.recipient, m.sender, host(m.client) as client, m.received_at, b.raw, m.attempts,
                     m.problem""",
        mail_id,
        now,
    )


async def settle(
    tx: Transaction, mail_id: UUID, status: str, tenant_id: TenantId | None, problem: str | None, now: datetime
) -> None:
    """Note what became of a mail for good."""
    await tx.connection.execute(
        """update inbound_mails set status = $2, tenant_id = $3, problem = $4, settled_at = $5, next_attempt_at = null
           where id = $1 and next_attempt_at is not null""",
        mail_id,
        status,
        tenant_id,
        problem,
        now,
    )


async def put_off(tx: Transaction, mail_id: UUID, until: datetime) -> None:
    """Have a mail tried again at a moment, and take back that it was tried."""
    await tx.connection.execute(
        """update inbound_mails set attempts = attempts - 1, next_attempt_at = $2
           where id = $1 and next_attempt_at is not null""",
        mail_id,
        until,
    )


async def note_problem(tx: Transaction, mail_id: UUID, problem: str) -> None:
    """Note what an attempt ran into."""
    await tx.connection.execute("update inbound_mails set problem = $2 where id = $1", mail_id, problem)


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
