"""`/v1/clients`, `/v1/access-grants`, `/v1/account/export`: who is below you, who may act for you, what you own."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.etag import IfMatch
from control_plane.core.ids import MalformedId, decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.tenants import clients, service
from control_plane.tenants.schemas import (
    AccessGrant,
    AccessGrantChange,
    Client,
    ClientChange,
    ClientFilter,
    Kind,
    Move,
    NewAccessGrant,
    NewClient,
    Status,
    Suspension,
)

_NDJSON = "application/x-ndjson"

Words = Annotated[str | None, QueryParameter(name="query", max_length=200, description="Part of a name.")]


@get("/clients", guards=[requires("clients:read")])
async def list_clients(
    db: inject.Database,
    status: FromQuery[Status | None] = None,
    kind: FromQuery[Kind | None] = None,
    parent_id: FromQuery[str | None] = None,
    words: Words = None,
    limit: Limit = LIMIT_DEFAULT,
    after: After = None,
) -> Page[Client]:
    """List all tenants below yours, newest first."""
    parent = None if parent_id is None else decode_field("parent_id", parent_id)
    wanted = ClientFilter(status=status, kind=kind, parent_id=parent, query=words)
    return await service.list_clients(db, wanted, cursor(service.PREFIX, after), limit)


@post("/clients", guards=[requires("clients:write")])
async def create_client(db: inject.Database, data: JSONBody[NewClient]) -> Client:
    """Make a client or an agency below yours; you may act for it until it says otherwise."""
    return await clients.create(db, data)


@get("/clients/{client_id:str}", guards=[requires("clients:read")])
async def get_client(db: inject.Database, client_id: FromPath[str]) -> Client:
    """Give a client."""
    return await service.get_client(db, decode(service.PREFIX, client_id))


@patch("/clients/{client_id:str}", guards=[requires("clients:write")])
async def change_client(
    db: inject.Database, client_id: FromPath[str], data: JSONBody[ClientChange], if_match: IfMatch = None
) -> Client:
    """Change name, plan or limits; what is left out stays."""
    return await service.change_client(db, decode(service.PREFIX, client_id), data, if_match)


@post("/clients/{client_id:str}/suspend", guards=[requires("clients:write")], status_code=200)
async def suspend_client(
    db: inject.Database, clock: inject.Clock, client_id: FromPath[str], data: JSONBody[Suspension]
) -> Client:
    """Suspend a client and all below it: nothing is sent, nobody logs in to mailboxes; mail is still received."""
    return await service.suspend_client(db, clock, decode(service.PREFIX, client_id), data.reason)


@post("/clients/{client_id:str}/resume", guards=[requires("clients:write")], status_code=200)
async def resume_client(db: inject.Database, clock: inject.Clock, client_id: FromPath[str]) -> Client:
    """End a client's suspension; what was suspended by itself below it, or is suspended above it, stays so."""
    return await service.resume_client(db, clock, decode(service.PREFIX, client_id))


@post("/clients/{client_id:str}/move", guards=[requires("clients:write")], status_code=200)
async def move_client(
    db: inject.Database, clock: inject.Clock, client_id: FromPath[str], data: JSONBody[Move]
) -> Client:
    """Move a client, with all below it, to another of your agencies; access of agencies it leaves ends."""
    parent_id = decode_field("parent_id", data.parent_id)
    return await service.move_client(db, clock, decode(service.PREFIX, client_id), parent_id)


@post("/clients/{client_id:str}/close", guards=[requires("clients:write")], status_code=200)
async def close_client(
    db: inject.Database, settings: inject.Settings, clock: inject.Clock, client_id: FromPath[str]
) -> Client:
    """Close a client: it is suspended at once, and erased at `closing_at` unless it is reopened before."""
    return await service.close_client(db, clock, decode(service.PREFIX, client_id), settings.closing_days)


@post("/clients/{client_id:str}/reopen", guards=[requires("clients:write")], status_code=200)
async def reopen_client(db: inject.Database, clock: inject.Clock, client_id: FromPath[str]) -> Client:
    """Reopen a client that was closed, before its data is erased."""
    return await service.reopen_client(db, clock, decode(service.PREFIX, client_id))


@get("/access-grants", guards=[requires("account:read")])
async def list_access_grants(db: inject.Database) -> Page[AccessGrant]:
    """List who above you may act for you, the nearest first."""
    return await service.list_grants(db)


@post("/access-grants", guards=[requires("account:write")])
async def create_access_grant(
    db: inject.Database, subject: inject.Subject, data: JSONBody[NewAccessGrant]
) -> AccessGrant:
    """Let a provider's people and keys act for you, with the rights of a role that has no more than you."""
    return await service.give_grant(db, subject, decode_field("tenant_id", data.tenant_id), data.role)


@get("/access-grants/{provider_id:str}", guards=[requires("account:read")])
async def get_access_grant(db: inject.Database, provider_id: FromPath[str]) -> AccessGrant:
    """Give the grant of one provider."""
    return await service.get_grant(db, decode(service.PREFIX, provider_id))


@patch("/access-grants/{provider_id:str}", guards=[requires("account:write")])
async def change_access_grant(
    db: inject.Database,
    subject: inject.Subject,
    provider_id: FromPath[str],
    data: JSONBody[AccessGrantChange],
    if_match: IfMatch = None,
) -> AccessGrant:
    """Change what a provider's people may do; it is so from their next request on."""
    return await service.change_grant(db, subject, decode(service.PREFIX, provider_id), data.role, if_match)


@delete("/access-grants/{provider_id:str}", guards=[requires("account:write")])
async def delete_access_grant(db: inject.Database, provider_id: FromPath[str], if_match: IfMatch = None) -> None:
    """End a provider's access; their next request is refused."""
    await service.end_grant(db, decode(service.PREFIX, provider_id), if_match)


@get("/account/export", guards=[requires("*")], media_type=_NDJSON)
async def export_account(db: inject.Database, clock: inject.Clock, blobs: inject.Blobs) -> Stream:
    """Give everything that the account owns, but no secrets, to who may do everything: a line of JSON for each row."""
    headers = {"Content-Disposition": 'attachment; filename="fleetpost-export.ndjson"'}
    return Stream(await service.export(db, clock, blobs), media_type=_NDJSON, headers=headers)


def decode_field(path: str, text: str) -> UUID:
    """Read a tenant's id from a field; raises `Invalid` there."""
    try:
        return decode(service.PREFIX, text)
    except MalformedId as error:
        raise Invalid(errors=(FieldError(path, "This is not the id of a tenant: it begins with ten_."),)) from error


HANDLERS: list[ControllerRouterHandler] = [
    list_clients,
    create_client,
    get_client,
    change_client,
    suspend_client,
    resume_client,
    move_client,
    close_client,
    reopen_client,
    list_access_grants,
    create_access_grant,
    get_access_grant,
    change_access_grant,
    delete_access_grant,
    export_account,
]
