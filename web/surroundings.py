"""What stands above a page: whose eyes or hands are in the account, said in a banner."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.audit.schemas import AuditEntry, Filters
from control_plane.core import ids
from control_plane.core.runtime import Runtime
from control_plane.core.ttl_cache import TtlCache
from web.i18n import gettext
from web.shell import Banner
from web.visitor import Visitor

_REMEMBERED = timedelta(hours=24)
_LOOKED_AT = 50
"""So many of the last entries are looked at: more would cost each page too much."""
_FRESH_SECONDS = 30


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out for one page."""

    banners: tuple[Banner, ...] = ()


class _Looked(msgspec.Struct, frozen=True):
    entry: AuditEntry | None


_guests: TtlCache[UUID, _Looked] = TtlCache(fresh_seconds=_FRESH_SECONDS)


async def around(runtime: Runtime, visitor: Visitor) -> Surroundings:
    """Find out what a signed-in person's page needs."""
    if visitor.subject.acting_from is not None:
        return Surroundings(banners=(_acting(visitor, visitor.subject.acting_from),))
    if not visitor.subject.allows("audit-log:read"):
        return Surroundings()
    guest = await _guest(runtime, visitor.subject.tenant_id)
    return Surroundings(banners=() if guest is None else (_visited(guest),))


def _acting(visitor: Visitor, home: UUID) -> Banner:
    """Remind who acts for a client that they do, and lead them back."""
    names = {"client": visitor.tenant_name, "agency": visitor.acting_from_name or ""}
    return Banner(
        text=gettext("You act for %(client)s as %(agency)s; each change is written down for both.") % names,
        tone="warning",
        action=gettext("Back to %(agency)s") % names,
        switch_to=ids.encode("ten", home),
    )


def _visited(entry: AuditEntry) -> Banner:
    """Tell a client's own people that their agency acted here."""
    return Banner(
        text=gettext("%(name)s of your agency acted here in the last 24 hours.") % {"name": entry.actor.name},
        href="/settings/audit-log",
        action=gettext("See what changed"),
    )


async def _guest(runtime: Runtime, tenant_id: UUID) -> AuditEntry | None:
    looked = _guests.get(tenant_id)
    if looked is None:
        entries = (await audit.listing(runtime.db, Filters(), None, _LOOKED_AT)).data
        looked = _Looked(last_guest(entries, ids.encode("ten", tenant_id), runtime.clock.now()))
        _guests.put(tenant_id, looked)
    return looked.entry


def last_guest(entries: tuple[AuditEntry, ...], own: str, now: datetime) -> AuditEntry | None:
    """Find the last thing that somebody of another tenant did here in the last 24 hours; entries come newest first."""
    recent = (entry for entry in entries if now - entry.at < _REMEMBERED and entry.on_behalf_of is None)
    return next((entry for entry in recent if entry.actor.tenant_id not in (None, own)), None)
