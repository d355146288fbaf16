"""Compare what the name server holds with what it should, and have it told again where they differ."""

from collections.abc import Iterable, Mapping

import structlog

from control_plane.core.database import Connection, Database
from control_plane.dns_zone import queries
from control_plane.dns_zone.errors import KeyRefused, NameRefused
from control_plane.dns_zone.names import is_ours, relative
from control_plane.dns_zone.rdata import is_held
from control_plane.dns_zone.schemas import RecordKey, ZoneRecord
from control_plane.dns_zone.server import ZoneServer
from control_plane.dns_zone.service.write import to_record
from control_plane.settings import Settings

_MOST_ASKED = 500
"""Where the server gives no transfer, so many record sets are asked for one by one each time."""
_THE_SERVERS_OWN = frozenset({"SOA", "NS", "RRSIG", "NSEC", "NSEC3", "NSEC3PARAM", "DNSKEY", "CDS", "CDNSKEY"})

_log = structlog.get_logger()


async def repair(db: Database, settings: Settings, server: ZoneServer) -> int:
    """Have the server told again of what it has lost, or should not have; gives how many record sets that are."""
    try:
        held = await server.read_all()
    except KeyRefused:
        differing = await _ask_for_some(db, server)
    else:
        async with db.fleet_tx() as tx:
            wanted = {record.key: record for record in await _all_wanted(tx.connection, server.zone)}
        differing = differences(wanted, held, _reports(settings), server.zone)
    await _tell_again(db, differing, server.zone)
    return len(differing)


def differences(
    wanted: Mapping[RecordKey, ZoneRecord], held: Mapping[RecordKey, ZoneRecord], reports: str | None, zone: str
) -> list[RecordKey]:
    """List what is missing, what is other than wished for, and what was never wished for where only we write."""
    wrong = [key for key, record in wanted.items() if key not in held or not is_held(record, held[key])]
    foreign = [key for key in held if key not in wanted and _is_stray(key, reports, zone)]
    return wrong + foreign


def _is_stray(key: RecordKey, reports: str | None, zone: str) -> bool:
    name, record_type = key
    try:
        return record_type not in _THE_SERVERS_OWN and is_ours(relative(name, zone), reports)
    except NameRefused:
        return False  # the zone's own apex, or a name that we could not have written


def _reports(settings: Settings) -> str | None:
    try:
        return relative(settings.reports_domain, settings.zone.name)
    except NameRefused:
        return None


async def _all_wanted(connection: Connection, zone: str) -> list[ZoneRecord]:
    return [to_record(wish, zone) for wish in await queries.all_wishes(connection)]


async def _ask_for_some(db: Database, server: ZoneServer) -> list[RecordKey]:
    async with db.fleet_tx() as tx:
        wishes = await queries.some_wishes(tx.connection, _MOST_ASKED)
    wanted = [to_record(wish, server.zone) for wish in wishes]
    return [record.key for record in wanted if not is_held(record, await server.read(record.key))]


async def _tell_again(db: Database, keys: Iterable[RecordKey], zone: str) -> None:
    inner = sorted((relative(name, zone), record_type) for name, record_type in keys)
    if not inner:
        return
    _log.warning("the zone had drifted and is repaired", action="dns_zone.drifted", records=len(inner), first=inner[0])
    async with db.fleet_tx() as tx:
        await queries.tell_again(tx.connection, inner)
