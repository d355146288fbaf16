"""What the simulator's server says, as real ones do: by the reply code or enhanced status code that is asked for."""

import re
from typing import Final

import msgspec

_BASIC = re.compile(r"[45]\d\d")
_ENHANCED = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")


class Reply(msgspec.Struct, frozen=True):
    """A refusal, now or for good."""

    text: str
    dsn: str


_WORDS: Final = {
    "5.1.1": (550, "<{}>: Recipient address rejected: User unknown in virtual mailbox table"),
    "5.1.2": (550, "<{}>: Recipient address rejected: Domain not found"),
    "5.1.3": (553, "<{}>: Recipient address rejected: bad address syntax"),
    "5.1.6": (551, "<{}>: User has moved and left no address"),
    "5.1.10": (556, "<{}>: Recipient address rejected: Domain does not accept mail (nullMX)"),
    "5.2.1": (550, "The email account that you tried to reach is disabled"),
    "5.2.2": (552, "<{}>: Mailbox is full: user is over quota"),
    "5.2.3": (552, "Message size exceeds this mailbox's limit"),
    "5.3.4": (552, "Message size exceeds fixed maximum message size"),
    "5.4.1": (550, "Recipient address rejected: Access denied"),
    "5.4.4": (550, "Host or domain name not found"),
    "5.4.6": (554, "Too many hops: this looks like a mail loop"),
    "5.6.0": (554, "Message rejected: malformed header"),
    "5.7.1": (554, "Message rejected as spam by content filtering"),
    "5.7.9": (550, "Unauthenticated email is not accepted due to this domain's DMARC policy"),
    "5.7.23": (550, "SPF validation failed"),
    "5.7.25": (550, "The sending address has no PTR record"),
    "5.7.26": (550, "Unauthenticated email: this mail passes neither SPF nor DKIM"),
    "4.2.1": (450, "<{}>: The recipient is receiving mail too quickly"),
    "4.2.2": (452, "<{}>: Mailbox is full: user is over quota"),
    "4.3.0": (451, "Temporary failure: try again later"),
    "4.3.2": (421, "Service not available, closing transmission channel"),
    "4.4.2": (421, "Connection timed out"),
    "4.7.0": (421, "Too many messages from your network: try again later"),
    "4.7.1": (451, "<{}>: Recipient address rejected: Greylisted, please try again in 300 seconds"),
}
"""The code that goes with each enhanced status code, and what is said; `{}` is the recipient."""
_USUAL_OF: Final = {
    "421": "4.7.0",
    "450": "4.2.1",
    "451": "4.7.1",
    "452": "4.2.2",
    "550": "5.1.1",
    "551": "5.1.6",
    "552": "5.2.2",
    "553": "5.1.3",
    "554": "5.7.1",
    "556": "5.1.10",
}


def refusal(code: str, recipient: str, usual: str) -> Reply:
    """Refuse as a code asks, if it is one and of the same class as the usual one: for good, or for now."""
    wanted = code if code[:1] == usual[0] and (_BASIC.fullmatch(code) or _ENHANCED.fullmatch(code)) else usual
    dsn = wanted if "." in wanted else _USUAL_OF.get(wanted, f"{wanted[0]}.0.0")
    basic, words = _WORDS.get(dsn, (int(f"{dsn[0]}50"), "Message refused"))
    said = wanted if "." not in wanted else basic
    return Reply(f"{said} {dsn} {words.format(recipient)}", dsn)
