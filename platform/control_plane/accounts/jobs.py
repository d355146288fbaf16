"""Jobs of accounts: note a failed try to sign in, forget who belongs nowhere."""

from uuid import UUID

from control_plane.accounts.service import failed, placeless
from control_plane.core.jobs import Job, JobContext


async def note_failed_sign_in(context: JobContext, user_id: str, email: str, address: str) -> None:
    """Record a try, unless nobody has that address."""
    if user_id:
        await failed.note(context.db, UUID(user_id), email, address)


async def forget_placeless(context: JobContext) -> None:
    """Delete people who have belonged nowhere for a while."""
    await placeless.forget(context.db, context.clock)


JOBS = (
    Job(name=failed.NOTE_JOB, run=note_failed_sign_in),
    Job(name="accounts.forget_placeless", run=forget_placeless, every_seconds=3600, timeout_seconds=300),
)
