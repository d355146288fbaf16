"""What authorities find when they look: tokens over HTTP, from the nodes and from here, and texts in our zone."""

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from control_plane.certificates.queries import orders
from control_plane.certificates.queries.orders import ChallengeRow
from control_plane.certificates.service.deliver import ROLES, challenge_item
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import bare
from control_plane.core.tenancy import bound_tenant
from control_plane.dns_zone import service as dns_zone
from control_plane.dns_zone.schemas import ZoneRecord
from control_plane.nodes import service as nodes
from control_plane.settings import Settings

_MOST_TEXTS = 50
"""Of one record; orders beyond wait for those before them."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}")


async def answer_of(db: Database, token: str) -> str | None:
    """Give what an authority is answered that asks for a token, at whatever host."""
    if not _TOKEN.fullmatch(token):
        return None
    row = await db.public_row("select acme_answer($1) as value", token)
    return None if row is None else row["value"]


async def put_up(tx: Transaction, settings: Settings, challenges: Sequence[ChallengeRow]) -> None:
    """Have every challenge answered, once it is stored."""
    await _set_zone(tx, settings, challenges)
    await _tell_nodes(tx, [(each.token, each.value) for each in challenges if each.kind == "http-01"])


async def take_down(tx: Transaction, settings: Settings, challenges: Sequence[ChallengeRow]) -> None:
    """End the answers to challenges that are no longer stored."""
    await _set_zone(tx, settings, challenges)
    await _tell_nodes(tx, [(each.token, None) for each in challenges if each.kind == "http-01"])


def record_name(domain_id: UUID, settings: Settings) -> str:
    """Name the record in our zone that a domain's `_acme-challenge` aliases lead to."""
    return f"{bare(domain_id)}.acme.{settings.zone.name}"


async def _set_zone(tx: Transaction, settings: Settings, challenges: Iterable[ChallengeRow]) -> None:
    """Write the records anew: several orders of one domain share one."""
    if not dns_zone.is_configured(settings):
        return
    for domain_id in sorted({each.domain_id for each in challenges if each.domain_id is not None}):
        name = record_name(domain_id, settings)
        values = tuple(await orders.challenges_in_dns(tx.connection, domain_id, _MOST_TEXTS))
        if values:
            await dns_zone.put(tx, settings, [ZoneRecord(name=name, type="TXT", values=values)])
        else:
            await dns_zone.remove(tx, settings, [name])


async def _tell_nodes(tx: Transaction, answers: Sequence[tuple[str, str | None]]) -> None:
    if answers:
        changes = [challenge_item(token, value) for token, value in answers]
        await nodes.publish(tx, bound_tenant(), changes, ROLES)
