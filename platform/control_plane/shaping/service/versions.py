"""Save what the operator changes as a version, and give what is in force."""

from uuid import UUID

import asyncpg
import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.actor import current_actor
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.shaping.merge import merged
from control_plane.shaping.queries import versions as queries
from control_plane.shaping.schemas import NewShapingRules, ShapingChanges, ShapingRules, ShapingSet, ShapingVersion

PREFIX = "shp"
PUBLISH_JOB = "shaping.publish"
_TARGET = "shaping"


async def in_force(tx: Transaction) -> ShapingRules:
    """Give what is in force (fleet role)."""
    return _rules(await queries.newest(tx.connection))


async def set_in_force(tx: Transaction) -> ShapingSet:
    """Give the classes and rules in force (fleet role)."""
    return _merged_leniently(_changes(await queries.newest(tx.connection)))


async def save(tx: Transaction, new: NewShapingRules, if_match: str | None = None) -> ShapingRules:
    """Save changes as a new version, in force from now on; raises `Invalid`, `PreconditionFailed` (fleet role)."""
    if not is_one_line(new.reason) or not new.reason.strip():
        raise Invalid(errors=(FieldError("reason", NOT_ONE_LINE),))
    merged(new.changes)
    before = _rules(await queries.newest(tx.connection, lock=True))
    etag.check(if_match, before)
    changes, author = msgspec.json.encode(new.changes).decode(), current_actor().name
    row = await queries.insert(tx.connection, new_uuid(), before.version + 1, changes, new.reason.strip(), author)
    audit.record_for_fleet(
        tx,
        "shaping.save",
        _TARGET,
        before={"version": before.version, "changes": msgspec.to_builtins(before.changes)},
        after={"version": row["number"], "changes": msgspec.to_builtins(new.changes), "reason": row["reason"]},
    )
    tx.outbox.trigger(PUBLISH_JOB)
    return _rules(row)


async def list_versions(tx: Transaction, after: UUID | None, limit: int) -> Page[ShapingVersion]:
    """List what was saved, newest first (fleet role)."""
    rows = await queries.page(tx.connection, after, limit + 1)
    shown = tuple([_version(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def get_version(tx: Transaction, version_id: UUID) -> ShapingVersion:
    """Give what was saved once (fleet role); raises `NotFound`."""
    row = await queries.find(tx.connection, version_id)
    if row is None:
        raise NotFound
    return _version(row)


def _rules(row: asyncpg.Record | None) -> ShapingRules:
    changes = _changes(row)
    found = _merged_leniently(changes)
    return ShapingRules(
        version=0 if row is None else row["number"], changes=changes, classes=found.classes, rules=found.rules
    )


def _merged_leniently(changes: ShapingChanges) -> ShapingSet:
    """Merge what was sound when it was saved; where the product's set has changed since, without what is amiss now."""
    try:
        return merged(changes)
    except Invalid:
        return merged(ShapingChanges())


def _changes(row: asyncpg.Record | None) -> ShapingChanges:
    return ShapingChanges() if row is None else msgspec.json.decode(row["changes"], type=ShapingChanges)


def _version(row: asyncpg.Record) -> ShapingVersion:
    return ShapingVersion(
        id=encode(PREFIX, row["id"]),
        version=row["number"],
        changes=_changes(row),
        reason=row["reason"],
        author=row["author"],
        created_at=row["created_at"],
    )
