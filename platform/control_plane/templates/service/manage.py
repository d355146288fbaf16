"""Make, show, change, copy and delete templates."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.actor import current_actor
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant
from control_plane.templates.assembly import Content
from control_plane.templates.errors import LayoutInUse, TooManyTemplates
from control_plane.templates.queries import templates, versions
from control_plane.templates.schemas import (
    Kind,
    NewTemplate,
    Template,
    TemplateChange,
    TemplateRow,
    TemplateSummary,
    VersionRow,
)
from control_plane.templates.service.checking import Draft, assemble, check_words, layout_uuid
from control_plane.templates.service.rendering import PREFIX

MOST_TEMPLATES = 500
MOST_VERSIONS = 30

_CONTENT = ("subject", "html", "text", "mjml", "layout_id", "sample_data")


async def create(db: Database, clock: Clock, new: NewTemplate) -> Template:
    """Make a template whose first version is live; raises `Invalid`, `TooManyTemplates`."""
    check_words(new.name, new.description)
    draft = Draft(
        kind=new.kind,
        content=Content(subject=new.subject, html=new.html, text=new.text, mjml=new.mjml),
        layout_id=layout_uuid(new.layout_id),
        sample_data=new.sample_data,
    )
    now = clock.now()
    row = TemplateRow(
        id=new_uuid(),
        kind=new.kind,
        name=new.name,
        description=new.description,
        undefined=new.undefined,
        live=1,
        latest=1,
        created_at=now,
        updated_at=now,
    )
    async with db.tenant_tx() as tx:
        await assemble(tx, draft)
        return await _store_new(tx, row, version_of(draft, row.id, 1, now))


async def clone(db: Database, clock: Clock, template_id: UUID, name: str | None) -> Template:
    """Make a copy of a template's latest version; raises `NotFound`, `Invalid`, `TooManyTemplates`."""
    check_words(name or "", "")
    now = clock.now()
    async with db.tenant_tx() as tx:
        row, version = await latest(tx, template_id)
        copied = msgspec.structs.replace(
            row, id=new_uuid(), name=name or f"{row.name[:93]} (copy)", live=1, latest=1, created_at=now, updated_at=now
        )
        first = msgspec.structs.replace(
            version, template_id=copied.id, number=1, author=current_actor().name, created_at=now
        )
        return await _store_new(tx, copied, first)


async def get(db: Database, template_id: UUID, number: int | None = None) -> Template:
    """Give a template with one of its versions, the latest if none is named; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row, version = await latest(tx, template_id)
        if number is not None and number != version.number:
            version = await numbered(tx, template_id, number)
    return view(row, version)


async def listing(db: Database, kind: Kind | None, after: UUID | None, limit: int) -> Page[TemplateSummary]:
    """List templates, newest first."""
    async with db.tenant_tx() as tx:
        rows = await templates.page(tx, bound_tenant(), kind, after, limit + 1)
    shown = tuple(
        TemplateSummary(
            id=encode(PREFIX, row["id"]),
            name=row["name"],
            kind=row["kind"],
            description=row["description"],
            subject=row["subject"],
            latest_version=row["latest"],
            live_version=row["live"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )
        for row in rows[:limit]
    )
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def change(
    db: Database, clock: Clock, template_id: UUID, wanted: TemplateChange, if_match: str | None = None
) -> Template:
    """Change a template, in a new version if its content is another; raises `NotFound`, `Invalid`, `LayoutInUse`."""
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    check_words(str(given.get("name", "")), str(given.get("description", "")))
    now = clock.now()
    async with db.tenant_tx() as tx:
        row, version = await latest(tx, template_id, lock=True)
        etag.check(if_match, view(row, version))
        own = {name: value for name, value in given.items() if name in ("name", "description", "undefined")}
        changed = msgspec.structs.replace(row, updated_at=now, **own)
        draft = _drafted(row.kind, version, given)
        made = version_of(draft, row.id, row.latest + 1, now)
        if _content(made) != _content(version):
            await assemble(tx, draft)
            changed, version = await store_next(tx, changed, made, publish=wanted.publish), made
        await templates.save(tx, bound_tenant(), changed)
        audit.record(tx, "templates.change", encode(PREFIX, row.id), before=_told(row), after=_told(changed))
    return view(changed, version)


async def delete(db: Database, template_id: UUID, if_match: str | None = None) -> None:
    """Delete a template with all its versions; raises `NotFound`, `LayoutInUse`, `PreconditionFailed`."""
    async with db.tenant_tx() as tx:
        row, version = await latest(tx, template_id, lock=True)
        etag.check(if_match, view(row, version))
        if row.kind == "layout":
            standing = await templates.standing_in(tx, bound_tenant(), row.id)
            if standing:
                names = ", ".join(each["name"] for each in standing[:5])
                raise LayoutInUse(f"{LayoutInUse.default_message().rstrip('.')} ({names}).")
        await templates.delete(tx, bound_tenant(), row.id)
        audit.record(tx, "templates.delete", encode(PREFIX, row.id), before=_told(row))


async def latest(tx: Transaction, template_id: UUID, *, lock: bool = False) -> tuple[TemplateRow, VersionRow]:
    """Find a template and its latest version; raises `NotFound`."""
    row = await templates.find(tx, bound_tenant(), template_id, lock=lock)
    if row is None:
        raise NotFound
    return row, await numbered(tx, template_id, row.latest)


async def numbered(tx: Transaction, template_id: UUID, number: int) -> VersionRow:
    """Find a version; raises `NotFound`."""
    version = await versions.find(tx, bound_tenant(), template_id, number)
    if version is None:
        raise NotFound("This template has no such version, or no longer.")
    return version


async def store_next(tx: Transaction, row: TemplateRow, version: VersionRow, *, publish: bool) -> TemplateRow:
    """Store a template's next version; gives the template as it is then, which the caller saves."""
    await versions.insert(tx, bound_tenant(), version)
    live = version.number if publish else row.live
    if publish:
        await check_standing(tx, row, version)
    await versions.prune(tx, bound_tenant(), row.id, live, MOST_VERSIONS)
    return msgspec.structs.replace(row, live=live, latest=version.number)


async def check_standing(tx: Transaction, row: TemplateRow, version: VersionRow) -> None:
    """Raise `LayoutInUse` if a layout is to be no MJML any more while templates in MJML stand in it."""
    if row.kind == "layout" and version.mjml is None:
        standing = await templates.standing_in(tx, bound_tenant(), row.id)
        if any(each["is_mjml"] for each in standing):
            raise LayoutInUse("Templates in MJML stand in this layout: it has to be MJML, too.")


def version_of(draft: Draft, template_id: UUID, number: int, now: datetime) -> VersionRow:
    """Make a version of a draft."""
    return VersionRow(
        template_id=template_id,
        number=number,
        subject=draft.content.subject,
        html=draft.content.html,
        text=draft.content.text,
        mjml=draft.content.mjml,
        layout_id=draft.layout_id,
        sample_data=msgspec.json.encode(draft.sample_data).decode(),
        author=current_actor().name,
        created_at=now,
    )


def draft_of(kind: Kind, version: VersionRow) -> Draft:
    """Make a draft of a version."""
    return Draft(
        kind=kind,
        content=Content(subject=version.subject, html=version.html, text=version.text, mjml=version.mjml),
        layout_id=version.layout_id,
        sample_data=msgspec.json.decode(version.sample_data, type=dict[str, object]),
    )


def view(row: TemplateRow, version: VersionRow) -> Template:
    """Show a template with a version."""
    return Template(
        id=encode(PREFIX, row.id),
        name=row.name,
        kind=row.kind,
        description=row.description,
        undefined=row.undefined,
        version=version.number,
        latest_version=row.latest,
        live_version=row.live,
        subject=version.subject,
        html=version.html,
        text=version.text,
        mjml=version.mjml,
        layout_id=None if version.layout_id is None else encode(PREFIX, version.layout_id),
        sample_data=msgspec.json.decode(version.sample_data, type=dict[str, object]),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


async def _store_new(tx: Transaction, row: TemplateRow, version: VersionRow) -> Template:
    if not await templates.insert(tx, bound_tenant(), row, MOST_TEMPLATES):
        raise TooManyTemplates
    await versions.insert(tx, bound_tenant(), version)
    audit.record(tx, "templates.create", encode(PREFIX, row.id), after=_told(row))
    return view(row, version)


def _drafted(kind: Kind, version: VersionRow, given: dict[str, object]) -> Draft:
    """Lay what was given over a version; HTML takes the place of MJML, and the other way round."""
    before = draft_of(kind, version)
    parts = {name: value for name, value in given.items() if name in ("subject", "html", "text", "mjml")}
    for name, other in (("html", "mjml"), ("mjml", "html")):
        if parts.get(name) is not None:
            parts.setdefault(other, None)
    layout_id = given.get("layout_id", msgspec.UNSET)
    sample_data = given.get("sample_data", before.sample_data)
    assert isinstance(sample_data, dict)
    return Draft(
        kind=kind,
        content=msgspec.structs.replace(before.content, **parts),
        layout_id=layout_uuid(layout_id) if isinstance(layout_id, str | None) else before.layout_id,
        sample_data=sample_data,
    )


def _content(version: VersionRow) -> tuple[object, ...]:
    return tuple(getattr(version, name) for name in _CONTENT)


def _told(row: TemplateRow) -> dict[str, object]:
    told = ("name", "kind", "description", "undefined", "live", "latest")
    return {name: getattr(row, name) for name in told}
