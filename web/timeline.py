"""A message's story for people: each event as a step with a title, a sentence, its facts and why it went this way."""

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from control_plane.core.languages import mark
from control_plane.deliveries.schemas import Wait
from control_plane.messages.schemas import Message, MessageEvent, RecipientTimeline, Route
from web import bounce_words, charts, formats
from web.i18n import gettext, ngettext


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
    sandbox: bool
    steps: tuple[Step, ...]
    took: str = ""
    """From acceptance to delivery."""


class _Kind(msgspec.Struct, frozen=True):
    icon: str
    tone: str
    title: str
    sentence: str
    """`%(host)s` is the other server, `%(tls)s` says how the connection was protected."""
    because: str = ""
    """Said instead where `%(reason)s` is known."""


_KINDS = {
    "message.accepted": _Kind("check", "quiet", mark("Accepted"), mark("We have it and answer for it from here on.")),
    "message.held": _Kind(
        "clock",
        "warning",
        mark("Held"),
        mark("It waits for room within a limit, or for the account to be resumed; then it goes by itself."),
    ),
    "message.scheduled": _Kind("clock", "info", mark("Scheduled"), mark("It leaves at the time that was asked for.")),
    "message.cancelled": _Kind("ban", "quiet", mark("Cancelled"), mark("It was called back before it left.")),
    "message.queued": _Kind("server", "info", mark("Queued"), mark("A sending node has it and delivers it now.")),
    "message.deferred": _Kind(
        "hourglass",
        "warning",
        mark("Deferred"),
        mark("%(host)s asked to try again later."),
        mark("%(host)s put it off: %(reason)s."),
    ),
    "message.delivered": _Kind("circle-check", "success", mark("Delivered"), mark("%(host)s took it%(tls)s.")),
    "message.bounced": _Kind(
        "circle-x",
        "error",
        mark("Bounced"),
        mark("%(host)s refused it for good, so it is not tried again."),
        mark("%(host)s refused it for good: %(reason)s. It is not tried again."),
    ),
    "message.complained": _Kind(
        "octagon-alert", "error", mark("Marked as spam"), mark("The recipient reported it as spam.")
    ),
    "message.suppressed": _Kind(
        "ban", "quiet", mark("Suppressed"), mark("Not sent: the address is on the suppression list.")
    ),
    "message.failed": _Kind(
        "circle-x",
        "error",
        mark("Failed"),
        mark("It could not be sent; the answer below says why."),
        mark("It could not be sent: %(reason)s. It is not tried again."),
    ),
}
_SHORTEST_PAUSE, _LONGEST_PAUSE = 300, 4000
"""Postfix tries again after as long as a mail has waited, within these seconds (postconf(5), *_backoff_time)."""
_HOST = re.compile(r"^[^\[\s]+")


def story_of(message: Message, waits: Mapping[str, Wait] | None = None) -> tuple[RecipientStory, ...]:
    """Tell the story of each recipient; `waits` say why some of them still wait."""
    waiting, at = waits or {}, message.created_at
    return tuple(_recipient(each, at, waiting.get(each.delivery_id)) for each in message.recipients)


def _recipient(recipient: RecipientTimeline, accepted_at: datetime, wait: Wait | None) -> RecipientStory:
    delivered = [event for event in recipient.events if event.type == "message.delivered"]
    return RecipientStory(
        delivery_id=recipient.delivery_id,
        email=recipient.email,
        status=recipient.status,
        sandbox=recipient.sandbox,
        steps=(
            *(() if wait is None else (_waits(wait, recipient.delivery_id),)),
            *_steps(recipient, accepted_at),
        ),
        took=charts.duration((delivered[0].at - accepted_at).total_seconds()) if delivered else "",
    )


def _steps(recipient: RecipientTimeline, accepted_at: datetime) -> list[Step]:
    """Give a step for each event that is told, and one for all that are left out in their middle."""
    steps = [step(event, accepted_at) for event in reversed(recipient.events)]
    if recipient.events_left_out:
        middle = len(steps) // 2
        steps.insert(middle, _left_out(recipient, steps[middle].at))
    return steps


def _left_out(recipient: RecipientTimeline, at: datetime) -> Step:
    count = recipient.events_left_out
    sentence = ngettext(
        "%(num)s more event is not shown here: programs read it at /v1/events for 30 days.",
        "%(num)s more events are not shown here: programs read them at /v1/events for 30 days.",
        count,
    )
    return Step(
        id=f"more_{recipient.delivery_id}",
        icon="info",
        tone="quiet",
        title=gettext("Left out"),
        sentence=sentence % {"num": count},
        at=at,
    )


def _waits(wait: Wait, delivery_id: str) -> Step:
    """Say why it waits, and what comes next."""
    if wait.no_way_out:
        sentence = gettext("No sending address is ready for it just now. It leaves by itself as soon as one is.")
    else:
        sentence = gettext("A sending node could not send it now: %(reason)s. Another one does, or the same one later.")
    return Step(
        id=f"wait_{delivery_id}",
        icon="hourglass",
        tone="warning",
        title=gettext("Waits"),
        sentence=sentence % {"reason": wait.reason},
        at=wait.since,
    )


def step(event: MessageEvent, accepted_at: datetime) -> Step:
    """Make an event's step."""
    kind = _KINDS.get(event.type) or _Kind("info", "quiet", event.type.rpartition(".")[2].capitalize(), "")
    passed = (event.at - accepted_at).total_seconds()
    return Step(
        id=event.id,
        icon=kind.icon,
        tone=kind.tone,
        title=gettext(kind.title),
        sentence=_sentence(kind, event, accepted_at),
        at=event.at,
        since=gettext("after %(time)s") % {"time": charts.duration(passed)} if passed >= 0.001 else "",
        reply=event.reply,
        facts=_facts(event),
        delays=_delays(event),
        route=_route(event.route) if event.route else "",
    )


def _sentence(kind: _Kind, event: MessageEvent, accepted_at: datetime) -> str:
    """Say what happened, why, and what comes next."""
    reason = bounce_words.reason(event.bounce_class)
    known = {"host": _host(event.relay), "tls": _protection(event.tls), "reason": reason}
    said = gettext(kind.because if reason and kind.because else kind.sentence) % known
    return f"{said} {_next(event, accepted_at)}".strip()


def _next(event: MessageEvent, accepted_at: datetime) -> str:
    """Say when something happens by itself."""
    if event.type == "message.scheduled" and event.send_at:
        return gettext("That is %(moment)s UTC.") % {"moment": formats.day(event.send_at)}
    if event.type != "message.deferred":
        return ""
    if event.sandbox or not event.queue_id:
        return gettext("The next attempt comes by itself.")
    seconds = min(max((event.at - accepted_at).total_seconds(), _SHORTEST_PAUSE), _LONGEST_PAUSE)
    return gettext("The next attempt comes by itself, about %(time)s later.") % {"time": charts.duration(seconds)}


def _host(relay: str | None) -> str:
    found = _HOST.match(relay or "")
    return found[0] if found and found[0] != "none" else gettext("The other server")


def _protection(tls: str | None) -> str:
    return gettext(" over %(tls)s") % {"tls": tls} if tls else ""


def _facts(event: MessageEvent) -> tuple[Fact, ...]:
    facts = (
        (gettext("Relay"), event.relay, False),
        (gettext("Sent from"), event.source_ip, False),
        (gettext("Queue ID"), event.queue_id, True),
        ("DSN", event.dsn, False),
        ("TLS", event.tls, False),
        (gettext("Attempt"), str(event.attempt) if event.attempt else None, False),
    )
    return tuple(Fact(name, value, copy) for name, value, copy in facts if value)


def _delays(event: MessageEvent) -> tuple[charts.Part, ...]:
    if event.delays is None:
        return ()
    return charts.shares(
        (
            (gettext("Before the queue"), event.delays.before_queue_s),
            (gettext("In the queue"), event.delays.in_queue_s),
            (gettext("Connecting"), event.delays.connect_s),
            (gettext("Transmitting"), event.delays.transmit_s),
        )
    )


def _route(route: Route) -> str:
    """Say why a message went its way, in one sentence."""
    known = route.provider not in (None, "generic")
    parts = [
        gettext("the recipient’s domain is on the provider %(name)s") % {"name": route.provider}
        if known
        else gettext("the recipient’s domain is on an ordinary server"),
        gettext("routed by the rule “%(rule)s”") % {"rule": route.rule}
        if route.rule
        else gettext("routed with no special rule"),
    ]
    if route.warmup_step is not None:
        parts.append(gettext("at warm-up step %(step)s") % {"step": route.warmup_step})
    parts.append(gettext("by configuration %(number)s") % {"number": route.generation})
    return gettext("Why this way: %(reasons)s.") % {"reasons": ", ".join(parts)}
