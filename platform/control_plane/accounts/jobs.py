"""Jobs of accounts: note a failed try to sign in."""

from uuid import UUID

from control_plane.accounts.service import failed
from control_plane.core.jobs import Job, JobContext


async def note_failed_sign_in(context: JobContext, user_id: str, email: str, address: str) -> None:
    """Record a try, unless nobody has that address."""
    if user_id:
        await failed.note(context.db, UUID(user_id), email, address)


JOBS = (Job(name=failed.NOTE_JOB, run=note_failed_sign_in),)
