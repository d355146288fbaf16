"""What bounces are to others."""

from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.bounces.classify import About, BounceClass


class Bounced(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that another server refused for good."""

    tenant_id: UUID
    message_id: UUID
    delivery_id: UUID
    recipient: str
    bounce_class: BounceClass
    reply: str
    at: datetime


class ClassCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many mails bounced for one reason, of one stream at one class of providers."""

    bounce_class: BounceClass
    about: About
    stream: str
    provider: str
    bounces: int
