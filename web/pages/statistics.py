"""How mail fared, by stream, provider and time, out of what is counted anyway; an agency sees its clients' as well."""

from collections.abc import AsyncGenerator, Mapping, Sequence

from litestar import get
from litestar.response import Stream

from control_plane.analytics import service
from control_plane.analytics.schemas import STATES, Part
from control_plane.core import inject
from control_plane.core.languages import mark
from control_plane.core.runtime import Runtime
from web import csv_export, tables
from web import inject as page
from web.cookies import PageRequest
from web.rendering import Answer
from web.statistics import NAMES, PERIODS, Period, statistics
from web.tables import Choice, Column, Filter, Table
from web.visitor import Visitor, may

_DEFAULT = "month"
_PROVIDERS = ("google", "microsoft", "yahoo", "apple", "gmx", "tencent", "netease", "generic")
_COLUMNS = (
    Column(mark("Provider")),
    Column(mark("Sent"), end=True),
    Column(mark("Delivered"), end=True),
    Column(mark("Deferred"), end=True, wide=True),
    Column(mark("Bounced"), end=True),
    Column(mark("Complained"), end=True, wide=True),
    Column(mark("Suppressed"), end=True, wide=True),
)
_PERIOD = Choice(
    "period",
    mark("Time"),
    mark("30 days"),
    tuple((period.name, period.label) for period in PERIODS if period.name != _DEFAULT),
)
_STREAM = Choice(
    "stream",
    mark("Stream"),
    mark("All streams"),
    tuple((name, NAMES[name]) for name in ("transactional", "broadcast")),
)
_PROVIDER = Choice(
    "provider", mark("Provider"), mark("All providers"), tuple((name, NAMES[name]) for name in _PROVIDERS)
)
_WHOSE = Choice("whose", mark("Whose"), mark("Own mail"), (("all", mark("All clients’ too")),))
_HEADER = ("start", "stream", "provider", "deliveries", *STATES)


@get("/statistics", guards=[may("messages:read")])
async def show_statistics(
    request: PageRequest, frame: page.Frame, visitor: page.Visitor, runtime: inject.Runtime
) -> Answer | Stream:
    """Show a period beside the one before, or give its hours or days as CSV."""
    filters = _filters(visitor)
    given = tables.read(request, filters)
    period = next(each for each in PERIODS if each.name == (given["period"] or _DEFAULT))
    parts = await _parts(runtime, period, given)
    if tables.wants_csv(request):
        return csv_export.answer("statistics", _HEADER, _lines(parts))
    now = runtime.clock.now()
    earlier = await _parts(runtime, period, given, earlier=True) if period.has_one_before(now) else ()
    told = statistics(parts, earlier, period, now)
    table = Table("/statistics", _COLUMNS, filters, given=given, exportable=True)
    return frame.page("pages/statistics.html", "statistics", {"told": told, "table": table, "period": period})


def _filters(visitor: Visitor) -> tuple[Filter, ...]:
    """Offer an agency its clients' mail, to who may see them."""
    has_clients = visitor.subject.tenant_kind in ("agency", "operator") and visitor.subject.allows("clients:read")
    return (_PERIOD, _STREAM, _PROVIDER, *((_WHOSE,) if has_clients else ()))


async def _parts(
    runtime: Runtime, period: Period, given: Mapping[str, str], *, earlier: bool = False
) -> Sequence[Part]:
    now = runtime.clock.now()
    since, until = (period.before(now), period.since(now)) if earlier else (period.since(now), now + period.step)
    return await service.parts(
        runtime.db,
        period.grain,
        since,
        until,
        stream=given["stream"],
        provider=given["provider"],
        all_below=given.get("whose") == "all",
    )


async def _lines(parts: Sequence[Part]) -> AsyncGenerator[tuple[object, ...]]:
    for part in parts:
        counts = [getattr(part.counts, name) for name in ("deliveries", *STATES)]
        yield (part.start.isoformat() if part.start else "", part.stream, part.provider, *counts)


HANDLERS = (show_statistics,)
