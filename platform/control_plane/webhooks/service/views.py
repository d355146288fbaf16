"""Webhooks and what was sent to them, from their rows."""

import asyncpg
import msgspec

from control_plane.core import ids
from control_plane.webhooks.schemas import Webhook, WebhookDelivery, WebhookHealth, WebhookReplay

PREFIX = "whk"
DELIVERY_PREFIX = "whd"
REPLAY_PREFIX = "whr"


def webhook_of(row: asyncpg.Record) -> Webhook:
    """Make a webhook from its row."""
    return Webhook(
        id=ids.encode(PREFIX, row["id"]),
        url=row["url"],
        description=row["description"],
        events=tuple(row["events"]),
        status=row["status"],
        disabled_reason=(row["disabled_reason"] or "manual") if row["status"] == "disabled" else None,
        disabled_at=row["disabled_at"],
        missed_since=row["missed_since"],
        old_secret_until=row["old_secret_until"],
        health=WebhookHealth(
            failures=row["failures"],
            failing_since=row["failing_since"],
            next_try_at=row["probe_at"],
            delivered_24h=row["delivered_24h"],
            failed_24h=row["failed_24h"],
        ),
        created_at=row["created_at"],
    )


def delivery_of(row: asyncpg.Record) -> WebhookDelivery:
    """Make a delivery from its row."""
    return WebhookDelivery(
        id=ids.encode(DELIVERY_PREFIX, row["id"]),
        event_id=ids.encode("evt", row["event_id"]),
        type=row["type"] or "",
        message_id=ids.encode("msg", row["message_id"]) if row["message_id"] else None,
        status=row["status"],
        given_up=row["given_up"],
        attempts=row["attempts"],
        attempted_at=row["attempted_at"],
        next_attempt_at=row["next_attempt_at"],
        response_status=row["response_status"],
        response_excerpt=row["response_excerpt"],
        response_ms=row["response_ms"],
    )


def replay_of(row: asyncpg.Record) -> WebhookReplay:
    """Make a replay from its row."""
    fields = dict(row) | {"id": ids.encode(REPLAY_PREFIX, row["id"]), "types": tuple(row["types"])}
    return msgspec.convert(fields, WebhookReplay)
