"""An account of very many messages: what the other server wrote down against what the platform says. Pure counting."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from e2e.lab.fates import Call, Said

_TAKEN, _REFUSED = 250, 550


class Stored(msgspec.Struct, frozen=True):
    """An event as the database has it; the kind is its type without `message.`."""

    kind: str
    recipient: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of it, from everybody who knows something."""

    people: Sequence[str]
    """Whom it was sent to, a message each."""
    said: Sequence[Said]
    """By the other server."""
    states: Sequence[tuple[str, str]]
    """Recipients and states, by the API."""
    stored: Mapping[str, Stored]
    """By events' ids."""
    called: Sequence[Call]
    """What the webhook was told, in order."""
    read: Sequence[str]
    """Ids of events that the cursor gave, in order; some may be about other messages."""
    seconds: float
    """From the first request to the other server's last word."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What became of them."""

    messages: int
    delivered: int
    bounced: int
    complained: int
    deferrals: int
    lost: int
    """The other server never had its last word on them."""
    duplicated: int
    states_differing: int
    """The API's state is not the one that follows from the other server's log."""
    stories_differing: int
    """An event is missing from the timeline, or there twice."""
    events: int
    webhook_missing: int
    webhook_repeated: int
    """May happen: told at least once is what is promised."""
    webhook_unsigned: int
    cursor_missing: int
    cursor_repeated: int
    seconds: float
    messages_per_s: float

    @property
    def amiss(self) -> int:
        """Add up what should be nought."""
        mail = self.lost + self.duplicated + self.states_differing + self.stories_differing
        told = self.webhook_missing + self.webhook_unsigned + self.cursor_missing + self.cursor_repeated
        return mail + told


class Fact(msgspec.Struct, frozen=True):
    """What became of one mail, by the other server's log alone."""

    state: str | None
    """The one that the API should give; None: it never had its last word."""
    copies: int
    deferrals: int
    story: frozenset[str]
    """Kinds of events that there should be, once each; but a deferral is told of as often as it happened."""


_NOTHING: Final = Fact(None, 0, 0, frozenset())


def take_stock(evidence: Evidence) -> Account:
    """Compare all with all."""
    facts = facts_of(evidence.said)
    known = [facts.get(person, _NOTHING) for person in evidence.people]
    states, read = Counter(state for _, state in evidence.states), Counter(evidence.read)
    called = Counter(call.id for call in evidence.called)
    should = Counter((person, fact.state or "") for person, fact in zip(evidence.people, known, strict=True))
    return Account(
        messages=len(evidence.people),
        delivered=states["delivered"],
        bounced=states["bounced"],
        complained=states["complained"],
        deferrals=sum(fact.deferrals for fact in known),
        lost=sum(fact.state is None for fact in known),
        duplicated=sum(max(fact.copies - 1, 0) for fact in known),
        states_differing=(should - Counter(evidence.states)).total() + (Counter(evidence.states) - should).total(),
        stories_differing=_stories_differing(evidence, facts),
        events=len(evidence.stored),
        webhook_missing=len(evidence.stored.keys() - called.keys()),
        webhook_repeated=called.total() - len(called),
        webhook_unsigned=sum(not call.signed for call in evidence.called),
        cursor_missing=len(evidence.stored.keys() - read.keys()),
        cursor_repeated=sum(number - 1 for number in read.values()),
        seconds=round(evidence.seconds, 1),
        messages_per_s=round(len(evidence.people) / evidence.seconds, 1),
    )


def facts_of(said: Iterable[Said]) -> dict[str, Fact]:
    """Read the other server's log."""
    by_recipient: dict[str, list[Said]] = {}
    for each in said:
        by_recipient.setdefault(each.recipient, []).append(each)
    return {recipient: _fact(lines) for recipient, lines in by_recipient.items()}


def _fact(lines: Sequence[Said]) -> Fact:
    answered = [each.code for each in lines if each.sent_back is None]
    back = {each.sent_back for each in lines if each.sent_back and each.code == _TAKEN}
    story, state = {"accepted", "queued"}, None
    if _TAKEN in answered:
        story.add("delivered")
        state = "delivered"
    if _REFUSED in answered or "bounce" in back:
        story.add("bounced")
        state = "bounced"
    if "complaint" in back:
        story.add("complained")
        state = "complained"
    return Fact(state, answered.count(_TAKEN), sum(400 <= code < 500 for code in answered), frozenset(story))


def _stories_differing(evidence: Evidence, facts: Mapping[str, Fact]) -> int:
    told: dict[str, Counter[str]] = {}
    for event in evidence.stored.values():
        told.setdefault(event.recipient, Counter())[event.kind] += 1
    should = {person: _story(facts.get(person, _NOTHING)) for person in evidence.people}
    return sum(told.get(person, Counter()) != story for person, story in should.items())


def _story(fact: Fact) -> Counter[str]:
    return Counter(fact.story) + Counter({"deferred": fact.deferrals})
