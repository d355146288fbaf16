"""The SQL of orders under way and of what is to be proven for them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.certificates.ca import ChallengeKind
from control_plane.core.database import Connection
from control_plane.core.tenancy import bound_tenant


class OrderRow(msgspec.Struct, frozen=True, kw_only=True):
    """An order under way."""

    certificate_id: UUID
    directory: str
    url: str
    finalize_url: str
    private_key: bytes
    """Encrypted: of the certificate that is to come."""
    probes: int = 0
    created_at: datetime


class ChallengeRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be proven."""

    certificate_id: UUID
    token: str
    kind: ChallengeKind
    name: str
    domain_id: UUID | None
    value: str
    url: str
    authorization_url: str
    answered: bool = False


_ORDER, _CHALLENGE = OrderRow.__struct_fields__, ChallengeRow.__struct_fields__


async def insert(connection: Connection, order: OrderRow, challenges: Sequence[ChallengeRow]) -> None:
    """Store an order with its challenges in place of the one before."""
    await delete(connection, order.certificate_id)
    await _insert(connection, "certificate_orders", _ORDER, [order])
    await _insert(connection, "certificate_challenges", _CHALLENGE, challenges)


async def _insert(connection: Connection, table: str, fields: Sequence[str], rows: Sequence[msgspec.Struct]) -> None:
    places = ", ".join(f"${place}" for place in range(2, len(fields) + 2))
    await connection.executemany(
        f"insert into {table} (tenant_id, {', '.join(fields)}) values ($1, {places})",  # noqa: S608
        [(bound_tenant(), *(getattr(row, name) for name in fields)) for row in rows],
    )


async def find(connection: Connection, certificate_id: UUID) -> OrderRow | None:
    """Find the order of a certificate."""
    record = await connection.fetchrow(
        f"select {', '.join(_ORDER)} from certificate_orders where tenant_id = $1 and certificate_id = $2",  # noqa: S608
        bound_tenant(),
        certificate_id,
    )
    return None if record is None else OrderRow(**record)


async def challenges_of(connection: Connection, certificate_id: UUID) -> list[ChallengeRow]:
    """List what is to be proven for a certificate."""
    rows = await connection.fetch(
        f"""select {", ".join(_CHALLENGE)} from certificate_challenges
            where tenant_id = $1 and certificate_id = $2 order by token""",  # noqa: S608
        bound_tenant(),
        certificate_id,
    )
    return [ChallengeRow(**row) for row in rows]


async def challenges_in_dns(connection: Connection, domain_id: UUID, limit: int) -> list[str]:
    """List the texts that are to stand in a domain's record in our zone, the oldest first; none if it is removed."""
    rows = await connection.fetch(
        """select c.value from certificate_challenges c join certificate_orders o using (tenant_id, certificate_id)
           join mail_domains d using (tenant_id)
           where tenant_id = $1 and c.domain_id = $2 and d.id = c.domain_id and c.kind = 'dns-01'
           group by c.value order by min(o.created_at), c.value limit $3""",
        bound_tenant(),
        domain_id,
        limit,
    )
    return [row["value"] for row in rows]


async def challenges_everywhere(connection: Connection) -> list[ChallengeRow]:
    """List all that is to be answered over HTTP for the bound tenant."""
    rows = await connection.fetch(
        f"""select {", ".join(_CHALLENGE)} from certificate_challenges
            where tenant_id = $1 and kind = 'http-01' order by token""",  # noqa: S608
        bound_tenant(),
    )
    return [ChallengeRow(**row) for row in rows]


async def mark_answered(connection: Connection, certificate_id: UUID, token: str) -> None:
    """Note that the authority was told to look."""
    await connection.execute(
        """update certificate_challenges set answered = true
           where tenant_id = $1 and certificate_id = $2 and token = $3""",
        bound_tenant(),
        certificate_id,
        token,
    )


async def count_probe(connection: Connection, certificate_id: UUID) -> None:
    """Note that we did not find our own answer."""
    await connection.execute(
        "update certificate_orders set probes = probes + 1 where tenant_id = $1 and certificate_id = $2",
        bound_tenant(),
        certificate_id,
    )


async def delete(connection: Connection, certificate_id: UUID) -> None:
    """Forget an order with its challenges."""
    await connection.execute(
        "delete from certificate_orders where tenant_id = $1 and certificate_id = $2", bound_tenant(), certificate_id
    )
