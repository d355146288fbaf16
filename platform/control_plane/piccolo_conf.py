"""Piccolo's configuration: the engine of the application role and the features' migrations, in dependency order."""

import os

from piccolo.conf.apps import AppRegistry

from control_plane.core.engine import Engine

DB = Engine(os.environ.get("DATABASE_URL", ""))

FEATURES = (
    "tenants",
    "accounts",
    "audit",
    "plans",
    "nodes",
    "ip_pools",
    "mail_domains",
    "domain_sites",
    "dns_zone",
    "dns_publishing",
    "certificates",
    "inbound",
    "reports",
    "mailboxes",
    "quotas",
    "blobs",
    "templates",
    "messages",
    "deliveries",
    "bounces",
    "analytics",
    "agencies",
    "webhooks",
    "inbound_routes",
    "suppressions",
    "notices",
    "shaping",
    "warmup",
    "relays",
    "reputation",
    "rollouts",
    "moves",
    "sandbox",
    "enforcement",
)

APP_REGISTRY = AppRegistry(
    apps=["control_plane.core.piccolo_app", *(f"control_plane.{feature}.piccolo_app" for feature in FEATURES)]
)
