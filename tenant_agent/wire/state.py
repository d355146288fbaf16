"""Desired state as it crosses the link: changes of items, a node's word on what it could not take, digests."""

import msgspec

from tenant_agent.wire.items import (
    CertificateItem,
    ChallengeItem,
    DaemonsItem,
    DkimItem,
    DomainItem,
    HomeItem,
    InboundItem,
    IntakeItem,
    MailboxItem,
    MoveItem,
    NodeItem,
    PeersItem,
)
from tenant_agent.wire.sending import QuotaItem, RelayItem, ShapingItem, WarmupItem
from tenant_agent.wire.submissions import SmtpKeyItem

Item = (
    NodeItem
    | DomainItem
    | DkimItem
    | MailboxItem
    | HomeItem
    | CertificateItem
    | ChallengeItem
    | IntakeItem
    | InboundItem
    | PeersItem
    | MoveItem
    | DaemonsItem
    | ShapingItem
    | WarmupItem
    | RelayItem
    | QuotaItem
    | SmtpKeyItem
)
ITEM_TYPES: dict[str, type[Item]] = {
    "node": NodeItem,
    "domain": DomainItem,
    "dkim": DkimItem,
    "mailbox": MailboxItem,
    "home": HomeItem,
    "certificate": CertificateItem,
    "challenge": ChallengeItem,
    "intake": IntakeItem,
    "inbound": InboundItem,
    "peers": PeersItem,
    "move": MoveItem,
    "daemons": DaemonsItem,
    "shaping": ShapingItem,
    "warmup": WarmupItem,
    "relay": RelayItem,
    "quota": QuotaItem,
    "smtp_key": SmtpKeyItem,
}
"""The struct of each kind of item."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One item set or, without payload, deleted."""

    kind: str
    key: str
    tenant_id: str | None
    payload: bytes | None
    """msgpack of the struct that `ITEM_TYPES` has for the kind; an unknown kind is kept and passed over."""


class Quarantined(msgspec.Struct, frozen=True, kw_only=True):
    """An item that the node refused to project, so that the others could go on."""

    kind: str
    key: str
    tenant_id: str | None
    reason: str
