"""How the outside world answers to a recipient: its local part says which provider's mood to play."""

import asyncio
from dataclasses import dataclass

from e2e.lab.outside.afterwards import Afterwards

_SLOW_SECONDS = 3.0


@dataclass(frozen=True)
class Answer:
    """A reply to RCPT TO; None accepts. `delay_seconds` is taken at the end of the data."""

    reply: str | None = None
    delay_seconds: float = 0.0
    afterwards: Afterwards | None = None
    """What is sent back once the mail was accepted."""


_ACCEPT = Answer()
_GREYLISTED = Answer("451 4.7.1 Greylisted, please try again later")
_TLS_REQUIRED = Answer("530 5.7.0 Must issue a STARTTLS command first")
_ANSWERS = {
    "ratelimit": Answer("421 4.7.28 Our system has detected an unusual rate of mail from your IP address"),
    "unknown": Answer("550 5.1.1 The email account that you tried to reach does not exist"),
    "full": Answer("552 5.2.2 The recipient's mailbox is full"),
    "blocked": Answer("550 5.7.1 Service unavailable; client host blocked using a block list"),
    "slow": Answer(delay_seconds=_SLOW_SECONDS),
    "later": Answer(afterwards="bounce"),
    "spam": Answer(afterwards="complaint"),
}


class Answers:
    """Answers of a provider that remembers whom it has greylisted."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def to(self, recipient: str, *, mail_from: str, encrypted: bool) -> Answer:
        """Answer to one RCPT TO; what follows a `+` in the local part only tells mails apart."""
        mood = recipient.rpartition("@")[0].partition("+")[0].lower()
        if mood == "tls":
            return _ACCEPT if encrypted else _TLS_REQUIRED
        if mood == "greylist":
            return self._greylist((mail_from, recipient))
        return _ANSWERS.get(mood, _ACCEPT)

    def _greylist(self, pair: tuple[str, str]) -> Answer:
        if pair in self._seen:
            return _ACCEPT
        self._seen.add(pair)
        return _GREYLISTED


async def dawdle(seconds: float) -> None:
    """Be as slow as some providers are."""
    await asyncio.sleep(seconds)
