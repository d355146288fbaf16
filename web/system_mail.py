"""What a page says when the platform itself cannot write mails."""

from control_plane.core.errors import Unavailable
from control_plane.core.runtime import Runtime
from control_plane.notices import service as notices


class MailAway(Unavailable):
    """We cannot send mails just now, so no link would reach you: try again later, or ask whoever runs this service."""

    code = "system_mail_unavailable"


async def require_mail(runtime: Runtime) -> None:
    """Raise `MailAway` when a link could not be mailed."""
    if not await notices.can_send(runtime.db, runtime.settings):
        raise MailAway
