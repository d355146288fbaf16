"""A message's story for people: each event as a step with a title, a sentence, its facts and why it went this way."""

from datetime import datetime

import msgspec

from web import charts


class Fact(msgspec.Struct, frozen=True):
    """One detail of a step."""

    name: str
    value: str
    mono: bool = True
    copy: bool = False


class Step(msgspec.Struct, frozen=True):
    """One event as the timeline shows it."""

    id: str
    type: str
    icon: str
    tone: str
    title: str
    sentence: str
    at: datetime
    since: str = ""
    reply: str | None = None
    facts: tuple[Fact, ...] = ()
    delays: tuple[charts.Part, ...] = ()
    delays_total: str = ""
    route: str = ""


class Recipient(msgspec.Struct, frozen=True):
    """One recipient and what happened to their copy."""

    delivery_id: str
    email: str
    name: str
    status: str
    steps: tuple[Step, ...]
    took: str = ""
