"""What stands above a page, said in banners: who acts in the account, that it is stopped, that a limit is near."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.audit.schemas import AuditEntry, Filters
from control_plane.core import ids
from control_plane.core.runtime import Runtime
from control_plane.core.ttl_cache import TtlCache
from control_plane.quotas import service as quotas
from control_plane.quotas.schemas import ResourceUsage
from control_plane.tenants import service as tenants
from control_plane.tenants.schemas import Standing
from web import formats, limit_words
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


class _Measured(msgspec.Struct, frozen=True):
    worst: ResourceUsage | None


_guests: TtlCache[UUID, _Looked] = TtlCache(fresh_seconds=_FRESH_SECONDS)
_limits: TtlCache[UUID, _Measured] = TtlCache(fresh_seconds=_FRESH_SECONDS)


async def around(runtime: Runtime, visitor: Visitor) -> Surroundings:
    """Find out what a signed-in person's page needs."""
    found = (await _company(runtime, visitor), await _hindrance(runtime, visitor))
    return Surroundings(banners=tuple(banner for banner in found if banner is not None))


async def _company(runtime: Runtime, visitor: Visitor) -> Banner | None:
    """Say who acts for whom."""
    if visitor.subject.acting_from is not None:
        return _acting(visitor, visitor.subject.acting_from)
    if not visitor.subject.allows("audit-log:read"):
        return None
    guest = await _guest(runtime, visitor.subject.tenant_id)
    return None if guest is None else _visited(guest)


async def _hindrance(runtime: Runtime, visitor: Visitor) -> Banner | None:
    """Say what keeps mail from leaving, or soon will."""
    if visitor.subject.tenant_status == "suspended":
        return stopped(await tenants.standing(runtime.db))
    if not visitor.subject.allows("account:read"):
        return None
    worst = await _worst_limit(runtime, visitor.subject.tenant_id)
    return None if worst is None else _near(worst)


def stopped(standing: Standing) -> Banner:
    """Say why nothing is sent, and what can be done."""
    if standing.closing_at is not None:
        day = formats.date(standing.closing_at)
        return Banner(
            text=gettext("This account is closed. Everything in it is erased on %(day)s.") % {"day": day},
            tone="error",
            href="/settings/closing",
            action=gettext("Export or reopen it"),
        )
    text = gettext("This account is suspended: nothing is sent and nothing can be changed. Ask your provider.")
    reason = standing.suspended_reason
    return Banner(text=f"{text} ({reason})" if reason else text, tone="error")


def _near(worst: ResourceUsage) -> Banner:
    return Banner(
        text=limit_words.advice(worst),
        tone=limit_words.TONES[worst.level],
        href="/settings/usage",
        action=gettext("See what is used"),
    )


async def _worst_limit(runtime: Runtime, tenant_id: UUID) -> ResourceUsage | None:
    """Find the limit that stops mail first; that all paid-for domains are in use is no reason to worry."""
    measured = _limits.get(tenant_id)
    if measured is None:
        warnings = await quotas.warnings(runtime.db, runtime.clock)
        measured = _Measured(next((each for each in warnings if each.window is not None), None))
        _limits.put(tenant_id, measured)
    return measured.worst


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
