"""Take many addresses off the list at once, for one reason."""

from collections.abc import Sequence
from uuid import UUID

from control_plane.audit import service as audit
from control_plane.core import ids
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import MalformedId
from control_plane.core.tenancy import bound_tenant, require_all_domains
from control_plane.messages.addresses import BadAddress
from control_plane.suppressions.addresses import read
from control_plane.suppressions.queries import end as queries
from control_plane.suppressions.queries.rows import SuppressionRow
from control_plane.suppressions.schemas import BulkDeleted, BulkDeletion
from control_plane.suppressions.service.add import who
from control_plane.suppressions.service.manage import check_reason
from control_plane.suppressions.service.reach import may_reach
from control_plane.suppressions.service.tell import DELETED, tell
from control_plane.suppressions.service.view import PREFIX

_MOST_NAMED = 20


async def delete_many(db: Database, clock: Clock, subject: Subject, wanted: BulkDeletion) -> BulkDeleted:
    """End all active suppressions that are named; what is not found is told. Raises `Invalid`."""
    require_all_domains()
    check_reason(wanted.reason)
    if not (wanted.emails or wanted.ids):
        raise Invalid(errors=(FieldError("emails", "Name some addresses, or ids."),))
    emails, suppression_ids = _emails(wanted.emails), _ids(wanted.ids)
    now, tenant_id = clock.now(), bound_tenant()
    async with db.tenant_tx() as tx:
        named = await queries.named(
            tx.connection,
            tenant_id,
            [email for email in emails.values() if email],
            [each for each in suppression_ids.values() if each],
            for_clients=may_reach(subject),
        )
        rows = [row.id for row in named]
        ended = await queries.end(tx.connection, tenant_id, rows, "reactivated", who(), now, wanted.reason.strip())
        await tell(tx, tenant_id, DELETED, ended, now)
        told = {"addresses": [row.email for row in ended[:_MOST_NAMED]], "because": wanted.reason}
        audit.record(tx, "suppressions.delete_many", str(len(ended)), after=told)
    return BulkDeleted(deleted=len(ended), not_found=_missing(emails, suppression_ids, ended))


def _missing(
    emails: dict[str, str], suppression_ids: dict[str, UUID | None], ended: Sequence[SuppressionRow]
) -> tuple[str, ...]:
    addresses, known = {row.email for row in ended}, {row.id for row in ended}
    missing = [text for text, email in emails.items() if email not in addresses]
    return (*missing, *(text for text, each in suppression_ids.items() if each not in known))


def _emails(texts: Sequence[str]) -> dict[str, str]:
    """Read addresses; one that is none is on no list."""

    def readable(text: str) -> str:
        try:
            return read(text)
        except BadAddress:
            return ""

    return {text: readable(text) for text in texts}


def _ids(texts: Sequence[str]) -> dict[str, UUID | None]:
    def readable(text: str) -> UUID | None:
        try:
            return ids.decode(PREFIX, text)
        except MalformedId:
            return None

    return {text: readable(text) for text in texts}
