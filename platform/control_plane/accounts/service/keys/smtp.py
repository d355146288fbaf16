"""Keys that mail may be submitted with by SMTP: items `smtp_key` of the nodes where programs log in.

Nodes check secrets by themselves, so that programs can log in while we are away. What a key may do is asked on the node
for each mail: a revoked key ends as soon as the node hears of it, whatever connections are open.
"""

from collections.abc import Sequence

from control_plane.accounts.queries import keys as queries
from control_plane.accounts.queries.keys import KeyRow
from control_plane.accounts.service.keys.view import PREFIX
from control_plane.core.auth import covers
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError
from control_plane.core.ids import NodeId, TenantId, encode
from control_plane.core.tenancy import bound_tenant
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange, Role
from control_plane.quotas.service import leases
from tenant_agent import wire

KIND = "smtp_key"
SCOPE = "messages:write"
_ROLES: tuple[Role, ...] = ("mailbox",)
"""Nodes that take submissions, where the logins of people are, too."""


def faults(row: KeyRow) -> list[FieldError]:
    """Say why a key cannot be one for SMTP."""
    if not row.smtp or may_send(row):
        return []
    return [FieldError("smtp", f"Mail is submitted with keys that may send: this one lacks {SCOPE}.")]


def may_send(row: KeyRow) -> bool:
    """Say whether a key's scopes let it send."""
    return covers(frozenset(row.scopes), SCOPE)


async def publish(tx: Transaction, row: KeyRow, *, before: KeyRow | None = None) -> None:
    """Tell the nodes of a key as it is now, or that it is none of theirs any more."""
    if _is_in_force(row):
        await _tell(tx, [row])
        tx.outbox.trigger(leases.SETTLE_JOB, str(bound_tenant()))
    elif before is not None:
        await withdraw(tx, before)


async def withdraw(tx: Transaction, row: KeyRow) -> None:
    """Take a key off the nodes."""
    if _is_in_force(row):
        await nodes.publish(tx, bound_tenant(), [ItemChange(kind=KIND, key=encode(PREFIX, row.id), item=None)], _ROLES)


async def publish_all(tx: Transaction, *, only_node: NodeId | None = None) -> None:
    """Put all keys of the bound tenant in force, on its nodes or on one of them."""
    rows = [row for row in await queries.for_smtp(tx) if _is_in_force(row)]
    if rows:
        await _tell(tx, rows, only_node=only_node)


async def tenants_holding(tx: Transaction) -> list[TenantId]:
    """List the tenants that have keys for SMTP (fleet role)."""
    return await queries.tenants_with_smtp(tx)


async def _tell(tx: Transaction, rows: Sequence[KeyRow], *, only_node: NodeId | None = None) -> None:
    await nodes.hold_still(tx, bound_tenant())
    is_suspended = await queries.is_suspended(tx)
    changes = [
        ItemChange(kind=KIND, key=encode(PREFIX, row.id), item=_item(row, enabled=not is_suspended)) for row in rows
    ]
    await nodes.publish(tx, bound_tenant(), changes, _ROLES, only_node=only_node)


def _is_in_force(row: KeyRow) -> bool:
    return row.smtp and row.smtp_hash is not None and may_send(row)


def _item(row: KeyRow, *, enabled: bool) -> wire.SmtpKeyItem:
    assert row.smtp_hash is not None
    return wire.SmtpKeyItem(
        key_id=encode(PREFIX, row.id),
        password_hash=row.smtp_hash,
        allowed_domains=row.allowed_domains,
        allowed_networks=tuple(map(str, row.allowed_networks)),
        expires_at_ms=None if row.expires_at is None else int(row.expires_at.timestamp() * 1000),
        enabled=enabled,
    )
