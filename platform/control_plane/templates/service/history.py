"""Versions: which there are, which one is sent, and back to an older one."""

from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.actor import current_actor
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant
from control_plane.templates.queries import templates, versions
from control_plane.templates.schemas import Template, TemplateVersion
from control_plane.templates.service.checking import assemble
from control_plane.templates.service.manage import check_standing, draft_of, latest, numbered, store_next, view
from control_plane.templates.service.rendering import PREFIX


async def list_versions(db: Database, template_id: UUID) -> Page[TemplateVersion]:
    """List a template's versions, newest first; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await templates.find(tx, bound_tenant(), template_id)
        if row is None:
            raise NotFound
        rows = await versions.listing(tx, bound_tenant(), template_id)
    shown = tuple(
        TemplateVersion(
            version=each["number"],
            subject=each["subject"],
            author=each["author"],
            live=each["number"] == row.live,
            created_at=each["created_at"],
        )
        for each in rows
    )
    return Page(shown, None)


async def publish(db: Database, clock: Clock, template_id: UUID, number: int, if_match: str | None = None) -> Template:
    """Send a version from now on; raises `NotFound`, `Invalid` if it no longer fits its layout, `LayoutInUse`."""
    async with db.tenant_tx() as tx:
        row, last = await latest(tx, template_id, lock=True)
        etag.check(if_match, view(row, last))
        version = await numbered(tx, template_id, number)
        await assemble(tx, draft_of(row.kind, version))
        await check_standing(tx, row, version)
        changed = msgspec.structs.replace(row, live=number, updated_at=clock.now())
        await templates.save(tx, bound_tenant(), changed)
        told = {"live": row.live}, {"live": number}
        audit.record(tx, "templates.publish", encode(PREFIX, row.id), before=told[0], after=told[1])
    return view(changed, last)


async def restore(db: Database, clock: Clock, template_id: UUID, number: int) -> Template:
    """Make a new version of an older one's content; it is not sent until it is published. Raises `NotFound`."""
    now = clock.now()
    async with db.tenant_tx() as tx:
        row, _ = await latest(tx, template_id, lock=True)
        old = await numbered(tx, template_id, number)
        made = msgspec.structs.replace(old, number=row.latest + 1, author=current_actor().name, created_at=now)
        changed = await store_next(tx, msgspec.structs.replace(row, updated_at=now), made, publish=False)
        await templates.save(tx, bound_tenant(), changed)
        audit.record(tx, "templates.restore", encode(PREFIX, row.id), after={"version": number, "as": made.number})
    return view(changed, made)
