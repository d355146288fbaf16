"""Webhooks: customers' addresses that events are sent to."""

from control_plane.webhooks.queries.deliveries import Filters
from control_plane.webhooks.service.change import change, rotate_secret
from control_plane.webhooks.service.deliveries import exchange, listing_of_deliveries, retry
from control_plane.webhooks.service.fan_out import fan_out
from control_plane.webhooks.service.hours import HourOfTries, last_day
from control_plane.webhooks.service.manage import create, delete, find, listing
from control_plane.webhooks.service.replays import go_on, listing_of_replays, replay, replay_missed, trigger_running
from control_plane.webhooks.service.send import Sender, trigger_due
from control_plane.webhooks.service.tidy import tidy
from control_plane.webhooks.service.trial import try_out

__all__ = [
    "Filters",
    "HourOfTries",
    "Sender",
    "change",
    "create",
    "delete",
    "exchange",
    "fan_out",
    "find",
    "go_on",
    "last_day",
    "listing",
    "listing_of_deliveries",
    "listing_of_replays",
    "replay",
    "replay_missed",
    "retry",
    "rotate_secret",
    "tidy",
    "trigger_due",
    "trigger_running",
    "try_out",
]
