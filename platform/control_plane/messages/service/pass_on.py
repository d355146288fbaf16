"""Accept a mail that somebody else wrote, to be passed on: with a timeline, limits and a return path like any other."""

from control_plane.blobs.service import keep
from control_plane.core.blobs import Blobs
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import Refused
from control_plane.messages.aside import Aside
from control_plane.messages.passed import Passed, composed_of
from control_plane.messages.schemas import AcceptedMessage
from control_plane.messages.service.accept import store_batch

__all__ = ["Passed", "pass_on"]


async def pass_on(
    db: Database, clock: Clock, mail: Passed, blobs: Blobs | None = None, *, is_free: bool = False
) -> AcceptedMessage:
    """Accept it for the bound tenant; raises `Invalid`, `DomainNotUsable`, `QuotaExceeded`.

    What is large of it goes to `blobs`. `is_free`: as mail to the tenant's own mailboxes, it counts
    against no limit and is not held while the stream is paused.
    """
    aside = None if blobs is None else Aside()
    composed = composed_of(mail, aside)
    if blobs is not None and aside is not None:
        await keep(db, clock, blobs, aside.needed_by(composed.files))
    [result] = await store_batch(db, clock, [composed], charge="never" if is_free else "now")
    if isinstance(result, Refused):
        raise result
    return result
