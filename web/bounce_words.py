"""Why a mail was refused or put off, as half a sentence for people."""

from control_plane.bounces.classify import BounceClass
from control_plane.core.languages import mark
from web.i18n import gettext

_WORDS: dict[BounceClass, str] = {
    "invalid_recipient": mark("there is no such mailbox"),
    "inactive": mark("the mailbox is not used any more"),
    "mailbox_full": mark("the mailbox is full"),
    "dns": mark("the domain cannot be found in DNS"),
    "routing": mark("no server takes mail for the domain"),
    "spam_content": mark("it was taken for spam"),
    "too_big": mark("it is larger than they accept"),
    "policy": mark("a rule of theirs forbids it"),
    "reputation_blocked": mark("they block the address that it came from"),
    "auth_failed": mark("they could not verify who sent it"),
    "rate_limited": mark("they want less mail at a time"),
    "protocol": mark("the servers did not understand each other"),
    "network": mark("no connection came about"),
}


def reason(bounce_class: BounceClass | None) -> str:
    """Say the reason; nothing where none is known."""
    return gettext(_WORDS[bounce_class]) if bounce_class in _WORDS else ""
