"""Certificates where they are served: items on the nodes, and a signal to the web front."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import structlog

from control_plane.certificates import names
from control_plane.certificates.queries import certificates as queries
from control_plane.certificates.queries import orders
from control_plane.certificates.queries.certificates import CertificateRow
from control_plane.certificates.schemas import PREFIX, FrontCertificate
from control_plane.certificates.service.view import KEY_PURPOSE
from control_plane.core.crypto import DecryptionFailed, Vault
from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.core.tenancy import bound_tenant
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange, Role
from tenant_agent import wire

_log = structlog.get_logger()

CHANNEL = "certificates"
"""Signalled after each change of what is served."""
ROLES: tuple[Role, ...] = ("mx", "mailbox")


async def serve(tx: Transaction, vault: Vault, rows: Iterable[CertificateRow]) -> None:
    """Put certificates in force in place of those for the same names."""
    await _publish(tx, [change for row in rows for change in _changes(row, vault)])


async def withdraw(tx: Transaction, row: CertificateRow) -> None:
    """Take a certificate off the nodes and the front."""
    gone = [ItemChange(kind="certificate", key=name, item=None) for name in on_nodes(row)[:1]]
    await _publish(tx, gone)


async def publish_all(tx: Transaction, vault: Vault, *, only_node: NodeId | None = None) -> None:
    """Put all that the bound tenant's nodes serve and answer in force, on all of them or on one."""
    rows = [row for row in await queries.every(tx.connection) if row.is_served]
    changes = [change for row in rows for change in _changes(row, vault)]
    answers = [challenge_item(each.token, each.value) for each in await orders.challenges_everywhere(tx.connection)]
    if changes or answers:
        await nodes.publish(tx, bound_tenant(), [*changes, *answers], ROLES, only_node=only_node)


async def for_front(tx: Transaction, vault: Vault) -> list[FrontCertificate]:
    """List what the web front is to serve (fleet role); the signal `certificates` tells that it has changed."""
    found = []
    for row in await queries.for_front(tx.connection):
        private_key = _opened(vault, row["id"], row["private_key"])
        if private_key is not None:
            front = FrontCertificate(
                id=encode(PREFIX, row["id"]),
                names=tuple(row["names"]),
                chain=row["chain"],
                private_key=private_key,
                changed_at=row["changed_at"],
            )
            found.append(front)
    return found


def challenge_item(token: str, value: str | None) -> ItemChange:
    """Have nodes answer an authority, or end that."""
    item = None if value is None else wire.ChallengeItem(token=token, key_authorization=value)
    return ItemChange(kind="challenge", key=token, item=item)


def on_nodes(row: CertificateRow) -> tuple[str, ...]:
    """List the names that nodes serve it for."""
    return tuple(name for name in row.names if not names.is_wildcard(name)) if "node" in row.places else ()


def _changes(row: CertificateRow, vault: Vault) -> Iterable[ItemChange]:
    served = on_nodes(row)
    if not served or row.chain is None or row.private_key is None:
        return
    private_key = _opened(vault, row.id, row.private_key)
    if private_key is None:
        return
    item = wire.CertificateItem(names=served, chain=row.chain, private_key=private_key)
    yield ItemChange(kind="certificate", key=served[0], item=item)


def _opened(vault: Vault, certificate_id: UUID, sealed: bytes) -> str | None:
    """Decrypt a key; one that cannot be is left out, so that it stops no other certificate."""
    try:
        return vault.decrypt(sealed, purpose=KEY_PURPOSE).decode()
    except DecryptionFailed:
        _log.error(
            "a certificate's key cannot be read: is its key missing in FLEETPOST_VAULT_KEYS?",
            action="certificates.unreadable",
            certificate_id=str(certificate_id),
        )
        return None


async def _publish(tx: Transaction, changes: Sequence[ItemChange]) -> None:
    tx.outbox.signal(CHANNEL)
    if changes:
        await nodes.publish(tx, bound_tenant(), changes, ROLES)
