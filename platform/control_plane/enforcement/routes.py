"""`/v1/account/sending-health`, `/v1/appeals` and, for operators, `/v1/measures`."""

from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.enforcement import service
from control_plane.enforcement.schemas import (
    Appeal,
    AppealAnswer,
    InForce,
    NamedAppeal,
    NewAppeal,
    NewExemption,
    NewMeasure,
    SendingHealth,
    TenantMeasures,
)

_TENANT = "ten"
_READ, _WRITE = [requires("fleet:read")], [requires("fleet:write")]


@get("/account/sending-health", guards=[requires("account:read")])
async def get_sending_health(db: inject.Database, clock: inject.Clock) -> SendingHealth:
    """Show how your mail's bounces and complaints stand beside the thresholds, and what is in force because of them."""
    return await service.own(db, clock)


@get("/clients/{client_id:str}/sending-health", guards=[requires("clients:read")])
async def get_client_sending_health(
    db: inject.Database, clock: inject.Clock, client_id: FromPath[str]
) -> SendingHealth:
    """Show the same of a client."""
    return await service.of_client(db, clock, client_id)


@get("/appeals", guards=[requires("account:read")])
async def list_appeals(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[Appeal]:
    """List your appeals and what they were answered, newest first."""
    return await service.own_appeals(db, cursor(service.APPEAL_PREFIX, after), limit)


@post("/appeals", guards=[requires("messages:write", even_suspended=True)])
async def create_appeal(db: inject.Database, clock: inject.Clock, data: JSONBody[NewAppeal]) -> Appeal:
    """Say why there were bounces or complaints and what you have changed, so that an operator looks at it."""
    return await service.appeal(db, clock, data)


@get("/measures", guards=_READ)
async def list_measures(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[InForce]:
    """List what is in force for whom, by account."""
    return await service.in_force(db, after, limit)


@get("/measures/appeals", guards=_READ)
async def list_open_appeals(
    db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[NamedAppeal]:
    """List everybody's appeals that wait for an answer, the oldest first."""
    return await service.open_ones(db, cursor(service.APPEAL_PREFIX, after), limit)


@post("/measures/appeals/{appeal_id:str}/answer", guards=_WRITE, status_code=200)
async def answer_appeal(
    db: inject.Database, clock: inject.Clock, appeal_id: FromPath[str], data: JSONBody[AppealAnswer]
) -> Appeal:
    """Accept an appeal, which lifts the measures and leaves a warning, or decline it; either with words."""
    return await service.answer(db, clock, decode(service.APPEAL_PREFIX, appeal_id), data)


@get("/measures/{tenant_id:str}", guards=_READ)
async def get_measures(db: inject.Database, clock: inject.Clock, tenant_id: FromPath[str]) -> TenantMeasures:
    """Give an account's figures, what is in force for it, and what was."""
    return await service.get(db, clock, decode(_TENANT, tenant_id))


@post("/measures/{tenant_id:str}/steps", guards=_WRITE, status_code=200)
async def set_measure(
    db: inject.Database, clock: inject.Clock, tenant_id: FromPath[str], data: JSONBody[NewMeasure]
) -> TenantMeasures:
    """Put a step in force for one of an account's streams, or for all it sends."""
    return await service.choose(db, clock, decode(_TENANT, tenant_id), data)


@post("/measures/{tenant_id:str}/exemption", guards=_WRITE, status_code=200)
async def exempt_tenant(
    db: inject.Database, clock: inject.Clock, tenant_id: FromPath[str], data: JSONBody[NewExemption]
) -> TenantMeasures:
    """Trust an account until a moment: what is in force ends, and its figures lead to nothing before."""
    return await service.exempt(db, clock, decode(_TENANT, tenant_id), data)


HANDLERS: list[ControllerRouterHandler] = [
    get_sending_health,
    get_client_sending_health,
    list_appeals,
    create_appeal,
    list_measures,
    list_open_appeals,
    answer_appeal,
    get_measures,
    set_measure,
    exempt_tenant,
]
