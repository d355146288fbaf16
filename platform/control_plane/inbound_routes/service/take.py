"""Takes the mail to tenants' domains: finds its route, keeps it, and does what the route says."""

from datetime import datetime, timedelta

from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId, lower_bound, new_uuid
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.core.threads import in_thread
from control_plane.inbound.schemas import Mail, NotYet, Taken
from control_plane.inbound_routes.links import Links
from control_plane.inbound_routes.matching import choose
from control_plane.inbound_routes.queries import domains, messages, routes
from control_plane.inbound_routes.queries.messages import MessageRow
from control_plane.inbound_routes.queries.routes import RouteRow
from control_plane.inbound_routes.reading import Letter, read
from control_plane.inbound_routes.service.pass_on import Came, Outcome, pass_on
from control_plane.inbound_routes.service.tell import tell
from control_plane.inbound_routes.service.view import rule_of
from control_plane.mail_domains import names

MOST_PER_MINUTE = 600
"""Of one tenant; what comes faster waits."""
MOST_FORWARDED_PER_MINUTE = 120
"""Of these, to other people's addresses."""
_NOBODY = "No route wants mail to this address any more."
_NO_WEBHOOK = "Its route's webhook is gone or switched off: release it to another one."


class RouteIntake:
    """What the worker hands mail to tenants' domains to; asked last."""

    async def wants(self, runtime: Runtime, recipient: str) -> bool:
        """Say whether it is to a domain that somebody has proven, or to a name in one."""
        return await _owner(runtime.db, recipient) is not None

    async def take(self, runtime: Runtime, mail: Mail) -> Taken:
        """Route a mail; raises `NotYet` while its tenant has had enough for a minute."""
        tenant_id = await _owner(runtime.db, mail.recipient)
        if tenant_id is None:
            return Taken(refused=_NOBODY)
        with acting_for(tenant_id):
            letter = await in_thread(read, mail.raw)
            async with runtime.db.joined_tx() as tx:
                return await _take(tx, runtime, tenant_id, mail, letter)


async def _owner(db: Database, recipient: str) -> TenantId | None:
    domain = recipient.rpartition("@")[2].lower()
    async with db.fleet_tx() as tx:
        found = await domains.owner(tx.connection, [domain, *names.above(domain)])
    return None if found is None else found[0]


async def _take(tx: Transaction, runtime: Runtime, tenant_id: TenantId, mail: Mail, letter: Letter) -> Taken:
    await _wait_for_room(tx, runtime.clock.now())
    rows = await routes.everyone(tx.connection)
    winner = choose(map(rule_of, rows), mail.recipient, letter.headers).winner
    if winner is None:
        return Taken(tenant_id=tenant_id, refused=_NOBODY)
    if await messages.find(tx.connection, mail.id) is None:
        route = next(row for row in rows if row.id == winner.route_id)
        outcome = await _outcome(tx, runtime, route, mail, letter)
        await _keep(tx, runtime, _row(mail, letter, route, outcome), route, mail, letter)
    return Taken(tenant_id=tenant_id)


async def _keep(
    tx: Transaction, runtime: Runtime, message: MessageRow, route: RouteRow, mail: Mail, letter: Letter
) -> None:
    await messages.insert(tx.connection, message)
    if message.status != "dropped":
        await messages.insert_content(tx.connection, message.id, mail.raw)
    if message.status == "routed":
        links = Links(runtime.settings, runtime.clock)
        await tell(tx, links, message, letter, route.webhook_id, new_uuid())


async def _wait_for_room(tx: Transaction, now: datetime) -> None:
    minute = timedelta(minutes=1)
    if await messages.count_since(tx.connection, lower_bound(now - minute)) >= MOST_PER_MINUTE:
        raise NotYet(now + minute)


async def _outcome(tx: Transaction, runtime: Runtime, route: RouteRow, mail: Mail, letter: Letter) -> Outcome:
    match route.action_type:
        case "drop":
            return Outcome("dropped")
        case "hold":
            return Outcome("held")
        case "webhook":
            known = route.webhook_id is not None and await routes.has_webhook(tx.connection, route.webhook_id)
            return Outcome("routed") if known else Outcome("held", _NO_WEBHOOK)
        case "forward":
            await _wait_to_forward(tx, runtime.clock.now())
    came = Came(recipient=mail.recipient, sender=mail.sender, raw=mail.raw, letter=letter)
    return await pass_on(tx, runtime, route, came)


async def _wait_to_forward(tx: Transaction, now: datetime) -> None:
    minute = timedelta(minutes=1)
    if await messages.count_since(tx.connection, lower_bound(now - minute), "forwarded") >= MOST_FORWARDED_PER_MINUTE:
        raise NotYet(now + minute)


def _row(mail: Mail, letter: Letter, route: RouteRow, outcome: Outcome) -> MessageRow:
    return MessageRow(
        id=mail.id,
        route_id=route.id,
        status=outcome.status,
        note=outcome.note,
        recipient=mail.recipient,
        sender=mail.sender,
        client=mail.client,
        from_email=letter.sender[0].email if letter.sender else "",
        subject=letter.subject,
        received_at=mail.received_at,
        size=len(mail.raw),
        spam_score=letter.checks.score,
    )
