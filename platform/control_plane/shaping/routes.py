"""`/v1/shaping-rules`: what providers take and what their replies lead to, for operators."""

from litestar import get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.etag import IfMatch
from control_plane.core.ids import decode
from control_plane.core.pagination import LIMIT_DEFAULT, After, Limit, Page, cursor
from control_plane.shaping import service
from control_plane.shaping.schemas import NewShapingRules, ShapingRules, ShapingVersion, WhatIf, WhatIfResult

_READ, _WRITE = [requires("fleet:read")], [requires("fleet:write")]


@get("/shaping-rules", guards=_READ)
async def get_shaping_rules(db: inject.Database) -> ShapingRules:
    """Give the provider classes and reply rules in force, and what of them you changed."""
    async with db.fleet_tx() as tx:
        return await service.in_force(tx)


@put("/shaping-rules", guards=_WRITE)
async def change_shaping_rules(
    db: inject.Database, data: JSONBody[NewShapingRules], if_match: IfMatch = None
) -> ShapingRules:
    """Put changes in the place of those before, as a new version; nodes have it within seconds.

    With `at_once` false it is only saved, to be brought to nodes by a roll-out.
    """
    async with db.fleet_tx() as tx:
        return await service.save(tx, data, if_match)


@get("/shaping-rules/versions", guards=_READ)
async def list_shaping_versions(
    db: inject.Database, limit: Limit = LIMIT_DEFAULT, after: After = None
) -> Page[ShapingVersion]:
    """List what was changed, by whom and why, newest first."""
    async with db.fleet_tx() as tx:
        return await service.list_versions(tx, cursor(service.PREFIX, after), limit)


@get("/shaping-rules/versions/{version_id:str}", guards=_READ)
async def get_shaping_version(db: inject.Database, version_id: FromPath[str]) -> ShapingVersion:
    """Give changes as they were saved; to go back to them, save them again."""
    async with db.fleet_tx() as tx:
        return await service.get_version(tx, decode(service.PREFIX, version_id))


@post("/shaping-rules/what-if", guards=_READ, status_code=200)
async def try_shaping_rules(db: inject.Database, clock: inject.Clock, data: JSONBody[WhatIf]) -> WhatIfResult:
    """Replay past attempts against proposed changes, without putting them in force: what would have been different."""
    return await service.what_if(db, clock, data)


HANDLERS: list[ControllerRouterHandler] = [
    get_shaping_rules,
    change_shaping_rules,
    list_shaping_versions,
    get_shaping_version,
    try_shaping_rules,
]
