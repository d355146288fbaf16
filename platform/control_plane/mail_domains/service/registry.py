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
from control_plane.mail_domains.errors import DomainExists, DomainInUse, DomainTaken
from control_plane.mail_domains.queries import dkim_keys, domains
from control_plane.mail_domains.queries.dkim_keys import KeyRow
from control_plane.mail_domains.queries.domains import DomainRow
from control_plane.mail_domains.schemas import Domain
from control_plane.mail_domains.service import items
from control_plane.mail_domains.service.view import PREFIX, VAULT_PURPOSE, view
from control_plane.quotas import service as quotas
from control_plane.settings import Settings

_TOKEN_BYTES = 20
_FIRST_CHECK_AFTER = timedelta(seconds=30)


async def add(db: Database, vault: Vault, settings: Settings, clock: Clock, text: str) -> Domain:
    """Add a domain with fresh DKIM keys.

    Raises `Invalid`, `QuotaExceeded`, `DomainExists`, `DomainTaken`, `DomainOutOfReach`.
    """
    require_all_domains()
    try:
        name = names.normalise(text)
    except names.NotADomain as error:
        raise Invalid(errors=(FieldError("name", str(error)),)) from error
    pairs = await in_thread(dkim.new_key_pairs)
    domain_id, now = new_uuid(), clock.now()
    token = base64.b32hexencode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()
    keys = [_sealed(pair, domain_id, vault) for pair in pairs]
    async with db.tenant_tx() as tx:
        await quotas.take(tx, {"domains": 1})
        if await domains.proven_by_another(tx.connection, names.above(name)):
            raise DomainTaken
        try:
            await domains.insert_domain(domain_id, name, token, now, now + _FIRST_CHECK_AFTER)
        except asyncpg.UniqueViolationError as error:
            raise DomainExists from error
        await dkim_keys.insert_keys(keys, now)
        audit.record(tx, "domains.add", encode(PREFIX, domain_id), after={"name": name})
    return await get(db, settings, domain_id)


async def get(db: Database, settings: Settings, domain_id: UUID) -> Domain:
    """Give a domain with the records it needs; raises `NotFound`."""
    async with db.tenant_tx():
        row = await _found(domain_id)
        return view(row, await dkim_keys.keys_of([row.id]), settings)


async def list_domains(db: Database, settings: Settings, after: UUID | None, limit: int) -> Page[Domain]:
    """List domains, newest first."""
    async with db.tenant_tx():
        rows = await domains.page(after, limit + 1)
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
        audit.record(tx, "domains.delete", encode(PREFIX, row.id), before={"name": row.name, "status": row.status})


async def _found(domain_id: UUID, *, lock: bool = False) -> DomainRow:
    row = await domains.find(domain_id, lock=lock)
    if row is None:
        raise NotFound
    return row


def _sealed(pair: dkim.KeyPair, domain_id: UUID, vault: Vault) -> KeyRow:
    return KeyRow(
        id=new_uuid(),
        domain_id=domain_id,
        selector=pair.selector,
        algorithm=pair.algorithm,
        private_key=vault.encrypt(pair.private_key, purpose=VAULT_PURPOSE),
        public_key=pair.public_key,
        status="pending",
    )
