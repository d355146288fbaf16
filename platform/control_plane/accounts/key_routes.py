"""`/v1/api-keys`."""

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.accounts.key_schemas import ApiKey, ApiKeyChange, CreatedApiKey, KeyRotation, NewApiKey
from control_plane.accounts.service import keys as service
from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor

_READ = [requires("api-keys:read")]
_WRITE = [requires("api-keys:write")]


@get("/api-keys", guards=_READ)
async def list_api_keys(db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None) -> Page[ApiKey]:
    """List your keys, newest first; revoked ones are not shown."""
    return await service.list_keys(db, cursor(service.PREFIX, after), limit)


@post("/api-keys", guards=_WRITE)
async def create_api_key(
    db: inject.Database, clock: inject.Clock, subject: inject.Subject, data: JSONBody[NewApiKey]
) -> CreatedApiKey:
    """Make a key with no more rights than you have; its secret is shown this once."""
    return await service.make_key(db, clock, subject, data)


@get("/api-keys/{key_id:str}", guards=_READ)
async def get_api_key(db: inject.Database, key_id: FromPath[str]) -> ApiKey:
    """Show a key, without its secret."""
    return await service.get_key(db, decode(service.PREFIX, key_id))


@patch("/api-keys/{key_id:str}", guards=_WRITE)
async def change_api_key(
    db: inject.Database,
    clock: inject.Clock,
    subject: inject.Subject,
    key_id: FromPath[str],
    data: JSONBody[ApiKeyChange],
    if_match: IfMatch = None,
) -> ApiKey:
    """Change what a key is called and bound to; its scopes stay: for others, make another key."""
    return await service.change_key(db, clock, subject, decode(service.PREFIX, key_id), data, if_match)


@delete("/api-keys/{key_id:str}", guards=_WRITE)
async def revoke_api_key(
    db: inject.Database, clock: inject.Clock, key_id: FromPath[str], if_match: IfMatch = None
) -> None:
    """End a key; within seconds neither it nor an access token made for it works."""
    await service.revoke_key(db, clock, decode(service.PREFIX, key_id), if_match)


@post("/api-keys/{key_id:str}/rotate", guards=_WRITE)
async def rotate_api_key(
    db: inject.Database,
    clock: inject.Clock,
    subject: inject.Subject,
    key_id: FromPath[str],
    data: JSONBody[KeyRotation],
) -> CreatedApiKey:
    """Make a key with the same rights; the old one works on for the overlap, and then no more."""
    return await service.rotate_key(db, clock, subject, decode(service.PREFIX, key_id), data)


HANDLERS: list[ControllerRouterHandler] = [
    list_api_keys,
    create_api_key,
    get_api_key,
    change_api_key,
    revoke_api_key,
    rotate_api_key,
]
