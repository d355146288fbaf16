"""The register of a tenant's domains."""

import base64
import secrets
from datetime import timedelta
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.pagination import Page
from control_plane.core.tenancy import require_all_domains, require_domain
from control_plane.core.threads import in_thread
from control_plane.mail_domains import dkim, names
from control_plane.mail_domains.claimable import claimable
from control_plane.mail_domains.errors import DomainExists, DomainInUse, DomainTaken
from control_plane.mail_domains.queries import dkim_keys, domains
from control_plane.mail_domains.queries.domains import DomainRow
from control_plane.mail_domains.schemas import Domain, DomainFilters
from control_plane.mail_domains.service import dkim_making, items, tell
from control_plane.mail_domains.service.view import PREFIX, view
from control_plane.quotas import service as quotas
from control_plane.settings import Settings

_TOKEN_BYTES = 20
_FIRST_CHECK_AFTER = timedelta(seconds=30)
_ALL = DomainFilters()


async def add(db: Database, vault: Vault, settings: Settings, clock: Clock, text: str) -> Domain:
    """Add a domain with fresh DKIM keys.

    Raises `Invalid`, `QuotaExceeded`, `DomainExists`, `DomainTaken`, `DomainOutOfReach`.
    """
    require_all_domains()
    name = _name(text, settings)
    pairs = await in_thread(dkim.new_key_pairs)
    domain_id, now = new_uuid(), clock.now()
    token = base64.b32hexencode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()
    restarted = await _claim_anew(db, clock, name, token)
    if restarted is not None:
        return await get(db, settings, restarted)
    async with db.tenant_tx() as tx:
        await quotas.take(tx, {"domains": 1})
        if await domains.proven_by_another(tx.connection, names.above(name)):
            raise DomainTaken
        try:
            await domains.insert_domain(tx.connection, domain_id, name, token, now, now + _FIRST_CHECK_AFTER)
        except asyncpg.UniqueViolationError as error:
            raise DomainExists from error
        await dkim_making.begin(tx, vault, settings, clock, domain_id, pairs)
        audit.record(tx, "domains.add", encode(PREFIX, domain_id), after={"name": name})
    return await get(db, settings, domain_id)


def _name(text: str, settings: Settings) -> str:
    try:
        return claimable(text, settings)
    except names.NotADomain as error:
        raise Invalid(errors=(FieldError("name", str(error)),)) from error


async def _claim_anew(db: Database, clock: Clock, name: str, token: str) -> UUID | None:
    """Begin a claim that has expired anew; its keys were never used and can stay. None if there is none."""
    now = clock.now()
    async with db.tenant_tx() as tx:
        if await domains.proven_by_another(tx.connection, names.above(name)):
            raise DomainTaken
        found = await domains.claim_anew(tx.connection, name, token, now, now + _FIRST_CHECK_AFTER)
        if found is not None:
            audit.record(tx, "domains.add", encode(PREFIX, found), after={"name": name})
    return found


async def get(db: Database, settings: Settings, domain_id: UUID) -> Domain:
    """Give a domain with the records it needs; raises `NotFound`."""
    async with db.tenant_tx():
        row = await _found(domain_id)
        return view(row, await dkim_keys.keys_of([row.id]), settings)


async def list_domains(
    db: Database, settings: Settings, after: UUID | None, limit: int, wanted: DomainFilters = _ALL
) -> Page[Domain]:
    """List domains, newest first."""
    async with db.tenant_tx():
        rows = await domains.page(after, limit + 1, wanted.status, names.pattern(wanted.query))
        keys = await dkim_keys.keys_of([row.id for row in rows])
    shown = tuple([view(row, [key for key in keys if key.domain_id == row.id], settings) for row in rows[:limit]])
    return Page(shown, shown[-1].id if len(rows) > limit else None)


async def delete(db: Database, settings: Settings, domain_id: UUID, if_match: str | None = None) -> None:
    """Remove a domain and take it off the nodes; raises `NotFound`, `PreconditionFailed`, `DomainInUse`."""
    async with db.tenant_tx() as tx:
        await quotas.give_back(tx, {"domains": 1})
        row = await _found(domain_id, lock=True)
        require_domain(row.name)
        keys = await dkim_keys.keys_of([row.id])
        etag.check(if_match, view(row, keys, settings))
        try:
            await domains.delete(row.id)
        except asyncpg.ForeignKeyViolationError as error:
            raise DomainInUse from error
        if row.proven_at is not None:  # what was not proven was never published, and may be another tenant's
            await items.withdraw(tx, row, keys)
            tell.certificates(tx)
        audit.record(tx, "domains.delete", encode(PREFIX, row.id), before={"name": row.name, "status": row.status})


async def _found(domain_id: UUID, *, lock: bool = False) -> DomainRow:
    row = await domains.find(domain_id, lock=lock)
    if row is None:
        raise NotFound
    return row
