"""The Fleetpost API for Python programs: `Client(url, key).send_message(types.NewMessage(…))`."""

from fleetpost_client import errors, types
from fleetpost_client.client import AsyncClient, Client
from fleetpost_client.errors import Failed, Forged, Refused, Unreachable, Unreadable
from fleetpost_client.limits import RateLimit
from fleetpost_client.paging import AsyncPages, Pages
from fleetpost_client.retrying import NEVER, Retrying
from fleetpost_client.version import VERSION
from fleetpost_client.webhooks import Webhook, WebhookEvent

__all__ = [
    "NEVER",
    "VERSION",
    "AsyncClient",
    "AsyncPages",
    "Client",
    "Failed",
    "Forged",
    "Pages",
    "RateLimit",
    "Refused",
    "Retrying",
    "Unreachable",
    "Unreadable",
    "Webhook",
    "WebhookEvent",
    "errors",
    "types",
]
