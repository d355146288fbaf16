"""Answers by programs that are no bounces: somebody is away (RFC 3834), or wants to know first who is writing."""

import re
from email.message import Message

from control_plane.bounces.reading.text import line

_AWAY = re.compile(
    r"out of (the )?office|auto(matic|mated)?[ -]?(reply|response|responder|antwort)|away from"
    r"|on (vacation|holiday|leave)|abwesen"
    r"|absence du bureau|fuera de la oficina|réponse automatique|respuesta automática|risposta automatica",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"boxbe|spam ?arrest|challenge[ -]response|confirm (your|that you).{0,40}(email|message|sen[dt])"
    r"|verify (your|that you).{0,40}(email|sender|human)|\[?action required\]?.{0,20}deliver your message",
    re.IGNORECASE,
)
_MARKS = ("x-autoreply", "x-autorespond", "x-auto-response-suppress-reply", "x-vacation", "x-amazon-auto-reply")
_DAEMONS = re.compile(r"mailer-daemon|postmaster|mail ?delivery|mdaemon|exchange|no-?reply-?bounce", re.IGNORECASE)
_UNDELIVERED = re.compile(
    r"undeliver|non[ -]?remis|delivery (status|fail|problem)|fail(ure|ed) notice|returned (mail|to sender|message)"
    r"|mail delivery (fail|system|sub)|delivery has failed|could ?n.t be delivered|cannot be delivered|unzustellbar"
    r"|undelivered|mail failure|message (bounced|undeliver)|rejected|nicht zugestellt",
    re.IGNORECASE,
)


def subject_of(mail: Message) -> str:
    """Give the subject, as far as it is in plain words."""
    return line(str(mail.get("Subject", "")), 300)


def is_challenge(mail: Message) -> bool:
    """Say whether the sender is asked to do something before the mail is shown."""
    return "x-boxbe" in mail or "x-spamarrest" in mail or bool(_CHALLENGE.search(subject_of(mail)))


def is_auto_reply(mail: Message) -> bool:
    """Say whether a program answers in a person's name."""
    if is_by_daemon(mail):
        return False
    said = str(mail.get("Auto-Submitted", "")).strip().lower()
    marked = any(name in mail for name in _MARKS) or str(mail.get("Precedence", "")).strip().lower() == "auto_reply"
    return said.startswith("auto-replied") or marked or bool(_AWAY.search(subject_of(mail)))


def is_by_daemon(mail: Message) -> bool:
    """Say whether a mail server writes, and not a person's program."""
    return bool(_DAEMONS.search(line(str(mail.get("From", "")), 300)))


def tells_of_failure(mail: Message) -> bool:
    """Say whether a server writes that a mail could not be delivered, in its own words."""
    return is_by_daemon(mail) and bool(_UNDELIVERED.search(subject_of(mail)))
