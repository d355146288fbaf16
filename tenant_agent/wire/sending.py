"""How mail leaves: providers' limits, answers that change them, warm-up, relays, and what may be submitted.

A provider class is named by `ProviderClass.name`; `generic` is every other provider.
"""

from typing import Literal

import msgspec

GENERIC = "generic"


class ProviderClass(msgspec.Struct, frozen=True, kw_only=True):
    """Destinations that belong together, known by where their MX points, and what each sending address may do there."""

    name: str
    """Lower-case letters, digits and hyphens, at most 20: it becomes part of a Postfix transport's name."""
    mx_suffixes: tuple[str, ...] = ()
    """As in `.google.com`; with a leading dot anything below, without it that very host."""
    domains: tuple[str, ...] = ()
    """Recipient domains that belong to it whatever their MX."""
    connections: int = 10
    """At once, from one address to all of the class."""
    messages_per_connection: int = 100
    per_minute: float | None = None
    """Messages from one address to all of the class; None: as many as it takes."""
    tls: Literal["may", "encrypt"] = "may"


class ReplyRule(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of reply leads to. It holds for the sending address that got the reply, and the provider's class."""

    name: str
    provider: str = ""
    """A class; empty: whatever gives this reply."""
    pattern: str
    """A regular expression that is searched for in DSN and reply, as in `4.7.0 [TS04] …`; case does not matter."""
    threshold: int = 1
    within_seconds: int = 3600
    action: Literal["slow", "suspend", "bounce"]
    """`slow` to `per_minute` and `connections`; `suspend`: send nothing that way; `bounce`: give up this delivery."""
    per_minute: float | None = None
    connections: int | None = None
    for_seconds: int = 1800


class ShapingItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `shaping`, key `self`: all classes, of which one is `generic`, and all rules in the order they are tried."""

    release: str
    """What was rolled out: `rol_…`, or `default`."""
    classes: tuple[ProviderClass, ...]
    rules: tuple[ReplyRule, ...] = ()


class Cap(msgspec.Struct, frozen=True, array_like=True):
    """How many messages may leave."""

    per_day: int
    per_hour: int


class WarmupItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `warmup`, key the address's id: what an address that is being warmed up may send. Days and hours are UTC's.

    It holds until another one comes: a node that is cut off goes on with it, day after day.
    """

    ip_id: str
    address: str
    step: int
    """Counted from 1; where a class is at another one, `steps` says so."""
    caps: dict[str, Cap]
    """By provider class, each counted apart; `generic` also holds for every class that is not named."""
    steps: dict[str, int] = {}


class RelayItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `relay`, key its id: a server of somebody else's that mail can leave by, and for which mail it is."""

    relay_id: str
    tenant_id: str | None
    """None: the operator's, for everybody's mail."""
    kind: str
    host: str
    port: int
    tls: Literal["starttls", "implicit"]
    """Certificates are always verified."""
    username: str
    password: str
    mode: Literal["always", "fallback"]
    """`fallback`: when no address of our own can take the mail now."""
    weight: int = 1
    domains: tuple[str, ...] = ()
    """From domains that it is for; empty: all."""
    streams: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    """Recipient domains, or `class:<name>`; empty: all."""
    always_for: tuple[str, ...] = ()
    """From domains that were switched to it: all their mail leaves by it, whatever the rest says."""
    probe: str = ""
    """When it changes, the node tries to log in there once, and says in `Heartbeat.relay_probes` how that went."""


UNLIMITED = -1
"""Granted without end."""


class QuotaItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `quota`, key the tenant's id: what the tenant may submit by SMTP on this node, paid for in advance.

    Counted by recipients. What the node used of it comes back in `Heartbeat.quota_used`, and more is granted in time.
    """

    tenant_id: str
    window: str
    """What it is for, as in `2026-11-22T07`, `2026-11-22` or `2026-11`; a new window's count begins at 0."""
    ends_at_ms: int
    granted: int
    """`UNLIMITED`, or how many in this window."""
    next_window: str | None = None
    """What may be used when the window has ended and the control plane is away."""
    next_granted: int = 0
    next_ends_at_ms: int = 0
    is_all: bool = False
    """There is no more to be granted in this window: the limit is reached."""
    message_bytes: int | None = None
    """So large a mail of a program may be, as it is written; None: as any may be."""
