"""The operator's command for the zone: says in sentences whether it can be written and is seen by the world."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from datetime import datetime

import dns.asyncresolver
import dns.exception
import dns.nameserver
import msgspec

from control_plane.core.runtime import Runtime
from control_plane.dns_zone import service
from control_plane.dns_zone.errors import ZoneError
from control_plane.dns_zone.schemas import ZoneRecord
from control_plane.dns_zone.server import ZoneServer, from_settings
from control_plane.settings import Settings

_LOOK_UP_SECONDS = 5.0
_PORT = 53


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at, and what to do about it if anything."""

    is_fine: bool
    sentence: str


async def check(runtime: Runtime, say: Callable[[str], None]) -> bool:
    """Look at everything that the zone depends on and say what was found; False if something must be done."""
    is_fine = True
    async for finding in _findings(runtime):
        say(f"{'ok' if finding.is_fine else 'TO DO'}: {finding.sentence}")
        is_fine = is_fine and finding.is_fine
    return is_fine


def _fine(sentence: str) -> Finding:
    return Finding(is_fine=True, sentence=sentence)


def _to_do(sentence: str) -> Finding:
    return Finding(is_fine=False, sentence=sentence)


async def _findings(runtime: Runtime) -> AsyncGenerator[Finding]:
    settings = runtime.settings
    if not service.is_configured(settings):
        yield _fine("There is no zone of our own (FLEETPOST_ZONE): customers publish every record themselves.")
        return
    try:
        server = from_settings(settings.zone)
    except ValueError as error:
        yield _to_do(f"{error}.")
        return
    if server is None:
        yield _to_do("The zone cannot be written: set FLEETPOST_ZONE_SERVER and FLEETPOST_ZONE_KEY.")
        return
    mark = ZoneRecord(name=f"_check.{settings.zone.name}", type="TXT", values=(_now(runtime),))
    written = await _write(server, mark)
    yield written
    if written.is_fine:
        yield await _see(settings, mark)
        yield await _take_away(server, mark)
        yield await _transfer(server)
    yield await _waiting(runtime)


async def _write(server: ZoneServer, mark: ZoneRecord) -> Finding:
    try:
        await server.write([mark])
    except ZoneError as error:
        return _to_do(str(error))
    return _fine(f"{server} takes our updates.")


async def _see(settings: Settings, mark: ZoneRecord) -> Finding:
    """Look for what was written as the world does; a secondary may lag behind, so twice."""
    for _ in range(2):
        found = await _look_up(settings, mark.name)
        if mark.values[0] in found:
            return _fine("The world sees what we write: the zone is delegated.")
        await asyncio.sleep(1)
    return _to_do(
        f"What we write is not seen by the resolver: delegate {settings.zone.name} to its name servers by NS records in"
        " the zone above, and let secondaries be notified.",
    )


async def _look_up(settings: Settings, name: str) -> list[str]:
    resolver = dns.asyncresolver.Resolver(configure=not settings.nameservers)
    if settings.nameservers:
        resolver.nameservers = [_name_server(text) for text in settings.nameservers]
    try:
        answer = await resolver.resolve(f"{name}.", "TXT", lifetime=_LOOK_UP_SECONDS)
    except (dns.exception.DNSException, OSError):
        return []
    return [rdata.to_text().strip('"') for rdata in answer]


async def _take_away(server: ZoneServer, mark: ZoneRecord) -> Finding:
    try:
        await server.write([msgspec.structs.replace(mark, values=())])
    except ZoneError as error:
        return _to_do(str(error))
    return _fine("What was written for this check is gone again.")


async def _transfer(server: ZoneServer) -> Finding:
    try:
        records = await server.read_all()
    except ZoneError:
        return _to_do(
            f"{server} gives no transfer with our key: allow it, so that all of the zone is compared every hour"
            " and not only a part.",
        )
    return _fine(f"It gives us the whole zone: {len(records)} record sets.")


async def _waiting(runtime: Runtime) -> Finding:
    await service.hasten(runtime.db, runtime.clock)
    waiting = await service.waiting(runtime.db)
    if waiting:
        return _to_do(f"{waiting} changes wait to be written: the worker tries them now; see its log.")
    return _fine("No change waits to be written.")


def _now(runtime: Runtime) -> str:
    moment: datetime = runtime.clock.now()
    return moment.isoformat()


def _name_server(text: str) -> dns.nameserver.Nameserver:
    address, _, port = text.partition("@")
    return dns.nameserver.Do53Nameserver(address, int(port or _PORT))
