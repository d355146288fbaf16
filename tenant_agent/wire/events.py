"""What happened to a delivery on a node."""

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened to a delivery on the node."""

    id: str
    """26 characters, shaped like a UUIDv7 and made from what happened, so that a repeat has the same id."""
    type: str
    at_ms: int
    tenant_id: str
    message_id: str
    delivery_id: str
    recipient: str
    attempt: int = 0
    queue_id: str | None = None
    source_ip: str | None = None
    relay: str | None = None
    dsn: str | None = None
    reply: str | None = None
    tls: str | None = None
    delays: "Delays | None" = None
    route: "Route | None" = None


class Delays(msgspec.Struct, frozen=True, kw_only=True):
    """Postfix's `delays=a/b/c/d`, in seconds."""

    before_queue_s: float
    in_queue_s: float
    connect_s: float
    transmit_s: float


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Why the attempt went the way it went."""

    pool_id: str | None = None
    provider: str = "generic"
    rule: str | None = None
    warmup_step: int | None = None
    generation: int = 0
    ip_id: str | None = None
    relay_id: str | None = None
    why: str = ""
    """One clause for people, as in `the pool's warm address, since 10.77.1.11 has sent its 300 of today`."""
