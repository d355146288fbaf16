"""What can be asked of a message after it was accepted."""

from datetime import datetime
from typing import Annotated

import msgspec

from control_plane.core.body import Body
from control_plane.messages.schemas import RECIPIENTS_MAX

CONTENT_DAYS_MAX = 45


class ScheduleChange(Body, frozen=True, kw_only=True):
    """Another moment for what is scheduled."""

    send_at: Annotated[datetime, msgspec.Meta(tz=True)] | None
    """At most 30 days ahead; null, or a moment that has passed: now."""


class Resend(Body, frozen=True, kw_only=True):
    """To whom a message is sent once more."""

    recipients: Annotated[tuple[str, ...], msgspec.Meta(max_length=RECIPIENTS_MAX)] = ()
    """Addresses among the message's recipients; none: all of them."""


class ContentRetention(msgspec.Struct, frozen=True, kw_only=True):
    """For how long it is kept what messages say."""

    content_days: int
    """After so many days only what became of a message can be seen; 0: as soon as it was sent."""


class NewContentRetention(Body, frozen=True, kw_only=True):
    """For how long it is to be kept what messages say."""

    content_days: Annotated[int, msgspec.Meta(ge=0, le=CONTENT_DAYS_MAX)]
