"""A domain for customers who have none: a name below the platform's zone, proven at once, its records put by us."""

import base64
import secrets
from collections import defaultdict
from uuid import UUID

import asyncpg

from control_plane.audit import service as audit
from control_plane.core.clock import Clock
from control_plane.core.crypto import Vault
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import encode, new_uuid
from control_plane.core.tenancy import bound_tenant, require_all_domains
from control_plane.core.threads import in_thread
from control_plane.dns_zone import service as dns_zone
from control_plane.dns_zone.names import platform_domain
from control_plane.dns_zone.schemas import ZoneRecord
from control_plane.mail_domains import checkup, dkim
from control_plane.mail_domains.errors import DomainExists, DomainTaken
from control_plane.mail_domains.platform_labels import problem_of
from control_plane.mail_domains.queries import dkim_keys, domains, platform_domains
from control_plane.mail_domains.queries.domains import DomainRow
from control_plane.mail_domains.schemas import DnsRecord, Domain
from control_plane.mail_domains.service import dkim_making, items, tell
from control_plane.mail_domains.service.dkim_keeping import KEEP_JOB
from control_plane.mail_domains.service.registry import get
from control_plane.mail_domains.service.view import PREFIX, required_records
from control_plane.quotas import service as quotas
from control_plane.settings import Settings

_TOKEN_BYTES = 20


async def add_platform_domain(db: Database, vault: Vault, settings: Settings, clock: Clock, label: str) -> Domain:
    """Give a domain below the platform's zone; raises `Invalid`, `QuotaExceeded`, `DomainExists`, `DomainTaken`.

    It signs as soon as its keys are seen in DNS; mail that is sent before waits those seconds.
    """
    require_all_domains()
    _check(label, settings)
    pairs = await in_thread(dkim.new_key_pairs)
    domain_id, now = new_uuid(), clock.now()
    name, token = platform_domain(label, settings.zone.name), _new_token()
    async with db.tenant_tx() as tx:
        await quotas.take(tx, {"domains": 1})
        if not await platform_domains.take_label(tx.connection, label, now):
            raise DomainTaken("This name is taken: choose another.")
        try:
            await domains.insert_domain(tx.connection, domain_id, name, token, now, now)
        except asyncpg.UniqueViolationError as error:
            raise DomainExists from error
        await platform_domains.mark_ours(tx.connection, domain_id, now)
        await dkim_making.begin(tx, vault, settings, clock, domain_id, pairs)
        await _put_in_force(tx, vault, settings, clock, domain_id)
        audit.record(tx, "domains.add", encode(PREFIX, domain_id), after={"name": name})
        tx.outbox.trigger(KEEP_JOB, str(bound_tenant()), str(domain_id))
    return await get(db, settings, domain_id)


async def _put_in_force(tx: Transaction, vault: Vault, settings: Settings, clock: Clock, domain_id: UUID) -> None:
    row = await domains.find(domain_id)
    assert row is not None, "it was made a moment ago"
    await show_records(tx, settings, row)
    await items.come_into_force(tx, vault, row)
    await tell.of_change(tx, row, "verified", clock.now())


async def show_records(tx: Transaction, settings: Settings, row: DomainRow) -> None:
    """Put all records of a domain of ours into the zone, as they are to be now."""
    needed = required_records(row, await dkim_keys.keys_of([row.id]), settings)
    await dns_zone.put(tx, settings, [*_sets(needed)])


def _check(label: str, settings: Settings) -> None:
    problem = problem_of(label)
    if not dns_zone.is_configured(settings):
        problem = "This installation has no zone of its own to give names in: add a domain that is yours."
    if problem is not None:
        raise Invalid(errors=(FieldError("platform_label", problem),))


def _sets(records: list[DnsRecord]) -> list[ZoneRecord]:
    """Gather the records that stand below the domain's own name by name and type."""
    values: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in records:
        if checkup.is_publishable(record):
            values[record.host, record.type].append(record.value)
    return [ZoneRecord(name=host, type=kind, values=tuple(found)) for (host, kind), found in values.items()]


def _new_token() -> str:
    return base64.b32hexencode(secrets.token_bytes(_TOKEN_BYTES)).decode().lower()
