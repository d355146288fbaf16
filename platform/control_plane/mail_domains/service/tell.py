"""Tell of what became of a domain: an event, what webhooks want of it, a letter, and a hint to open pages."""

from datetime import datetime

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import encode, new_uuid
from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains import channels, names
from control_plane.mail_domains.life import LOST_AFTER, Step
from control_plane.mail_domains.queries import events
from control_plane.mail_domains.queries.domains import DomainRow
from control_plane.mail_domains.schemas import DomainStatus
from control_plane.notices import service as notices
from control_plane.notices.schemas import DomainNews
from control_plane.webhooks import service as webhooks

_PREFIX = "dom"


def certificates(tx: Transaction) -> None:
    """Have names that lead to us get certificates, and names that are lost give theirs up."""
    tx.outbox.trigger("certificates.want", str(bound_tenant()))


def signal(tx: Transaction, row: DomainRow) -> None:
    """Let open pages of the domain look again."""
    tx.outbox.signal(channels.of_domain(encode(_PREFIX, row.id)))


async def of_change(tx: Transaction, row: DomainRow, status: DomainStatus, now: datetime) -> None:
    """Store the event of a new status and send it to the tenant's webhooks."""
    event_id, tenant_id, kind = new_uuid(), bound_tenant(), f"domain.{status}"
    data = msgspec.json.encode({"domain_id": encode(_PREFIX, row.id), "name": row.name}).decode()
    await events.insert_event(tx.connection, event_id, kind, now, data)
    await webhooks.fan_out(tx, [tenant_id], [event_id], [kind])


async def people(tx: Transaction, row: DomainRow, taken: Step) -> None:
    """Write to who is in charge of the tenant."""
    assert taken.news is not None, "there is something to write"
    since = taken.life.proof_missing_since
    letter = DomainNews(
        news=taken.news,
        domain=names.displayed(row.name),
        path=f"/domains/{encode(_PREFIX, row.id)}",
        lost_on=(since + LOST_AFTER).date() if since is not None else None,
    )
    await notices.tell_tenant(tx, letter)
