"""What the zone is to hold: kept in the database, and brought to the name server after commit."""

from collections.abc import Sequence

from control_plane.core.database import Transaction
from control_plane.dns_zone import names, queries
from control_plane.dns_zone.errors import NameRefused
from control_plane.dns_zone.names import Owner
from control_plane.dns_zone.queries import DomainOfName, Wish
from control_plane.dns_zone.rdata import to_rdataset
from control_plane.dns_zone.schemas import ZoneRecord
from control_plane.settings import Settings

WRITE_JOB = "dns_zone.write"


def is_configured(settings: Settings) -> bool:
    """Say whether there is a zone of our own; if not, customers publish everything themselves."""
    return bool(settings.zone.name)


async def put(tx: Transaction, settings: Settings, records: Sequence[ZoneRecord]) -> None:
    """Replace the record sets named; raises `NameRefused` for a name that is not below a domain of the bound tenant.

    As the fleet role: for every domain, and for names of the platform's own.
    """
    zone = settings.zone.name
    inner = {record.key: names.relative(record.name, zone) for record in records}
    for record in records:
        to_rdataset(record)
    owners = {name: names.owner_of(name, zone) for name in inner.values()}
    domains = await _domains(tx, list(owners.values()))
    for record in sorted(records, key=lambda each: each.key):
        name = inner[record.key]
        wish = Wish(name, record.type, record.values, record.ttl_seconds)
        await queries.put(tx.connection, wish, _domain_of(domains, owners[name], record.name))
    tx.outbox.trigger(WRITE_JOB)


async def remove(tx: Transaction, settings: Settings, absolute_names: Sequence[str]) -> None:
    """Take all records away from these names; others than one's own stay as they are."""
    await queries.remove(tx.connection, sorted(names.relative(name, settings.zone.name) for name in absolute_names))
    tx.outbox.trigger(WRITE_JOB)


async def _domains(tx: Transaction, owners: Sequence[Owner]) -> list[DomainOfName]:
    ids = [owner.domain_id for owner in owners if owner.domain_id is not None]
    by_name = [owner.domain_name for owner in owners if owner.domain_name is not None]
    return await queries.domains(tx.connection, ids, by_name) if ids or by_name else []


def _domain_of(domains: Sequence[DomainOfName], owner: Owner, name: str) -> DomainOfName | None:
    if owner == Owner():
        return None  # row-level security lets nobody but the fleet role write it
    for domain in domains:
        if owner.domain_id == domain.id or owner.domain_name == domain.name:
            return domain
    raise NameRefused(f"{name} belongs to no domain of this account")
