"""Webhooks: customers' addresses that events are sent to."""

from control_plane.webhooks.service.fan_out import fan_out
from control_plane.webhooks.service.manage import create, delete, find, listing, listing_of_deliveries
from control_plane.webhooks.service.send import Sender, trigger_due

__all__ = ["Sender", "create", "delete", "fan_out", "find", "listing", "listing_of_deliveries", "trigger_due"]
