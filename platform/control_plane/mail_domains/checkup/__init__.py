"""The whole record set of a domain: what it needs, what is there, and what is to be said of it."""

from control_plane.mail_domains.checkup.judge import Standing, judge, standing
from control_plane.mail_domains.checkup.needs import (
    FINDINGS,
    Needs,
    Platform,
    PublicKey,
    SendingAddress,
    is_publishable,
    platform_of,
    required,
)
from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.observe import Observer, observe, observer_of

__all__ = [
    "FINDINGS",
    "Needs",
    "Observations",
    "Observer",
    "Platform",
    "PublicKey",
    "SendingAddress",
    "Standing",
    "is_publishable",
    "judge",
    "observe",
    "observer_of",
    "platform_of",
    "required",
    "standing",
]
