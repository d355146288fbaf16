"""What the reputation of addresses and domains looks like."""

from datetime import timedelta
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import encode
from control_plane.ip_pools.service import IP_PREFIX, shelter
from control_plane.reputation import thresholds
from control_plane.reputation.lists import BY_NAME
from control_plane.reputation.queries import rates, standings, subjects
from control_plane.reputation.schemas import Change, IpReputation, Listing, Listings, ListStanding, Rate, RatedDay
from control_plane.reputation.thresholds import Fared

RATED_DAYS = 7
_SHOWN_DAYS = 30
_MOST_CHANGES, _MOST_LISTINGS = 50, 200


async def of_ip(tx: Transaction, ip_id: UUID, clock: Clock) -> IpReputation:
    """Give the reputation of an address (fleet role); raises `NotFound`."""
    address = await _address(tx, ip_id)
    today = clock.now().date()
    days = await rates.by_day(tx.connection, ip_id, today - timedelta(days=_SHOWN_DAYS - 1))
    of_late = await rates.by_provider(tx.connection, ip_id, today - timedelta(days=RATED_DAYS - 1))
    fared = [Fared(**row) for row in of_late]
    return IpReputation(
        ip_id=encode(IP_PREFIX, ip_id),
        address=address,
        lists=tuple(_standing(row) for row in await standings.of(tx.connection, address)),
        rates=tuple(_rate(each) for each in fared),
        advice=thresholds.advise(fared),
        days=tuple(RatedDay(**row) for row in days),
        changes=tuple(_change(row) for row in await standings.changes_of(tx.connection, address, _MOST_CHANGES)),
    )


async def listings(tx: Transaction) -> Listings:
    """List everything of ours that is on a list or may be, the most severe first (fleet role)."""
    rows = await standings.bad(tx.connection, _MOST_LISTINGS)
    return Listings(data=tuple(_listing(row) for row in rows))


async def hurry(tx: Transaction, ip_id: UUID, clock: Clock) -> None:
    """Have an address looked up next (fleet role); raises `NotFound`."""
    await subjects.hurry(tx.connection, await _address(tx, ip_id), clock.now())


async def ask_delisting(tx: Transaction, ip_id: UUID, name: str, clock: Clock) -> None:
    """Note that a list was asked to take an address off (fleet role); raises `NotFound`, `Invalid`."""
    address = await _address(tx, ip_id)
    if not await standings.ask_delisting(tx.connection, address, name, clock.now()):
        raise Invalid(errors=(FieldError("blocklist", "The address is not on this list."),))
    audit.record_for_fleet(tx, "reputation.ask_delisting", encode(IP_PREFIX, ip_id), after={"blocklist": name})


async def _address(tx: Transaction, ip_id: UUID) -> str:
    address = await shelter.address_of(tx, ip_id)
    if address is None:
        raise NotFound
    return address


def _standing(row: asyncpg.Record) -> ListStanding:
    known = BY_NAME.get(row["list"])
    return ListStanding(
        blocklist=row["list"],
        title=known.title if known else row["list"],
        state=row["state"],
        severity=row["severity"],
        since=row["since"],
        looked_at=row["looked_at"],
        codes=tuple(row["said"]),
        why=row["why"],
        delisting_url=known.delisting_url if known else "",
        steps=known.steps if known else (),
        delisting_asked_at=row["delisting_asked_at"],
    )


def _listing(row: asyncpg.Record) -> Listing:
    tenant_id = None if row["tenant_id"] is None else encode("ten", row["tenant_id"])
    return Listing(subject=row["subject"], what=row["what"], tenant_id=tenant_id, standing=_standing(row))


def _change(row: asyncpg.Record) -> Change:
    known = BY_NAME.get(row["list"])
    return Change(
        at=row["at"],
        blocklist=row["list"],
        title=known.title if known else row["list"],
        state=row["state"],
        why=row["why"],
    )


def _rate(fared: Fared) -> Rate:
    return Rate(
        provider=fared.provider,
        sent=fared.sent,
        delivered=fared.delivered,
        deferred=fared.deferred,
        bounced=fared.bounced,
        complained=fared.complained,
        bounce_rate=round(thresholds.bounce_rate(fared), 5),
        complaint_rate=round(thresholds.complaint_rate(fared), 5),
        deferral_rate=round(thresholds.deferral_rate(fared), 5),
    )
