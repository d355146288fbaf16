"""Takes the mail to tenants' domains: finds its route, keeps it, and does what the route says."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.core.threads import in_thread
from control_plane.inbound.schemas import Mail, NotYet, Taken
from control_plane.inbound_routes.links import Links
from control_plane.inbound_routes.matching import Rule, winner
from control_plane.inbound_routes.queries import domains, messages, paces, routes
from control_plane.inbound_routes.queries.messages import MessageRow
from control_plane.inbound_routes.queries.routes import RouteRow
from control_plane.inbound_routes.reading import Letter, read
from control_plane.inbound_routes.service.pass_on import Came, Outcome, pass_on
from control_plane.inbound_routes.service.tell import event_of, tell
from control_plane.inbound_routes.service.view import rule_of
from control_plane.mail_domains import names

MOST_PER_MINUTE = 600
"""Of one tenant; what comes faster waits."""
MOST_FORWARDED_PER_MINUTE = 120
"""Of these, to other people's addresses."""
_PASSED_ON = frozenset({"mailbox", "forward"})
_NOBODY = "No route wants mail to this address any more."
_UNREAD = "It could not be read in several attempts: look at the mail itself."
_NO_WEBHOOK = "Its route's webhook is gone or switched off: release it to another one."


class RouteIntake:
    """What the worker hands mail to tenants' domains to; asked last."""

    async def sort(self, runtime: Runtime, recipients: Collection[str]) -> Mapping[str, TenantId | None]:
        """Find the addresses at a domain that somebody has proven, or at a name in one: the longest name's owner."""
        names_of = {recipient: _names(recipient) for recipient in recipients}
        async with runtime.db.fleet_tx() as tx:
            owners = await domains.owners(tx.connection, set(chain.from_iterable(names_of.values())))
        proven = {recipient: [name for name in its if name in owners] for recipient, its in names_of.items()}
        return {recipient: owners[its[0]] for recipient, its in proven.items() if its}

    async def take(
        self, runtime: Runtime, tenant_id: TenantId | None, mails: Sequence[Mail]
    ) -> Mapping[UUID, Taken | NotYet]:
        """Route a tenant's mails; those beyond what it may have in a minute are for later, and not even read."""
        assert tenant_id is not None
        with acting_for(tenant_id):
            return await _Taking(runtime, tenant_id).take(mails)


class _Routed(msgspec.Struct, frozen=True):
    """A mail that was read, and its route."""

    mail: Mail
    letter: Letter
    route: RouteRow


class _Taking:
    """Takes mails of one tenant, which is bound: what is passed on each by itself, and all others together."""

    def __init__(self, runtime: Runtime, tenant_id: TenantId) -> None:
        self._runtime = runtime
        self._now = runtime.clock.now()
        self._taken = Taken(tenant_id=tenant_id)
        self._nobodys = Taken(tenant_id=tenant_id, refused=_NOBODY)

    async def take(self, mails: Sequence[Mail]) -> dict[UUID, Taken | NotYet]:
        """Take as many as there is room for; of a mail that was taken before, nothing is done again."""
        last = [mail for mail in mails if mail.is_last_try]
        others = [mail for mail in mails if not mail.is_last_try]
        came = await self._route(others) if others else {}
        return came | {mail.id: await self._hold_unread(mail) for mail in last}

    async def _route(self, mails: Sequence[Mail]) -> dict[UUID, Taken | NotYet]:
        async with self._runtime.db.tenant_tx() as tx:
            pace = await paces.ask(tx.connection, "routed", self._now, len(mails))
            room = pace.room(MOST_PER_MINUTE)
            rows = await routes.everyone(tx.connection) if room else []
        came: dict[UUID, Taken | NotYet] = {mail.id: NotYet(pace.ends_at) for mail in mails[room:]}
        found = [each for mail in mails[:room] if (each := await _routed(rows, mail))]
        came |= {mail.id: self._nobodys for mail in mails[:room]}
        for each in found:
            if each.route.action_type in _PASSED_ON:
                came[each.mail.id] = await self._pass_on(each)
        kept = [each for each in found if each.route.action_type not in _PASSED_ON]
        if kept:
            await self._keep(kept)
        return came | {each.mail.id: self._taken for each in kept}

    async def _pass_on(self, each: _Routed) -> Taken | NotYet:
        async with self._runtime.db.joined_tx() as tx:
            if await messages.find(tx.connection, each.mail.id) is not None:
                return self._taken
            if each.route.action_type == "forward":
                pace = await paces.ask(tx.connection, "forwarded", self._now, 1)
                if not pace.room(MOST_FORWARDED_PER_MINUTE):
                    return NotYet(pace.ends_at)
            mail, letter = each.mail, each.letter
            came = Came(recipient=mail.recipient, sender=mail.sender, raw=mail.raw, letter=letter)
            outcome = await pass_on(tx, self._runtime, each.route, came)
            if each.route.action_type == "forward" and outcome.status != "forwarded":
                await paces.ask(tx.connection, "forwarded", self._now, -1)  # what is held takes nobody's place
            await messages.insert(tx.connection, [_row(each.mail, each.letter, each.route, outcome)])
            await messages.insert_contents(tx.connection, {mail.id: mail.raw})  # fails if somebody else was quicker
        return self._taken

    async def _hold_unread(self, mail: Mail) -> Taken:
        """Keep a mail that could not be taken again and again, without looking into it."""
        async with self._runtime.db.tenant_tx() as tx:
            rows = await routes.everyone(tx.connection)
            rule = winner(map(rule_of, rows), mail.recipient, ())
            route = next((row for row in rows if rule is not None and row.id == rule.route_id), None)
            if route is None:
                return self._nobodys
            outcome = Outcome("dropped") if route.action_type == "drop" else Outcome("held", _UNREAD)
            new = await messages.insert(tx.connection, [_row(mail, None, route, outcome)])
            if new and outcome.status == "held":
                await messages.insert_contents(tx.connection, {mail.id: mail.raw})
        return self._taken

    async def _keep(self, found: Sequence[_Routed]) -> None:
        """Store mails and tell of them, in one transaction: whichever is there already is told of already."""
        async with self._runtime.db.tenant_tx() as tx:
            active = await _active_webhooks(tx, found)
            rows = {
                each.mail.id: _row(each.mail, each.letter, each.route, _outcome(each.route, active)) for each in found
            }
            new = await messages.insert(tx.connection, list(rows.values()))
            fresh = [each for each in found if each.mail.id in new]
            contents = {each.mail.id: each.mail.raw for each in fresh if each.route.action_type != "drop"}
            if contents:
                await messages.insert_contents(tx.connection, contents)
            links = Links(self._runtime.settings, self._runtime.clock)
            told = [each for each in fresh if rows[each.mail.id].status == "routed"]
            if told:
                await tell(
                    tx, [event_of(links, rows[each.mail.id], each.letter, each.route.webhook_id) for each in told]
                )


def _names(recipient: str) -> list[str]:
    """List the domains that a mail may be for, the longest first."""
    domain = recipient.rpartition("@")[2].lower()
    return [domain, *names.above(domain)]


async def _routed(rows: Sequence[RouteRow], mail: Mail) -> _Routed | None:
    letter, rule = await in_thread(_read_and_ruled, list(map(rule_of, rows)), mail)
    if rule is None:
        return None
    return _Routed(mail, letter, next(row for row in rows if row.id == rule.route_id))


def _read_and_ruled(rules: Sequence[Rule], mail: Mail) -> tuple[Letter, Rule | None]:
    letter = read(mail.raw)
    return letter, winner(rules, mail.recipient, letter.headers)


async def _active_webhooks(tx: Transaction, found: Sequence[_Routed]) -> set[UUID]:
    wanted = {each.route.webhook_id for each in found if each.route.webhook_id is not None}
    return await routes.active_webhooks(tx.connection, wanted) if wanted else set()


def _outcome(route: RouteRow, active: Collection[UUID]) -> Outcome:
    match route.action_type:
        case "drop":
            return Outcome("dropped")
        case "webhook":
            return Outcome("routed") if route.webhook_id in active else Outcome("held", _NO_WEBHOOK)
        case _:
            return Outcome("held")


def _row(mail: Mail, letter: Letter | None, route: RouteRow, outcome: Outcome) -> MessageRow:
    return MessageRow(
        id=mail.id,
        route_id=route.id,
        status=outcome.status,
        note=outcome.note,
        recipient=mail.recipient,
        sender=mail.sender,
        client=mail.client,
        from_email=letter.sender[0].email if letter and letter.sender else "",
        subject=letter.subject if letter else "",
        received_at=mail.received_at,
        size=len(mail.raw),
        spam_score=letter.checks.score if letter else None,
    )
