"""A message's story for people: each event as a step with a title, a sentence, its facts and why it went this way."""

import re
from datetime import datetime

import msgspec

from control_plane.messages.schemas import Message, MessageEvent, RecipientTimeline, Route
from web import charts


class Fact(msgspec.Struct, frozen=True):
    """One detail of a step; `copy` gives it a button."""

    name: str
    value: str
    copy: bool = False


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the timeline shows it."""

    id: str
    icon: str
    tone: str
    title: str
    sentence: str
    at: datetime
    since: str = ""
    reply: str | None = None
    facts: tuple[Fact, ...] = ()
    delays: tuple[charts.Part, ...] = ()
    route: str = ""


class RecipientStory(msgspec.Struct, frozen=True, kw_only=True):
    """One recipient and what happened to their copy, newest first."""

    delivery_id: str
    email: str
    status: str
    steps: tuple[Step, ...]
    took: str = ""
    """From acceptance to delivery."""


class _Kind(msgspec.Struct, frozen=True):
    icon: str
    tone: str
    title: str
    sentence: str
    """`{host}` is the other server, `{tls}` says how the connection was protected."""


_KINDS = {
    "message.accepted": _Kind("check", "quiet", "Accepted", "We have it and answer for it from here on."),
    "message.held": _Kind("clock", "warning", "Held", "It waits until a limit’s window turns; nothing need be done."),
    "message.scheduled": _Kind("clock", "info", "Scheduled", "It leaves at the time that was asked for."),
    "message.cancelled": _Kind("ban", "quiet", "Cancelled", "It was called back before it left."),
    "message.queued": _Kind("server", "info", "Queued", "A sending node has it and delivers it now."),
    "message.deferred": _Kind(
        "hourglass", "warning", "Deferred", "{host} asked to try again later. The next attempt comes by itself."
    ),
    "message.delivered": _Kind("circle-check", "success", "Delivered", "{host} took it{tls}."),
    "message.bounced": _Kind("circle-x", "error", "Bounced", "{host} refused it for good, so it is not tried again."),
    "message.complained": _Kind("octagon-alert", "error", "Marked as spam", "The recipient reported it as spam."),
    "message.suppressed": _Kind("ban", "quiet", "Suppressed", "Not sent: the address is on the suppression list."),
    "message.failed": _Kind("circle-x", "error", "Failed", "It could not be sent; the answer below says why."),
}
_HOST = re.compile(r"^[^\[\s]+")


def story_of(message: Message) -> tuple[RecipientStory, ...]:
    """Tell the story of each recipient."""
    return tuple(_recipient(recipient, message.created_at) for recipient in message.recipients)


def _recipient(recipient: RecipientTimeline, accepted_at: datetime) -> RecipientStory:
    delivered = [event for event in recipient.events if event.type == "message.delivered"]
    return RecipientStory(
        delivery_id=recipient.delivery_id,
        email=recipient.email,
        status=recipient.status,
        steps=tuple(step(event, accepted_at) for event in reversed(recipient.events)),
        took=charts.duration((delivered[0].at - accepted_at).total_seconds()) if delivered else "",
    )


def step(event: MessageEvent, accepted_at: datetime) -> Step:
    """Make an event's step."""
    kind = _KINDS.get(event.type) or _Kind("info", "quiet", event.type.rpartition(".")[2].capitalize(), "")
    passed = (event.at - accepted_at).total_seconds()
    return Step(
        id=event.id,
        icon=kind.icon,
        tone=kind.tone,
        title=kind.title,
        sentence=kind.sentence.format(host=_host(event.relay), tls=f" over {event.tls}" if event.tls else ""),
        at=event.at,
        since=f"after {charts.duration(passed)}" if passed >= 0.001 else "",
        reply=event.reply,
        facts=_facts(event),
        delays=_delays(event),
        route=_route(event.route) if event.route else "",
    )


def _host(relay: str | None) -> str:
    found = _HOST.match(relay or "")
    return found[0] if found and found[0] != "none" else "The other server"


def _facts(event: MessageEvent) -> tuple[Fact, ...]:
    facts = (
        ("Relay", event.relay, False),
        ("Sent from", event.source_ip, False),
        ("Queue ID", event.queue_id, True),
        ("DSN", event.dsn, False),
        ("TLS", event.tls, False),
        ("Attempt", str(event.attempt) if event.attempt else None, False),
    )
    return tuple(Fact(name, value, copy) for name, value, copy in facts if value)


def _delays(event: MessageEvent) -> tuple[charts.Part, ...]:
    if event.delays is None:
        return ()
    return charts.shares(
        (
            ("Before the queue", event.delays.before_queue_s),
            ("In the queue", event.delays.in_queue_s),
            ("Connecting", event.delays.connect_s),
            ("Transmitting", event.delays.transmit_s),
        )
    )


def _route(route: Route) -> str:
    provider = "an ordinary server" if route.provider in (None, "generic") else f"the provider {route.provider}"
    rule = f"by the rule “{route.rule}”" if route.rule else "with no special rule"
    warmup = f", at warm-up step {route.warmup_step}" if route.warmup_step is not None else ""
    way = f"the recipient’s domain is on {provider}, routed {rule}{warmup}; configuration {route.generation}"
    return f"Why this way: {way}."
