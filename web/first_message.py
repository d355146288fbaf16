"""How a first message is sent by a program: lines that can be copied and run."""

from collections.abc import Sequence

import msgspec

from control_plane.messages.schemas import EmailAddress, NewMessage, TemplateUse
from control_plane.settings import Settings
from web.snippets import Place, Snippet, sending

_ELSEWHERE = "example.org"


def place_of(settings: Settings) -> Place:
    """Say where programs reach us."""
    return Place(settings.public_url, settings.client_host)


def example(place: Place, domains: Sequence[str]) -> tuple[Snippet, ...]:
    """Write the lines."""
    return sending(place, msgspec.structs.replace(mail(domains), subject="Hello", text="Good morning!"))


def mail(domains: Sequence[str], template: TemplateUse | None = None) -> NewMessage:
    """Make a message without words, from the first of the given domains if there is one."""
    domain = domains[0] if domains else _ELSEWHERE
    sender, recipient = EmailAddress(email=f"hello@{domain}"), EmailAddress(email=f"you@{_ELSEWHERE}")
    return NewMessage(sender=sender, to=(recipient,), template=template)
