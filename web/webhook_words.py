"""Webhooks in words: how one fares, why one is off, and what became of a sending."""

from collections.abc import Sequence

import msgspec

from control_plane.core.languages import mark
from control_plane.webhooks.schemas import Webhook, WebhookDelivery, WebhookReplay
from control_plane.webhooks.service import HourOfTries
from web import charts, formats
from web.charts import ColumnChart, Stack
from web.i18n import gettext
from web.statuses import Status

_REASONS = {
    "failing": mark("For five days, every event that we sent to it failed, so we stopped."),
    "gone": mark("It answered “410 Gone”, which asks for no more events, so we stopped."),
    "manual": mark("Somebody of this account switched it off."),
}
_GIVEN_UP = {
    "tries": mark("It was tried for more than a day; your program never took it."),
    "age": mark("It waited for three days while your program did not answer."),
    "disabled": mark("The webhook was switched off."),
    "gone": mark("Your program asked for no more events."),
}


class Fares(msgspec.Struct, frozen=True, kw_only=True):
    """The tries of a day: their share that went well, as words and as a bar of 100."""

    words: str
    delivered: float
    failed: float


def fares(webhook: Webhook) -> Fares | None:
    """Say how the last day's tries went; None if there were none."""
    delivered, failed = webhook.health.delivered_24h, webhook.health.failed_24h
    total = delivered + failed
    if not total:
        return None
    width = round(100 * delivered / total, 1)
    return Fares(words=formats.percent(delivered / total), delivered=width, failed=round(100 - width, 1))


def status_of(webhook: Webhook) -> Status:
    """Give the badge of a webhook."""
    if webhook.status == "disabled":
        reason = gettext(_REASONS[webhook.disabled_reason or "manual"])
        return Status("quiet" if webhook.disabled_reason == "manual" else "error", gettext("Switched off"), reason)
    if webhook.health.next_try_at is not None:
        held = gettext("Several tries failed one after the other: we try one now and then, and go on when it succeeds.")
        return Status("error", gettext("Not answering"), held)
    if webhook.health.failures:
        return Status("warning", gettext("Failing"), gettext("The last try failed; it is made again by itself."))
    return Status("success", gettext("Active"), gettext("It works."))


def replay_status(replay: WebhookReplay) -> Status:
    """Give the badge of a replay."""
    return {
        "running": Status("info", gettext("On the way"), ""),
        "done": Status("success", gettext("Done"), ""),
        "stopped": Status("warning", gettext("Stopped"), gettext("The webhook was switched off meanwhile.")),
    }[replay.status]


def given_up(delivery: WebhookDelivery) -> str:
    """Say why nothing more is tried."""
    return gettext(_GIVEN_UP[delivery.given_up]) if delivery.given_up else ""


def chart(hours: Sequence[HourOfTries]) -> ColumnChart:
    """Lay out a column for each hour."""
    return charts.stacked([_stack(hour) for hour in hours], height=72)


def _stack(hour: HourOfTries) -> Stack:
    said = gettext("%(delivered)s taken, %(failed)s failed") % {
        "delivered": formats.number(hour.delivered),
        "failed": formats.number(hour.failed),
    }
    counts = ((hour.delivered, "success"), (hour.failed, "error"))
    label = f"{hour.start:%H:%M}" if hour.start.hour % 6 == 0 else ""
    return Stack(f"{hour.start:%H:%M} UTC: {said}", counts, label)
