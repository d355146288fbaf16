"""Whose turn it is to be checked, and the writing down of checks that found nothing new: many domains at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.core.ids import TenantId
from control_plane.mail_domains.queries.domains import DomainRow, row_of

_CLAIM = """
with turns as (
  select id, row_number() over (partition by tenant_id order by next_check_at) as turn
  from mail_domains where next_check_at <= $1 and session_user = 'fleetpost_fleet'
), chosen as (
  select d.id from turns join mail_domains d using (id)
  where d.next_check_at <= $1 order by turn, d.next_check_at limit $3 for update of d skip locked
)
update mail_domains d set next_check_at = $2 from chosen where d.id = chosen.id
returning d.id"""

_LOAD = """
select d.tenant_id, d.id, d.name, d.status, d.ownership_token, d.proven_at, d.checked_at, d.next_check_at,
  d.checks_failed, d.findings, d.created_at, d.dkim_mode, d.dkim_rotate_at, d.report_token, d.proof_missing_since,
  d.is_ours, d.flawed_since, d.told, d.served,
  (select jsonb_build_array(s.mta_sts_mode, s.mta_sts_max_age_seconds) from domain_site_settings s
   where s.tenant_id = d.tenant_id and s.domain_id = d.id) as mta_sts,
  exists (select from mailboxes m where m.tenant_id = d.tenant_id and m.domain_id = d.id) as receives,
  array(select array[k.selector, k.algorithm, k.public_key, k.status] from dkim_keys k
        where k.tenant_id = d.tenant_id and k.domain_id = d.id and k.status <> 'retired' order by k.id) as keys
from mail_domains d where d.id = any ($1) and (session_user = 'fleetpost_fleet' or d.tenant_id = app_tenant())"""

_SETTLE = """
update mail_domains d set checked_at = $1, next_check_at = s.next_check_at, checks_failed = s.checks_failed
from unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::int[])
  as s (id, checked_at, next_check_at, checks_failed)
where d.id = s.id and d.checked_at is not distinct from s.checked_at and session_user = 'fleetpost_fleet'"""


class DueDomain(msgspec.Struct, frozen=True, kw_only=True):
    """A domain that is to be checked now, with all that its records follow from."""

    tenant_id: TenantId
    row: DomainRow
    receives: bool
    keys: list[list[str]]
    """Selector, algorithm, public key and status of each."""


class Unchanged(msgspec.Struct, frozen=True, kw_only=True):
    """A domain that was found just as it was."""

    id: UUID
    checked_at: datetime | None
    """When it was checked before: if somebody else has checked it meanwhile, theirs counts."""
    next_check_at: datetime | None
    checks_failed: int


async def claim(connection: Connection, now: datetime, until: datetime, limit: int) -> list[UUID]:
    """Take domains that are due, each tenant's first before any tenant's second, and keep others off them for a while.

    Who takes them and dies has only put them off until then (fleet role).
    """
    return [row["id"] for row in await connection.fetch(_CLAIM, now, until, limit)]


async def load(connection: Connection, domain_ids: Sequence[UUID]) -> list[DueDomain]:
    """Read what a check needs to know: of the bound tenant's domains, or as the fleet role of any."""
    return [_due(dict(row)) for row in await connection.fetch(_LOAD, domain_ids)]


async def settle(connection: Connection, now: datetime, unchanged: Sequence[Unchanged]) -> None:
    """Write down that these were checked (fleet role)."""
    names = ("id", "checked_at", "next_check_at", "checks_failed")
    await connection.execute(_SETTLE, now, *([getattr(each, name) for each in unchanged] for name in names))


def _due(values: dict[str, Any]) -> DueDomain:
    beside = {name: values.pop(name) for name in ("tenant_id", "receives", "keys")}
    return DueDomain(row=row_of(values), **beside)
