"""Fill templates in for messages: the hot path. Two statements for any number of messages, none per message."""

import asyncio
import time
from collections.abc import Collection
from uuid import UUID

import asyncpg

from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.tenancy import bound_tenant
from control_plane.core.threads import in_thread
from control_plane.templates.assembly import RENDER_SECONDS, Assembled, Content, Rendered
from control_plane.templates.cache import AssemblyCache, Entry, Key, size_of
from control_plane.templates.fault import Fault
from control_plane.templates.queries import templates, versions
from control_plane.templates.schemas import Data

PREFIX = "tpl"

_SHORT_SECONDS = 0.005
"""What a template gets for a minute after it took all of its time: a batch of bombs is over soon."""
_SHORT_FOR_SECONDS = 60
_UNKNOWN = "There is no such template, or it is a layout."

_cache = AssemblyCache()


class Ready:
    """A template whose live version is at hand."""

    def __init__(self, entry: Entry, *, strict: bool) -> None:
        self._entry = entry
        self._strict = strict

    def render(self, data: Data) -> Rendered:
        """Fill it in; raises `Invalid`, by paths that begin with `template`."""
        seconds = _SHORT_SECONDS if time.monotonic() < self._entry.short_until else RENDER_SECONDS
        start = time.perf_counter()
        try:
            rendered = self._entry.assembled.render(data, seconds)
        except Fault as fault:
            if time.perf_counter() - start >= seconds:
                self._entry.short_until = time.monotonic() + _SHORT_FOR_SECONDS
            raise Invalid(errors=(_error(fault),)) from fault
        if self._strict and rendered.undefined:
            raise Invalid(errors=tuple(_undefined(path) for path in rendered.undefined[:100]))
        return rendered


async def render(tx: Transaction, template_id: str, data: Data) -> Rendered:
    """Fill in the live version of a template of the bound tenant; raises `Invalid` at `template.id`, `template.data`.

    Names without data are left empty and listed in `undefined`, unless the template is strict: then each is an error.
    """
    found = (await prepare(tx, [template_id]))[template_id]
    if isinstance(found, Invalid):
        raise found
    start = time.perf_counter()
    try:
        return found.render(data)
    finally:
        if time.perf_counter() - start > _SHORT_SECONDS:
            await asyncio.sleep(0)  # others have waited


async def prepare(tx: Transaction, template_ids: Collection[str]) -> dict[str, Ready | Invalid]:
    """Get the live versions of many templates ready; gives for each why there is none, if so."""
    uuids = {template_id: uuid for template_id in set(template_ids) if (uuid := _uuid(template_id)) is not None}
    rows = await templates.live(tx, bound_tenant(), list(uuids.values())) if uuids else []
    keys = {row["id"]: _key(row) for row in rows}
    entries = await _entries(tx, set(keys.values()))
    strict = {row["id"]: row["undefined"] == "strict" for row in rows}
    ready = {uuid: _ready(entries[key], strict=strict[uuid]) for uuid, key in keys.items()}
    unknown = Invalid(errors=(FieldError("template.id", _UNKNOWN),))
    return {each: ready.get(uuids[each], unknown) if each in uuids else unknown for each in template_ids}


async def _entries(tx: Transaction, keys: set[Key]) -> dict[Key, Entry | Fault]:
    """Give what is kept in the process, and assemble the rest."""
    found: dict[Key, Entry | Fault] = {key: entry for key in keys if (entry := _cache.get(key)) is not None}
    wanted = keys - found.keys()
    if not wanted:
        return found
    parts = {part for key in wanted for part in key.versions}
    rows = await versions.contents(tx, bound_tenant(), parts)
    contents = {(row["template_id"], row["number"]): content_of(row) for row in rows}
    for key in wanted:
        own, *layout = [contents[part] for part in key.versions]
        found[key] = await _assembled(key, own, layout[0] if layout else None)
    return found


async def _assembled(key: Key, own: Content, layout: Content | None) -> Entry | Fault:
    try:
        entry = Entry(await in_thread(Assembled, own, layout))
    except Fault as fault:
        return fault
    _cache.put(key, entry, size_of(own) + size_of(layout))
    return entry


def content_of(row: asyncpg.Record) -> Content:
    """Give what was written in a version."""
    return Content(subject=row["subject"], html=row["html"], text=row["text"], mjml=row["mjml"])


def _ready(entry: Entry | Fault, *, strict: bool) -> Ready | Invalid:
    return Invalid(errors=(_error(entry),)) if isinstance(entry, Fault) else Ready(entry, strict=strict)


def _key(row: asyncpg.Record) -> Key:
    return Key(row["id"], row["live"], row["layout_id"], row["layout_live"])


def _uuid(template_id: str) -> UUID | None:
    try:
        return ids.decode(PREFIX, template_id)
    except ids.MalformedId:
        return None


def _error(fault: Fault) -> FieldError:
    if fault.field == "data":
        return FieldError("template.data", fault.message)
    return FieldError("template.id", f"The template's {fault.field or 'content'} cannot be filled in: {fault.message}")


def _undefined(path: str) -> FieldError:
    return FieldError(f"template.data.{path[:200]}", "The template needs this, and the data does not have it.")
