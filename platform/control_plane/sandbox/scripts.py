"""What happens to mail of the sandbox, by its recipient: the words that the simulator's addresses are made of.

A word may be followed by `+` and anything, which people use to tell their tries apart; `bounce` and `defer` take a code
there that the simulator's server then answers with. Mail to all other addresses, which only test keys bring, arrives.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

import msgspec

from control_plane.core.languages import mark
from control_plane.core.sandbox import SIMULATOR
from control_plane.sandbox.replies import Reply, refusal

_SOON, _LATER, _SLOW = timedelta(seconds=1), timedelta(seconds=10), timedelta(seconds=30)
_TAKEN: Final = Reply("250 2.0.0 Ok: queued as SIMULATED", "2.0.0")


class Step(msgspec.Struct, frozen=True):
    """Something that happens, so long after what came before."""

    after: timedelta
    type: str
    reply: Reply


class Word(msgspec.Struct, frozen=True):
    """An address of the simulator's, as people are told of it."""

    name: str
    example: str
    """Its left side."""
    meaning: str


WORDS: Final = (
    Word("delivered", "delivered", mark("It arrives.")),
    Word("bounce", "bounce", mark("It is refused for good: nobody is called so.")),
    Word("bounce", "bounce+550", mark("It is refused with this code, from 500 to 599.")),
    Word("bounce", "bounce+5.7.1", mark("It is refused with this enhanced status code (RFC 3463), as spam here.")),
    Word("defer", "defer", mark("It is put off twice, then it arrives.")),
    Word("defer", "defer+421", mark("Likewise with this code, from 400 to 499, or an enhanced one such as 4.2.2.")),
    Word("mailbox-full", "mailbox-full", mark("It is refused because the mailbox is full.")),
    Word("complain", "complain", mark("It arrives, and its reader reports it as spam.")),
    Word("slow", "slow", mark("It arrives after half a minute.")),
    Word("suppressed", "suppressed", mark("It is not sent, as if this address were on your suppression list.")),
    Word("autoreply", "autoreply", mark("It arrives; the out-of-office answer comes to us and changes nothing.")),
)
SUPPRESSED: Final = "suppressed"


def script_of(recipient: str) -> tuple[Step, ...]:
    """Give what happens to mail for somebody after it was queued, in order."""
    if not SIMULATOR.has(recipient):
        return _delivered("", recipient)
    word, tag = word_of(recipient)
    return _SCRIPTS.get(word, _unknown)(tag, recipient)


def word_of(recipient: str) -> tuple[str, str]:
    """Part the left side of an address at its first plus."""
    word, _, tag = recipient.rpartition("@")[0].lower().partition("+")
    return word, tag


def _delivered(_tag: str, _recipient: str) -> tuple[Step, ...]:
    return (Step(_SOON, "message.delivered", _TAKEN),)


def _slow(_tag: str, _recipient: str) -> tuple[Step, ...]:
    return (Step(_SLOW, "message.delivered", _TAKEN),)


def _bounced(tag: str, recipient: str) -> tuple[Step, ...]:
    return (Step(_SOON, "message.bounced", refusal(tag, recipient, "5.1.1")),)


def _full(_tag: str, recipient: str) -> tuple[Step, ...]:
    return (Step(_SOON, "message.bounced", refusal("", recipient, "5.2.2")),)


def _deferred(tag: str, recipient: str) -> tuple[Step, ...]:
    put_off = refusal(tag, recipient, "4.7.1")
    return (
        Step(_SOON, "message.deferred", put_off),
        Step(_LATER, "message.deferred", put_off),
        Step(_LATER, "message.delivered", _TAKEN),
    )


def _complained(_tag: str, _recipient: str) -> tuple[Step, ...]:
    reported = Reply("Reported by the simulator.", "")
    return (Step(_SOON, "message.delivered", _TAKEN), Step(_SOON, "message.complained", reported))


def _unknown(_tag: str, recipient: str) -> tuple[Step, ...]:
    known = ", ".join(dict.fromkeys(word.name for word in WORDS))
    said = f"550 5.1.1 <{recipient}>: User unknown: the simulator's addresses are {known}"
    return (Step(_SOON, "message.bounced", Reply(said, "5.1.1")),)


_SCRIPTS: Final[dict[str, Callable[[str, str], tuple[Step, ...]]]] = {
    "delivered": _delivered,
    "bounce": _bounced,
    "defer": _deferred,
    "mailbox-full": _full,
    "complain": _complained,
    "slow": _slow,
    "autoreply": _delivered,
}
