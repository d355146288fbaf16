"""The operator's pools of sending addresses: which mail leaves by which, and what is in them."""

from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from control_plane.core import ids, inject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound, Refused
from control_plane.core.languages import mark
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import NewPool, PoolChange
from control_plane.ip_pools.service import pooling
from web import addresses, tables
from web import inject as page
from web.cookies import PageRequest
from web.forms import faults
from web.frame import Frame
from web.i18n import gettext
from web.rendering import Answer
from web.tables import Column, Table
from web.visitor import Visitor, may

_SECTION, _PATH = "pools", "/operator/pools"
_READ, _WRITE = [may("fleet:read")], [may("fleet:write")]
_PER_PAGE = 50
_COLUMNS = (
    Column(mark("Pool")),
    Column(mark("Stream")),
    Column(mark("Who sends by it"), wide=True),
    Column(mark("Addresses"), end=True),
)
_FIELDS = {"name": "name", "stream": "stream", "tenant_id": "tenant_id", "kind": "tenant_id"}


class PoolForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was typed."""

    name: str = ""
    stream: str = "transactional"
    tenant_id: str = ""
    kind: str = ""

    def wanted(self) -> NewPool:
        """Make the pool that was asked for; raises `Invalid`."""
        given = msgspec.structs.asdict(self) | {"tenant_id": self.tenant_id.strip() or None, "kind": self.kind or None}
        try:
            return msgspec.convert(given, NewPool)
        except msgspec.ValidationError as error:
            message = gettext("Give it a name of at most 100 characters.")
            raise Invalid(errors=(FieldError("name", message),)) from error


class NameForm(msgspec.Struct, frozen=True, kw_only=True):
    """A pool's new name."""

    name: str = ""


@get(_PATH, guards=_READ)
async def show_pools(request: PageRequest, frame: page.Frame, visitor: page.Visitor, db: inject.Database) -> Answer:
    """Show all pools."""
    return await _list(request, frame, visitor, db)


@post(_PATH, guards=_WRITE)
async def add_pool(
    request: PageRequest,
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    clock: inject.Clock,
    data: URLEncodedBody[PoolForm],
) -> Answer | Redirect:
    """Make a pool, or show the form again with what is wrong."""
    try:
        made = await _make(db, clock, data)
    except Refused as refused:
        return await _list(request, frame, visitor, db, form=data, refused=refused)
    return Redirect(f"{_PATH}/{made}?done=created", status_code=303)


@get(f"{_PATH}/{{pool_id:str}}", guards=_READ)
async def show_pool(frame: page.Frame, visitor: page.Visitor, db: inject.Database, pool_id: FromPath[str]) -> Answer:
    """Show one pool."""
    return await _show(frame, visitor, db, _id(pool_id))


@post(f"{_PATH}/{{pool_id:str}}", guards=_WRITE)
async def rename_pool(
    frame: page.Frame,
    visitor: page.Visitor,
    db: inject.Database,
    pool_id: FromPath[str],
    data: URLEncodedBody[NameForm],
) -> Answer | Redirect:
    """Give a pool another name."""
    return await _change(frame, visitor, db, pool_id, PoolChange(name=data.name[:100]))


@post(f"{_PATH}/{{pool_id:str}}/default", guards=_WRITE)
async def make_default(
    frame: page.Frame, visitor: page.Visitor, db: inject.Database, pool_id: FromPath[str]
) -> Answer | Redirect:
    """Have its owner's mail of its stream leave by a pool."""
    return await _change(frame, visitor, db, pool_id, PoolChange(is_default=True))


async def _make(db: Database, clock: Clock, form: PoolForm) -> str:
    try:
        async with db.fleet_tx() as tx:
            return (await pooling.create(tx, form.wanted(), clock)).id
    except NotFound as error:
        raise Invalid(errors=(FieldError("tenant_id", gettext("There is no such tenant.")),)) from error


async def _change(frame: Frame, visitor: Visitor, db: Database, pool_id: str, wanted: PoolChange) -> Answer | Redirect:
    wanted_id = _id(pool_id)
    try:
        async with db.fleet_tx() as tx:
            await pooling.change(tx, wanted_id, wanted)
    except NotFound:
        raise
    except Refused as refused:
        return await _show(frame, visitor, db, wanted_id, refused=refused)
    return Redirect(f"{_PATH}/{pool_id}?done=saved", status_code=303)


async def _list(
    request: PageRequest,
    frame: Frame,
    visitor: Visitor,
    db: Database,
    *,
    form: PoolForm | None = None,
    refused: Refused | None = None,
) -> Answer:
    given = tables.read(request, ())
    errors, problem = faults(refused, _FIELDS) if refused else ({}, "")
    after = ids.decode(ip_pools.PREFIX, given["after"]) if given.get("after") else None
    async with db.fleet_tx() as tx:
        listed = await pooling.list_pools(tx, after, _PER_PAGE)
    context = {
        "pools": listed.data,
        "streams": {name: gettext(words) for name, words in addresses.STREAMS.items()},
        "table": Table(_PATH, _COLUMNS, given=given, next=listed.next),
        "form": form or PoolForm(),
        "errors": errors,
        "problem": problem,
        "may_write": visitor.may("fleet:write"),
    }
    return frame.page(
        "pages/operator_pools.html", _SECTION, context, status_code=refused.status.value if refused else 200
    )


async def _show(
    frame: Frame, visitor: Visitor, db: Database, pool_id: UUID, *, refused: Refused | None = None
) -> Answer:
    async with db.fleet_tx() as tx:
        pool = await pooling.get(tx, pool_id)
    context = {
        "pool": pool,
        "stream": addresses.stream(pool.stream),
        "members": [(ip, addresses.status_of(ip.status, standby=ip.standby)) for ip in pool.ips],
        "problem": gettext(refused.detail) if refused else "",
        "may_write": visitor.may("fleet:write"),
    }
    status = refused.status.value if refused else 200
    return frame.page("pages/operator_pool.html", _SECTION, context, status_code=status)


def _id(pool_id: str) -> UUID:
    try:
        return ids.decode(ip_pools.PREFIX, pool_id)
    except ids.MalformedId as error:
        raise NotFound from error


HANDLERS = (show_pools, add_pool, show_pool, rename_pool, make_default)
