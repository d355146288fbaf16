"""Let the lives of DKIM keys go on: look for them in DNS, let them sign, let them retire, replace them when it is time.

DNS and nodes are asked outside any transaction; what follows is decided on rows that are locked and read anew.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId, encode
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import bound_tenant
from control_plane.mail_domains import dkim
from control_plane.mail_domains.dkim_life import SETTLED, Sight, Step, advance, next_look
from control_plane.mail_domains.queries import dkim_keys, dkim_rotation
from control_plane.mail_domains.queries.dkim_keys import KeyRow
from control_plane.mail_domains.queries.dkim_rotation import RotationRow
from control_plane.mail_domains.resolver import DnsResolver, Resolver
from control_plane.mail_domains.service import items
from control_plane.mail_domains.service.dkim_making import show
from control_plane.mail_domains.service.view import PREFIX
from control_plane.nodes import service as nodes
from control_plane.settings import Settings

KEEP_JOB = "mail_domains.keep_dkim"

_UNDER_WAY = timedelta(minutes=1)
_MOST_DUE = 500


class Keeper(msgspec.Struct, frozen=True):
    """What keys are kept with."""

    db: Database
    vault: Vault
    settings: Settings
    clock: Clock
    resolver: Resolver


def keeper(runtime: Runtime) -> Keeper:
    """Give what this process keeps keys with: real DNS."""
    resolver = DnsResolver(runtime.settings.nameservers)
    return Keeper(runtime.db, runtime.vault, runtime.settings, runtime.clock, resolver)


async def due_for_keeping(db: Database, clock: Clock) -> list[tuple[TenantId, UUID]]:
    """List the domains of all tenants whose keys are to be looked at."""
    async with db.fleet_tx() as tx:
        return await dkim_rotation.due(tx.connection, clock.now(), _MOST_DUE)


async def keep_if_due(means: Keeper, domain_id: UUID) -> bool:
    """Let a domain's keys go on unless another worker is at it; says whether it is time to replace them."""
    now = means.clock.now()
    async with means.db.tenant_tx() as tx:
        if not await dkim_rotation.claim_if_due(tx.connection, domain_id, now, now + _UNDER_WAY):
            return False
        row = await dkim_rotation.find(tx.connection, domain_id)
        keys = await dkim_keys.keys_of([domain_id])
    if row is None:
        return False
    pending = [key for key in keys if key.status == "pending"]
    sights = await _look(means.resolver, row, pending) if row.is_proven else {}
    held = await _are_held(means.db, row, pending)
    async with means.db.tenant_tx() as tx:
        return await _go_on(tx, means, domain_id, sights, held=held)


async def _look(resolver: Resolver, row: RotationRow, keys: list[KeyRow]) -> dict[str, Sight]:
    """Look for keys where receivers do: at the customer's own names."""
    sights = await asyncio.gather(*(_sight(resolver, row.name, key) for key in keys))
    return {key.selector: sight for key, sight in zip(keys, sights, strict=True)}


async def _sight(resolver: Resolver, domain: str, key: KeyRow) -> Sight:
    answer = await resolver.lookup(f"{key.selector}._domainkey.{domain}", "TXT")
    if answer.problem is not None:
        return "unknown"
    return "shown" if dkim.shows(answer.values, key.public_key) else "absent"


async def _are_held(db: Database, row: RotationRow, keys: list[KeyRow]) -> bool:
    """Say whether the nodes have the keys already, so that they can sign the moment they are told to."""
    async with db.fleet_tx() as tx:
        return await nodes.hold(tx, bound_tenant(), "dkim", [items.key_name(row.name, key.selector) for key in keys])


async def _go_on(tx: Transaction, means: Keeper, domain_id: UUID, sights: dict[str, Sight], *, held: bool) -> bool:
    row = await dkim_rotation.find(tx.connection, domain_id, lock=True)
    if row is None:
        return False
    now, keys = means.clock.now(), await dkim_keys.keys_of([domain_id])
    step = advance(keys, sights, now, settle=SETTLED[row.mode], held=held) if row.is_proven else Step()
    await dkim_keys.take(tx.connection, step, now)
    if step.changes_nodes:
        await _bring_into_force(tx, means, row, keys, step)
    is_time = row.is_proven and row.rotate_at is not None and row.rotate_at <= now
    await dkim_rotation.look_at(tx.connection, domain_id, await _next_look(row, now), row.rotate_at)
    return is_time


async def _next_look(row: RotationRow, now: datetime) -> datetime | None:
    """Say when to look again; the keys of a domain without proof wait for that."""
    return next_look(await dkim_keys.keys_of([row.id]), now) if row.is_proven else None


async def _bring_into_force(tx: Transaction, means: Keeper, row: RotationRow, before: list[KeyRow], step: Step) -> None:
    """Tell zone and nodes, the latter in one generation, so that there is no moment in which no key signs."""
    keys = await dkim_keys.keys_of([row.id])
    await show(tx, means.settings, row.id, keys)
    changed = {*step.activate, *step.rest, *step.retire}
    selectors = {key.selector for key in keys if key.id in changed}
    await items.publish_keys(tx, means.vault, row.name, keys, selectors)
    audit.record(
        tx,
        "domains.advance_dkim",
        encode(PREFIX, row.id),
        before={key.selector: key.status for key in before if key.id in changed},
        after={key.selector: key.status for key in keys if key.id in changed},
    )
