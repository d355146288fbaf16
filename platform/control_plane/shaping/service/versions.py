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
from control_plane.shaping.errors import ShapingUnderWay
from control_plane.shaping.merge import merged
from control_plane.shaping.queries import versions as queries
from control_plane.shaping.schemas import NewShapingRules, ShapingChanges, ShapingRules, ShapingSet, ShapingVersion

PREFIX = "shp"
PUBLISH_JOB = "shaping.publish"
_TARGET = "shaping"
_DEFAULT = "default"
"""The release of what was not rolled out."""


async def in_force(tx: Transaction) -> ShapingRules:
    """Give what is in force (fleet role)."""
    return _rules(await queries.in_force(tx.connection))


async def set_in_force(tx: Transaction) -> ShapingSet:
    """Give the classes and rules in force (fleet role)."""
    return _merged_leniently(_changes(await queries.in_force(tx.connection)))


async def rules_of(tx: Transaction, number: int) -> ShapingSet:
    """Give the classes and rules of a version; 0 is the product's own set (fleet role)."""
    return _merged_leniently(_changes(await queries.numbered(tx.connection, number)))


async def exists(tx: Transaction, number: int) -> bool:
    """Say whether there is a version of this number (fleet role)."""
    return number == 0 or await queries.numbered(tx.connection, number) is not None


async def save(tx: Transaction, new: NewShapingRules, if_match: str | None = None) -> ShapingRules:
    """Save changes as a new version, and unless it is to be rolled out put it in force (fleet role).

    Raises `Invalid`, `PreconditionFailed`, and `ShapingUnderWay` while another version is rolled out.
    """
    if not is_one_line(new.reason) or not new.reason.strip():
        raise Invalid(errors=(FieldError("reason", NOT_ONE_LINE),))
    merged(new.changes)
    await queries.lock(tx.connection)
    before = _rules(await queries.in_force(tx.connection))
    etag.check(if_match, before)
    changes, author = msgspec.json.encode(new.changes).decode(), current_actor().name
    number = await queries.newest_number(tx.connection) + 1
    row = await queries.insert(tx.connection, new_uuid(), number, changes, new.reason.strip(), author)
    if new.at_once:
        await _put_in_force_at_once(tx, number)
    audit.record_for_fleet(
        tx,
        "shaping.save",
        _TARGET,
        before={"version": before.version, "changes": msgspec.to_builtins(before.changes)},
        after={
            "version": row["number"],
            "changes": msgspec.to_builtins(new.changes),
            "reason": row["reason"],
            "at_once": new.at_once,
        },
    )
    return _rules(row)


async def _put_in_force_at_once(tx: Transaction, number: int) -> None:
    if await queries.any_pinned(tx.connection):
        raise ShapingUnderWay
    await queries.put_in_force(tx.connection, number, _DEFAULT)
    tx.outbox.trigger(PUBLISH_JOB)


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
