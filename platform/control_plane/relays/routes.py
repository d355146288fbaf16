"""`/v1/relays`, and which of them a domain was switched to."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.nodes.schemas import IN_FORCE
from control_plane.relays import service
from control_plane.relays.schemas import (
    CreatedRelay,
    DomainRelay,
    DomainSwitch,
    EventsAddress,
    NewRelay,
    Relay,
    RelayChange,
)

_READ, _WRITE = [requires("relays:read")], [requires("relays:write")]
_DOMAIN = "dom"


@get("/relays", guards=_READ)
async def list_relays(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Relay]:
    """List your relays, newest first."""
    return await service.list_relays(db, cursor(service.PREFIX, after), limit)


@post("/relays", guards=_WRITE, opt=IN_FORCE)
async def create_relay(
    db: inject.Database,
    vault: inject.Vault,
    settings: inject.Settings,
    clock: inject.Clock,
    subject: inject.Subject,
    data: JSONBody[NewRelay],
) -> CreatedRelay:
    """Make a relay; mail leaves by it when the answer is there."""
    return await service.create(db, vault, settings, clock, subject, data)


@get("/relays/{relay_id:str}", guards=_READ)
async def get_relay(db: inject.Database, relay_id: FromPath[str]) -> Relay:
    """Give a relay, and how nodes fare with it."""
    return await service.get(db, decode(service.PREFIX, relay_id))


@patch("/relays/{relay_id:str}", guards=_WRITE, opt=IN_FORCE)
async def change_relay(
    db: inject.Database,
    vault: inject.Vault,
    settings: inject.Settings,
    subject: inject.Subject,
    relay_id: FromPath[str],
    data: JSONBody[RelayChange],
    if_match: IfMatch = None,
) -> Relay:
    """Change a relay, or pause it; what is left out stays."""
    wanted = decode(service.PREFIX, relay_id)
    return await service.change(db, vault, settings.egress_allow, subject, wanted, data, if_match)


@delete("/relays/{relay_id:str}", guards=_WRITE, opt=IN_FORCE)
async def delete_relay(
    db: inject.Database, subject: inject.Subject, relay_id: FromPath[str], if_match: IfMatch = None
) -> None:
    """Delete a relay: mail leaves as the other relays' scopes say, or by our own addresses."""
    await service.delete(db, subject, decode(service.PREFIX, relay_id), if_match)


@post("/relays/{relay_id:str}/test", guards=_WRITE, status_code=202)
async def test_relay(
    db: inject.Database, vault: inject.Vault, clock: inject.Clock, subject: inject.Subject, relay_id: FromPath[str]
) -> Relay:
    """Have every node try to log in; what came of it is in `health.tests` within some seconds."""
    return await service.try_out(db, vault, clock, subject, decode(service.PREFIX, relay_id))


@post("/relays/{relay_id:str}/events-address", guards=_WRITE, status_code=200)
async def change_relay_events_address(
    db: inject.Database, settings: inject.Settings, subject: inject.Subject, relay_id: FromPath[str]
) -> EventsAddress:
    """Make a new address for the provider's events; the old one ends at once."""
    return await service.new_events_address(db, settings, subject, decode(service.PREFIX, relay_id))


@get("/domains/{domain_id:str}/relay", guards=_READ)
async def get_domain_relay(db: inject.Database, domain_id: FromPath[str]) -> DomainRelay:
    """Say which relay a domain was switched to."""
    return await service.relay_of(db, decode(_DOMAIN, domain_id))


@post("/domains/{domain_id:str}/relay", guards=_WRITE, opt=IN_FORCE, status_code=200)
async def switch_domain_relay(
    db: inject.Database, vault: inject.Vault, domain_id: FromPath[str], data: JSONBody[DomainSwitch]
) -> DomainRelay:
    """Switch a domain to a relay, or back; its mail leaves that way when the answer is there."""
    return await service.switch(db, vault, decode(_DOMAIN, domain_id), data)


HANDLERS: list[ControllerRouterHandler] = [
    list_relays,
    create_relay,
    get_relay,
    change_relay,
    delete_relay,
    test_relay,
    change_relay_events_address,
    get_domain_relay,
    switch_domain_relay,
]
