"""The SQL of what is looked up, and when (fleet role)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from control_plane.core.database import Connection
from control_plane.reputation.lists import Subject

_MISSING = """
select wanted.subject, wanted.what, wanted.tenant_id from (
  select host(i.address) as subject, 'ip' as what, null::uuid as tenant_id from ips i
  where i.status <> 'released' or i.cool_until > $1
  union all
  select distinct on (d.name) d.name, 'domain', d.tenant_id from mail_domains d where d.proven_at is not null
) wanted
left join blocklist_subjects s on s.subject = wanted.subject
where s.subject is null or s.tenant_id is distinct from wanted.tenant_id
limit $2"""

_FORGET = """
delete from blocklist_subjects where subject in (
  select s.subject from blocklist_subjects s
  where (s.what = 'ip' and not exists (
      select from ips i where i.address = case s.what when 'ip' then s.subject end::inet
        and (i.status <> 'released' or i.cool_until > $1)))
    or (s.what = 'domain' and not exists (
      select from mail_domains d where d.name = s.subject and d.proven_at is not null))
  limit $2
) returning 1"""

_CLAIM = """
update blocklist_subjects s set next_look_at = $2 from (
  select subject from blocklist_subjects where next_look_at <= $1 order by next_look_at limit $3
  for update skip locked
) due where s.subject = due.subject returning s.subject, s.what, s.tenant_id"""


class SubjectRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is looked up."""

    subject: str
    what: Subject
    tenant_id: UUID | None


async def missing(connection: Connection, now: datetime, limit: int) -> list[SubjectRow]:
    """Find what should be looked up and is not, or is another tenant's by now."""
    return [SubjectRow(**row) for row in await connection.fetch(_MISSING, now, limit)]


async def add(connection: Connection, rows: Sequence[SubjectRow], first_looks: Sequence[datetime]) -> None:
    """Begin to look things up; what was another tenant's begins anew."""
    subjects = [row.subject for row in rows]
    await connection.execute("delete from blocklist_subjects where subject = any ($1)", subjects)
    await connection.execute(
        """insert into blocklist_subjects (subject, what, tenant_id, next_look_at)
           select * from unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[]) on conflict do nothing""",
        subjects,
        [row.what for row in rows],
        [row.tenant_id for row in rows],
        first_looks,
    )


async def forget(connection: Connection, now: datetime, limit: int) -> int:
    """Look up no more what is not ours any more; gives how many those were."""
    return len(await connection.fetch(_FORGET, now, limit))


async def claim(connection: Connection, now: datetime, pause: timedelta, limit: int) -> list[SubjectRow]:
    """Take what is due, and keep others off it for a while."""
    return [SubjectRow(**row) for row in await connection.fetch(_CLAIM, now, now + pause, limit)]


async def hurry(connection: Connection, subject: str, now: datetime) -> None:
    """Have something looked up next."""
    await connection.execute("update blocklist_subjects set next_look_at = $2 where subject = $1", subject, now)


async def settle(connection: Connection, subject: str, now: datetime, next_look_at: datetime) -> None:
    """Note that something was looked up."""
    await connection.execute(
        "update blocklist_subjects set looked_at = $2, next_look_at = $3 where subject = $1",
        subject,
        now,
        next_look_at,
    )
