"""What a search asks for, gathered from the parameters of a list and from the one box in which all can be written."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import msgspec

from control_plane.core import ids
from control_plane.core.errors import FieldError, Invalid
from control_plane.deliveries.schemas import Status
from control_plane.ip_pools.schemas import Stream
from control_plane.messages.addresses import BadAddress, domain_of, normalise
from control_plane.messages.schemas import Filters
from control_plane.messages.search import terms
from control_plane.messages.search.queue_ids import queued_at
from control_plane.messages.search.terms import Term
from control_plane.messages.search.words import words_of

_OUR_MESSAGE_ID = re.compile(r"<?(msg_[0-9a-v]{26})(?:@[^@\s<>]*)?>?")
_AGO = re.compile(r"(\d{1,4})([hdw])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_LONGEST_TEXT = 500
_MOST_ANYWHERE = 2
"""Each of these is looked for twice: among senders and among recipients."""


class Misunderstood(ValueError):
    """What was written for one operator means nothing; the message says what would."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a message must be like; what is not set does not matter."""

    terms: frozenset[Term] = frozenset()
    anywhere: tuple[str, ...] = ()
    """Addresses, or halves of them, of the sender or of a recipient."""
    status: Status | None = None
    replies: tuple[str, ...] = ()
    """What another server said when it refused a mail or put it off."""
    message_ids: frozenset[UUID] | None = None
    delivery_ids: frozenset[UUID] = frozenset()
    queue_ids: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_search(self) -> bool:
        """Say whether anything but a time is asked for."""
        return msgspec.structs.replace(self, since=None, until=None) != Asked()

    @property
    def alternatives(self) -> tuple[frozenset[Term], ...]:
        """Give the sets of terms of which a message must have one whole."""
        found = [self.terms]
        for text in self.anywhere:
            found = [each | {terms.address(side, text)} for side in "tf" for each in found]
        return tuple(found)


class Asking:
    """Gathers what is asked for; every method raises `Misunderstood`."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._terms: set[Term] = set()
        self._anywhere: dict[str, None] = {}
        self._replies: list[str] = []
        self._message_ids: frozenset[UUID] | None = None
        self._delivery_ids: set[UUID] = set()
        self._queue_ids: set[str] = set()
        self._status: Status | None = None
        self._since: datetime | None = None
        self._until: datetime | None = None

    def asked(self) -> Asked:
        """Give all of it."""
        return Asked(
            terms=frozenset(self._terms),
            anywhere=tuple(self._anywhere),
            status=self._status,
            replies=tuple(self._replies),
            message_ids=self._message_ids,
            delivery_ids=frozenset(self._delivery_ids),
            queue_ids=frozenset(self._queue_ids),
            since=self._since,
            until=self._until,
        )

    def sender(self, text: str) -> None:
        """Ask for a sender: a whole address, `ann@` or `@acme.test`."""
        self._terms.add(terms.address("f", some_address(text)))

    def recipient(self, text: str) -> None:
        """Ask for a recipient, likewise."""
        self._terms.add(terms.address("t", some_address(text)))

    def words(self, text: str) -> None:
        """Ask for words of the subject, if there are any in the text."""
        self._terms.update(map(terms.word, words_of(text)))

    def anybody(self, text: str) -> None:
        """Ask for a sender or recipient, likewise."""
        self._anywhere[some_address(text)] = None
        if len(self._anywhere) > _MOST_ANYWHERE:
            raise Misunderstood("Say of all but two addresses whether they are “from:” or “to:”.")

    def subject(self, text: str) -> None:
        """Ask for words of the subject: all of them, in any order."""
        found = words_of(text)
        if not found:
            raise Misunderstood(f"“{text}” has neither letters nor digits to look for.")
        self._terms.update(map(terms.word, found))

    def tag(self, text: str) -> None:
        """Ask for a tag, written as it was given."""
        self._terms.add(terms.tag(text))

    def stream(self, text: str) -> None:
        """Ask for a stream."""
        self._terms.add(terms.stream(_one_of(get_args(Stream), text)))

    def metadata(self, text: str) -> None:
        """Ask for an entry of the metadata, as `order:1` or `order=1`."""
        name, separator, value = re.split("([:=])", text, maxsplit=1) if re.search("[:=]", text) else (text, "", "")
        if not (name and separator):
            raise Misunderstood("Write a name and its value, as in “metadata:order=1”.")
        self._terms.add(terms.metadata(name, value))

    def status(self, text: str) -> None:
        """Ask for a recipient in a state."""
        wanted: Status = msgspec.convert(_one_of(get_args(Status), text), Status)
        if self._status not in (None, wanted):
            raise Misunderstood("Ask for one status at a time.")
        self._status = wanted

    def sandbox(self, text: str) -> None:
        """Ask for what goes nowhere."""
        _one_of(("only",), text)
        self._terms.add(terms.SANDBOX)

    def reply(self, text: str) -> None:
        """Ask for what another server said."""
        if not words_of(text):
            raise Misunderstood(f"“{text}” has neither letters nor digits to look for.")
        self._replies.append(text)

    def since(self, text: str) -> None:
        """Ask for what was accepted at a moment or later: `2026-11-22`, a moment with its offset, or `7d` ago."""
        self.not_before(self._moment(text))

    def until(self, text: str) -> None:
        """Ask for what was accepted before a moment."""
        self.not_after(self._moment(text))

    def not_before(self, moment: datetime) -> None:
        """Ask for what was accepted at a moment or later."""
        self._since = max(_with_offset(moment), self._since or _with_offset(moment))

    def not_after(self, moment: datetime) -> None:
        """Ask for what was accepted before a moment."""
        self._until = min(_with_offset(moment), self._until or _with_offset(moment))

    def identified(self, text: str) -> None:
        """Ask for a message by any id: ours or its delivery's, its Message-ID, or the queue id at a node."""
        if not self.by_id(text):
            self._terms.add(terms.header_id(text))

    def by_id(self, text: str) -> bool:
        """Ask for a message by an id whose form is known; says whether it is one."""
        ours = _OUR_MESSAGE_ID.fullmatch(text)
        try:
            if ours:
                self._only(ids.decode("msg", ours[1]))
            elif text.startswith("dlv_"):
                self._delivery_ids.add(ids.decode("dlv", text))
            elif queued_at(text):
                self._queue_ids.add(text)
            else:
                return False
        except ids.MalformedId:
            return False
        return True

    def _only(self, message_id: UUID) -> None:
        wanted = frozenset({message_id})
        self._message_ids = wanted if self._message_ids is None else self._message_ids & wanted

    def _moment(self, text: str) -> datetime:
        ago = _AGO.fullmatch(text)
        if ago:
            return self._now - int(ago[1]) * _UNITS[ago[2]]
        try:
            return _with_offset(datetime.fromisoformat(text))
        except ValueError as error:
            message = f"“{text}” is no moment: write a day such as 2026-11-22, a moment with its offset, or 7d for ago."
            raise Misunderstood(message) from error


def some_address(text: str) -> str:
    """Give an address in its one form, or half of one: `@acme.test`, also without its @, or `ann@`."""
    wanted = text.strip().strip("<>").lower()
    local, at, domain = wanted.rpartition("@")
    if not at:
        local, domain = ("", wanted) if "." in wanted else (wanted, "")
    if local and not domain:
        return f"{local}@"
    try:
        whole = normalise(f"{local or 'x'}@{domain}")
    except BadAddress as error:
        raise Misunderstood(f"“{text}” is no address: write ann@acme.test, @acme.test or ann@.") from error
    return whole.lower() if local else f"@{domain_of(whole)}"


def of_filters(filters: Filters, asking: Asking) -> None:
    """Ask for what a list's parameters say; raises `Invalid` at the parameter."""
    ways: Mapping[str, tuple[object, Callable[[str], None]]] = {
        "recipient": (filters.recipient, asking.recipient),
        "from": (filters.sender, asking.sender),
        "subject": (filters.subject, asking.subject),
        "status": (filters.status, asking.status),
        "tag": (filters.tag, asking.tag),
        "stream": (filters.stream, asking.stream),
        "metadata": (filters.metadata, asking.metadata),
        "sandbox": (filters.sandbox, asking.sandbox),
        "reply": (filters.reply, asking.reply),
    }
    for name, (value, ask) in ways.items():
        if value is not None:
            ask_at(name, ask, str(value))
    if filters.since is not None:
        asking.not_before(filters.since)
    if filters.until is not None:
        asking.not_after(filters.until)


def ask_at(path: str, ask: Callable[[str], None], text: str) -> None:
    """Ask for something; raises `Invalid` at a path where it means nothing."""
    if len(text) > _LONGEST_TEXT or "\0" in text:
        raise Invalid(errors=(FieldError(path, f"At most {_LONGEST_TEXT} characters, and no NUL."),))
    try:
        ask(text)
    except Misunderstood as error:
        raise Invalid(errors=(FieldError(path, str(error)),)) from error


def _one_of(known: tuple[str, ...], text: str) -> str:
    if text.lower() not in known:
        raise Misunderstood(f"“{text}” is none of: {', '.join(known)}.")
    return text.lower()


def _with_offset(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
