"""Which of the bound tenant's domains mail may come from."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, Refused


class DomainNotUsable(Invalid):
    """The From address's domain is not yours, or not proven yet: add it, publish its records, and verify it."""

    code = "domain_not_usable"


class SendingDomain(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    return_domain: str


async def sending_domains(tx: Transaction, names: Collection[str]) -> dict[str, SendingDomain | Refused]:
    rows = await tx.connection.fetch(
        "select id, name from mail_domains where name = any ($1) and proven_at is not null", list(names)
    )
    found = {row["name"]: SendingDomain(row["id"], row["name"], f"bounce.{row['name']}") for row in rows}
    return {
        name: found.get(name) or DomainNotUsable(errors=(FieldError("from.email", DomainNotUsable.default_message()),))
        for name in names
    }
