"""`/v1/stats`: how your mail fared, by hour or day, stream and provider."""

from datetime import datetime, timedelta
from typing import Annotated

from litestar import get
from litestar.params import FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from control_plane.analytics import service
from control_plane.analytics.schemas import Grain, Stats
from control_plane.analytics.summing import Split, UnknownSplit, read_split, summed
from control_plane.core import inject
from control_plane.core.auth import requires
from control_plane.core.errors import FieldError, Invalid
from control_plane.ip_pools.schemas import Stream

_LONGEST: dict[Grain, timedelta] = {"hour": timedelta(days=7), "day": timedelta(days=90)}

Provider = Annotated[str, QueryParameter(max_length=40, description="Such as `google`; the empty one is all.")]

By = Annotated[
    str | None,
    QueryParameter(
        max_length=60,
        description="What is counted apart: some of `stream`, `provider`, and `hour` or `day`, with commas between. "
        "Without it, as `stream,provider` and the grain. Without a time, all of it together.",
    ),
]


@get("/stats", guards=[requires("messages:read")])
async def get_stats(
    db: inject.Database,
    clock: inject.Clock,
    grain: FromQuery[Grain] = "day",
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    stream: FromQuery[Stream | None] = None,
    provider: Provider = "",
    by: By = None,
) -> Stats:
    """Count your deliveries by the hour or UTC day in which they were accepted and by the state that they are in now.

    Without `since`: the last 24 hours, or 30 days. At most 7 days of hours, or 90 of days.
    """
    now, split = clock.now(), _split(by, grain)
    grain = split.grain or grain
    begin = since or (service.day_start(now) if grain == "hour" else service.month_start(now))
    end = until or now + timedelta(hours=1)
    if begin.tzinfo is None or end.tzinfo is None:
        raise Invalid(errors=(FieldError("since", "Write a moment with its offset, such as 2026-11-22T00:00:00Z."),))
    if not timedelta(0) < end - begin <= _LONGEST[grain] + timedelta(hours=1):
        raise Invalid(
            errors=(FieldError("since", f"Ask for at most {_LONGEST[grain].days} days, and since before until."),)
        )
    parts = await service.parts(db, grain, begin, end, stream=stream or "", provider=provider.replace("\0", ""))
    return Stats(data=summed(parts, split))


def _split(by: str | None, grain: Grain) -> Split:
    if by is None:
        return Split(grain=grain, stream=True, provider=True)
    try:
        return read_split(by)
    except UnknownSplit as error:
        raise Invalid(errors=(FieldError("by", str(error)),)) from error


HANDLERS: list[ControllerRouterHandler] = [get_stats]
