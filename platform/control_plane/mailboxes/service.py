"""Mailboxes: kept here, in force on the nodes as soon as they hear of it."""

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import msgspec
import structlog

from control_plane.audit import service as audit
from control_plane.core import crypto, etag
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import NodeId, encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.tenancy import bound_tenant, require_domain
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.core.threads import in_thread
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.errors import DomainNotUsable
from control_plane.mailboxes import addresses, queries
from control_plane.mailboxes.addresses import MailboxAddress
from control_plane.mailboxes.errors import MailboxExists, NoMailboxNode
from control_plane.mailboxes.queries import MailboxRow, Owner
from control_plane.mailboxes.schemas import Mailbox, MailboxChange, NewMailbox
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ItemChange, Role
from control_plane.quotas import service as quotas
from control_plane.quotas.service import leases
from tenant_agent import wire

_log = structlog.get_logger()

PREFIX = "mbx"
_ROLES: tuple[Role, ...] = ("mx", "mailbox")


async def create(db: Database, clock: Clock, new: NewMailbox) -> Mailbox:
    """Make a mailbox; raises `Invalid`, `QuotaExceeded`, `DomainNotUsable`, `MailboxExists`, `NoMailboxNode`."""
    address = _parsed(new.address)
    _check_name(new.name)
    password_hash = await in_thread(crypto.hash_password, new.password)
    async with db.tenant_tx() as tx:
        quota_bytes = await quotas.storage_for(tx, new.quota_bytes)
        await quotas.take(tx, {"mailboxes": 1, "storage_bytes": quota_bytes})
        domain_id, node_id = await _home(tx, address)
        row = MailboxRow(
            id=new_uuid(),
            domain_id=domain_id,
            node_id=node_id,
            address=str(address),
            name=new.name,
            password_hash=password_hash,
            quota_bytes=quota_bytes,
            status="active",
            version=1,
            created_at=clock.now(),
        )
        try:
            await queries.insert(row)
        except asyncpg.UniqueViolationError as error:
            raise MailboxExists from error
        await _publish(tx, [row])
        tx.outbox.trigger(leases.SETTLE_JOB, str(bound_tenant()))
        audit.record(tx, "mailboxes.create", encode(PREFIX, row.id), after=_told(row))
    return _view(row)


async def get(db: Database, mailbox_id: UUID) -> Mailbox:
    """Give a mailbox; raises `NotFound`."""
    async with db.tenant_tx():
        return _view(await _found(mailbox_id))


async def list_mailboxes(db: Database, after: UUID | None, limit: int) -> Page[Mailbox]:
    """List mailboxes, newest first."""
    async with db.tenant_tx():
        rows = await queries.page(after, limit + 1)
    shown = tuple([_view(row) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def change(db: Database, mailbox_id: UUID, wanted: MailboxChange, if_match: str | None = None) -> Mailbox:
    """Change a mailbox; raises `NotFound`, `QuotaExceeded`, `PreconditionFailed` if it is not as the caller saw it."""
    _check_name(wanted.name)
    password_hash: str | msgspec.UnsetType = msgspec.UNSET
    if wanted.password is not msgspec.UNSET:
        password_hash = await in_thread(crypto.hash_password, wanted.password)
    async with db.tenant_tx() as tx:
        if wanted.quota_bytes is not msgspec.UNSET:
            quota_bytes = await quotas.storage_for(tx, wanted.quota_bytes)
            wanted = msgspec.structs.replace(wanted, quota_bytes=quota_bytes)
        row = await _found(mailbox_id, lock=True)
        require_domain(_domain(row))
        etag.check(if_match, _view(row))
        changed = _changed(row, wanted, password_hash)
        if changed.quota_bytes != row.quota_bytes:
            await quotas.take(tx, {"storage_bytes": changed.quota_bytes - row.quota_bytes})
        await queries.save(changed)
        await _publish(tx, [changed])
        audit.record(tx, "mailboxes.change", encode(PREFIX, row.id), before=_told(row), after=_told(changed))
    return _view(changed)


async def delete(db: Database, mailbox_id: UUID, if_match: str | None = None) -> None:
    """Remove a mailbox and take it off the nodes; raises `NotFound`, `PreconditionFailed`."""
    async with db.tenant_tx() as tx:
        await quotas.hold(tx, "mailboxes", "storage_bytes")  # counters before rows, as everywhere
        row = await _found(mailbox_id, lock=True)
        require_domain(_domain(row))
        etag.check(if_match, _view(row))
        await queries.delete(row.id)
        await quotas.give_back(tx, {"mailboxes": 1, "storage_bytes": row.quota_bytes})
        await _withdraw(tx, row)
        audit.record(tx, "mailboxes.delete", encode(PREFIX, row.id), before=_told(row))


async def rehome(tx: Transaction, mailbox_id: UUID, source: NodeId, target: NodeId) -> bool:
    """Have another node keep a mailbox from now on; no if it is not at `source`, which goes on keeping its old copy."""
    row = await queries.find(mailbox_id, lock=True)
    if row is None or row.node_id != source:
        return False
    await queries.rehome(row.id, target)
    await _publish(tx, [msgspec.structs.replace(row, node_id=target)])
    owner = await queries.owner(tx.connection)
    for node_id, is_kept in ((source, True), (target, row.domain_id not in await mail_domains.proven_domain_ids())):
        change = _home_change(row, owner, is_kept=is_kept)
        await nodes.publish(tx, bound_tenant(), [change], _ROLES, only_node=node_id)
    audit.record(tx, "mailboxes.move", encode(PREFIX, row.id))
    return True


async def publish_all(tx: Transaction, *, only_node: NodeId | None = None) -> None:
    """Put all mailboxes of the bound tenant in force, on its nodes or on one of them."""
    rows = await queries.all_rows()
    if rows:
        await _publish(tx, rows, only_node=only_node)


async def publish_of(tx: Transaction, domain_id: UUID) -> None:
    """Tell the nodes whether the mailboxes of a domain may send; each keeps its mail either way."""
    rows = await queries.of_domain(domain_id)
    if rows:
        await _publish(tx, rows)
    if rows and domain_id in await mail_domains.proven_domain_ids():
        owner = await queries.owner(tx.connection)
        needless = [_home_change(row, owner, is_kept=False) for row in rows]
        await nodes.publish(tx, bound_tenant(), needless, _ROLES)


async def _publish(tx: Transaction, rows: Sequence[MailboxRow], *, only_node: NodeId | None = None) -> None:
    """Put mailboxes in force; whose domain is lost may lose their addresses to another, and have their mail kept."""
    await nodes.hold_still(tx, bound_tenant())
    owner, proven = await queries.owner(tx.connection), await mail_domains.proven_domain_ids()
    changes = [
        ItemChange(kind="mailbox", key=row.address, item=_item(row, owner, may_send=row.domain_id in proven))
        for row in rows
    ]
    changes += [_home_change(row, owner, is_kept=True) for row in rows if row.domain_id not in proven]
    await nodes.publish(tx, bound_tenant(), changes, _ROLES, only_node=only_node)


async def _withdraw(tx: Transaction, row: MailboxRow) -> None:
    mailbox = ItemChange(kind="mailbox", key=row.address, item=None)
    home = _home_change(row, await queries.owner(tx.connection), is_kept=False)
    await nodes.publish(tx, bound_tenant(), [mailbox, home], _ROLES)


def _home_change(row: MailboxRow, owner: Owner, *, is_kept: bool) -> ItemChange:
    item = wire.HomeItem(system_uid=owner.system_uid, address=row.address)
    return ItemChange(kind="home", key=wire.home_key(item.system_uid, item.address), item=item if is_kept else None)


def _item(row: MailboxRow, owner: Owner, *, may_send: bool) -> wire.MailboxItem:
    return wire.MailboxItem(
        address=row.address,
        system_uid=owner.system_uid,
        password_hash=row.password_hash,
        quota_bytes=row.quota_bytes,
        node_id=encode("nod", row.node_id),
        enabled=row.status == "active" and not owner.suspended,
        may_send=may_send,
    )


async def _home(tx: Transaction, address: MailboxAddress) -> tuple[UUID, NodeId]:
    """Find the address's domain and the node that will store its mail."""
    domain = (await mail_domains.sending_domains(tx, [address.domain]))[address.domain]
    if isinstance(domain, DomainNotUsable):
        raise DomainNotUsable(errors=(FieldError("address", f"{address.domain} is not a proven domain of yours."),))
    node_id = await nodes.mailbox_node(tx)
    if node_id is None:
        _log.warning("no node stores mailboxes: add one with --role mailbox", action="mailboxes.no_node")
        raise NoMailboxNode
    return domain.id, node_id


async def _found(mailbox_id: UUID, *, lock: bool = False) -> MailboxRow:
    row = await queries.find(mailbox_id, lock=lock)
    if row is None:
        raise NotFound
    return row


def _parsed(text: str) -> MailboxAddress:
    try:
        return addresses.parse(text)
    except addresses.NotAnAddress as error:
        raise Invalid(errors=(FieldError("address", str(error)),)) from error


def _check_name(name: str | msgspec.UnsetType) -> None:
    if name is not msgspec.UNSET and not is_one_line(name):
        raise Invalid(errors=(FieldError("name", NOT_ONE_LINE),))


def _changed(row: MailboxRow, wanted: MailboxChange, password_hash: str | msgspec.UnsetType) -> MailboxRow:
    fields = {
        "name": wanted.name,
        "quota_bytes": wanted.quota_bytes,
        "status": wanted.status,
        "password_hash": password_hash,
    }
    given = {name: value for name, value in fields.items() if value is not msgspec.UNSET}
    return msgspec.structs.replace(row, version=row.version + 1, **given)


def _domain(row: MailboxRow) -> str:
    return row.address.rpartition("@")[2]


def _told(row: MailboxRow) -> dict[str, object]:
    """Give what the audit log says of a mailbox; of its password only that it changed."""
    told = ("address", "name", "quota_bytes", "status", "password_hash")
    return {name: getattr(row, name) for name in told}


def _view(row: MailboxRow) -> Mailbox:
    return Mailbox(
        id=encode(PREFIX, row.id),
        address=row.address,
        name=row.name,
        quota_bytes=row.quota_bytes,
        used_bytes=None,
        status=row.status,
        created_at=row.created_at,
        version=row.version,
    )
