"""A proven domain on the nodes: the domain itself, and the keys that its mail is signed with."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from control_plane.core.crypto import Vault
from control_plane.core.database import Transaction
from control_plane.core.ids import NodeId, encode
from control_plane.core.tenancy import bound_tenant
from control_plane.ip_pools import service as ip_pools
from control_plane.ip_pools.schemas import PoolId
from control_plane.mail_domains.checkup.needs import return_domain
from control_plane.mail_domains.queries import dkim_keys, domains
from control_plane.mail_domains.queries.dkim_keys import KeyRow
from control_plane.mail_domains.queries.domains import DomainRow
from control_plane.mail_domains.service.view import VAULT_PURPOSE
from control_plane.mailboxes import service as mailboxes
from control_plane.nodes import service as nodes
from control_plane.nodes.schemas import ALL_ROLES, ItemChange, Role
from tenant_agent import wire

_DKIM_ROLES: tuple[Role, ...] = ("outbound", "mailbox")


async def publish(
    tx: Transaction, vault: Vault, proven: Mapping[DomainRow, Sequence[KeyRow]], *, only_node: NodeId | None = None
) -> None:
    """Put proven domains in force: their keys first, so that no mail of them goes unsigned."""
    await nodes.hold_still(tx, bound_tenant())
    pairs = [(row, key) for row, keys in proven.items() for key in keys if key.status != "retired"]
    signing = [
        ItemChange(kind="dkim", key=key_name(row.name, key.selector), item=_key_item(vault, row.name, key))
        for row, key in pairs
    ]
    await nodes.publish(tx, bound_tenant(), signing, _DKIM_ROLES, only_node=only_node)
    pool_id = await ip_pools.own_pool(tx, "transactional")
    changes = [_domain_change(row, pool_id) for row in proven]
    await nodes.publish(tx, bound_tenant(), changes, ALL_ROLES, only_node=only_node)


async def withdraw(tx: Transaction, row: DomainRow, keys: Sequence[KeyRow]) -> None:
    """Take a domain off the nodes."""
    domain = ItemChange(kind="domain", key=row.name, item=None)
    gone = {key.selector: ItemChange(kind="dkim", key=key_name(row.name, key.selector), item=None) for key in keys}
    await nodes.publish(tx, bound_tenant(), [domain, *gone.values()], ALL_ROLES)


async def publish_keys(
    tx: Transaction, vault: Vault, domain: str, keys: Sequence[KeyRow], selectors: Collection[str]
) -> None:
    """Bring the keys under these selectors to the nodes as they are now, all in one generation."""
    living = {key.selector: _key_item(vault, domain, key) for key in keys if key.status != "retired"}
    changes = [
        ItemChange(kind="dkim", key=key_name(domain, selector), item=living.get(selector))
        for selector in sorted(selectors)
    ]
    await nodes.publish(tx, bound_tenant(), changes, _DKIM_ROLES)


async def proven_domain_ids() -> set[UUID]:
    """Give the bound tenant's proven domains."""
    return {row.id for row in await domains.proven()}


async def come_into_force(tx: Transaction, vault: Vault, row: DomainRow) -> None:
    """Put a domain that has just been proven in force, and have its mailboxes send again if it had any."""
    await publish(tx, vault, {row: await dkim_keys.keys_of([row.id])})
    await mailboxes.publish_of(tx, row.id)


async def lose_force(tx: Transaction, row: DomainRow) -> None:
    """Take a domain whose proof is gone off the nodes; its mailboxes keep their mail and send none."""
    await withdraw(tx, row, await dkim_keys.keys_of([row.id]))
    await mailboxes.publish_of(tx, row.id)


async def publish_all(tx: Transaction, vault: Vault, *, only_node: NodeId | None = None) -> None:
    """Put all proven domains of the bound tenant in force, on its nodes or on one of them."""
    rows = {row.id: row for row in await domains.proven()}
    proven: dict[DomainRow, list[KeyRow]] = {row: [] for row in rows.values()}
    for key in await dkim_keys.keys_of(rows.keys()):
        proven[rows[key.domain_id]].append(key)
    if proven:
        await publish(tx, vault, proven, only_node=only_node)


def _domain_change(row: DomainRow, pool_id: PoolId | None) -> ItemChange:
    own_pool = None if pool_id is None else encode(ip_pools.PREFIX, pool_id)
    item = wire.DomainItem(name=row.name, return_domain=return_domain(row.name), submission_pool_id=own_pool)
    return ItemChange(kind="domain", key=row.name, item=item)


def key_name(domain: str, selector: str) -> str:
    """Name a key among the nodes' items."""
    return f"{domain}/{selector}"


def _key_item(vault: Vault, domain: str, key: KeyRow) -> wire.DkimItem:
    return wire.DkimItem(
        domain=domain,
        selector=key.selector,
        algorithm=key.algorithm,
        private_key=vault.decrypt(key.private_key, purpose=VAULT_PURPOSE).decode(),
        active=key.status == "active",
    )
