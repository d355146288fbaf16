"""Fills a database with a month of mail that can be searched: orders, newsletters and one great campaign.

Everything is made by the database itself, several partitions at once, without triggers; what is indexed is indexed
afterwards, as a dump is read back.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import msgspec

from control_plane.core import ids
from control_plane.core.database import Connection
from control_plane.messages.search import terms

DAYS = 30
_AT_ONCE = 2
_RARE_WORDS = 3000

SUBJECTS = (
    "Your order has been shipped",
    "Invoice for your order",
    "Please confirm your address",
    "Reset your password",
    "Welcome to the shop",
    "Your weekly report is ready",
    "Reminder: appointment tomorrow",
    "Ihre Rechnung ist da",
    "Votre commande est en route",
    "Your ticket was answered",
)
CAMPAIGN = "Black Friday starts now"
SENDERS = tuple(f"{name}@acme.test" for name in ("orders", "billing", "news", "support", "team"))
DOMAINS = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de", "icloud.com", *(f"firm{n}.test" for n in range(500)))
TAGS = ("order", "invoice", "login", "report")
REPLIES = (
    "550 5.1.1 The email account that you tried to reach does not exist: user unknown",
    "452 4.2.2 The recipient's mailbox is full, please try again later",
    "550 5.7.1 Message rejected due to content restrictions",
    "421 4.7.0 Our system has detected an unusual rate of unsolicited mail",
)

_SETTINGS = (
    "alter system set autovacuum = off",
    "alter system set max_wal_size = '8GB'",
    "alter system set maintenance_work_mem = '512MB'",
    "select pg_reload_conf()",
)
_TENANTS = """
insert into tenants (id, kind, name, slug) select id, 'client', 'Tenant', id::text from unnest($1::uuid[]) id"""
_DOMAINS = """
insert into mail_domains (tenant_id, id, name, status, ownership_token, proven_at)
select id, id, id || '.test', 'verified', 'benchmark', now() from unnest($1::uuid[]) id"""

# A message's number decides on everything about it: what it says, to whom, when, and how it fares.
_MADE = """
create function bench_hash(owner uuid, term text) returns bigint language sql immutable parallel safe
return ('x' || left(md5(owner::text || term), 10))::bit(40)::bigint;
create function bench_id(moment timestamptz, number bigint, kind text) returns uuid language sql immutable parallel safe
return (left(uuid_at(moment)::text, 14) || '7' || substr(md5(kind || number)::uuid::text, 16))::uuid;
create unlogged table bench_tenants (place int primary key, id uuid not null);
create unlogged table bench_known (tenant_id uuid, kind text, place int, value text, hashes bigint[],
  primary key (tenant_id, kind, place));
create unlogged table bench_mail (tenant_id uuid, number bigint, moment timestamptz, id uuid, delivery_id uuid,
  subject text, sender text, recipient text, tag text, stream text, status text, terms bigint[])"""

_FILL = """
insert into bench_mail
select t.id, n, m.moment, bench_id(m.moment, n, 'message'), bench_id(m.moment, n, 'delivery'),
  case when c.burst then subject.value else subject.value || ' ' || 100000 + n end || ' ' || rare.value,
  sender.value, 'user' || n % 1000003 || '@' || domain.value, tag.value,
  case when c.burst then 'broadcast' else 'transactional' end,
  case when n % 1000 < 30 then 'bounced' when n % 1000 < 35 then 'deferred' when n % 1000 = 35 then 'complained'
    else 'delivered' end,
  array(select hour << 40 | h from (select (extract(epoch from m.moment)::bigint / 3600)) as at (hour), unnest(
    subject.hashes || rare.hashes || sender.hashes || tag.hashes || stream.hashes || domain.hashes
    || bench_hash(t.id, 't' || 'user' || n % 1000003 || '@' || domain.value)
    || bench_hash(t.id, 't' || 'user' || n % 1000003 || '@') || bench_hash(t.id, 'morder=' || n)
    || case when c.burst then '{}' else array[bench_hash(t.id, 'w' || 100000 + n)] end) h)
from generate_series($1::bigint, $2::bigint) n
cross join lateral (select n % 10 = 0 as burst) c
cross join lateral (select case when c.burst then $3::timestamptz + interval '17 days' + random() * interval '2 hours'
  else $3::timestamptz + random() * interval '30 days' end as moment) m
join bench_tenants t on t.place = n / 10 % $4
join bench_known subject on subject.tenant_id = t.id and subject.kind = 'subject'
  and subject.place = case when c.burst then -1 else n / 7 % $5 end
join bench_known rare on rare.tenant_id = t.id and rare.kind = 'rare' and rare.place = n / 11 % $6
join bench_known sender on sender.tenant_id = t.id and sender.kind = 'sender' and sender.place = n / 3 % $7
join bench_known domain on domain.tenant_id = t.id and domain.kind = 'domain'
  and domain.place = case when n / 13 % 10 < 8 then n / 13 % 5 else n / 17 % $8 end
join bench_known tag on tag.tenant_id = t.id and tag.kind = 'tag' and tag.place = n / 5 % $9
join bench_known stream on stream.tenant_id = t.id and stream.kind = 'stream' and stream.place = c.burst::int"""

_COPIED = (
    """insert into messages (tenant_id, id, domain_id, from_email, subject, stream, tags, metadata, envelope, content,
         terms)
       select tenant_id, id, tenant_id, sender, subject, stream, array[tag], jsonb_build_object('order', number::text),
         repeat('e', 200)::bytea, case when moment > $2::timestamptz then repeat('x', 1200)::bytea end, terms
       from bench_mail where id >= uuid_at($1) and id < uuid_at($1 + interval '1 day') order by id""",
    """insert into deliveries (tenant_id, id, message_id, kind, recipient, status, pool_id, node_id, last_event_at)
       select tenant_id, delivery_id, id, 'to', recipient, status, tenant_id, tenant_id, moment
       from bench_mail where id >= uuid_at($1) and id < uuid_at($1 + interval '1 day') and $2::timestamptz is not null
       order by delivery_id""",
    """insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
       select tenant_id, bench_id(moment + wait, number, type), 'message.' || type, moment + wait, id, delivery_id,
         recipient, jsonb_build_object('node_id', 'nod_bench', 'queue_id', 'Q' || number, 'reply', case
           when type in ('bounced', 'deferred') then ($3::text[])[1 + number % 4] || ' ' || number else '250 Ok' end)
       from bench_mail cross join lateral (values ('queued', interval '0.2 s'),
         (case status when 'complained' then 'delivered' else status end, interval '2 s')) as e (type, wait)
       where id >= uuid_at($1) and id < uuid_at($1 + interval '1 day') and $2::timestamptz is not null
       order by id""",
)


class Filled(msgspec.Struct, frozen=True):
    """What was made."""

    tenant_ids: list[UUID]
    messages: int
    began: datetime


async def fill(url: str, messages: int, tenants: int, now: datetime) -> Filled:
    """Make so many messages of so many tenants, in the month before a moment."""
    began = now - timedelta(days=DAYS)
    tenant_ids = [ids.new_uuid() for _ in range(tenants)]
    connection = await asyncpg.connect(url)
    try:
        for statement in _SETTINGS:
            await connection.execute(statement)
        await connection.execute(_TENANTS, tenant_ids)
        await connection.execute(_DOMAINS, tenant_ids)
        await connection.execute(_MADE)
        await _know(connection, tenant_ids)
        for table in ("messages", "deliveries", "events"):
            await connection.execute("select ensure_partitions($1, $2, 5)", table, began)
        indexes = await _drop_indexes(connection)
        await _each(url, [_filling(part, began, tenants) for part in _parts(messages, 20)])
        await connection.execute("create index on bench_mail (id)")
        days = [began + timedelta(days=day) for day in range(DAYS + 1)]
        await _each(url, [(sql, _values(sql, day, now)) for sql in _COPIED for day in days])
        await _each(url, [(index, ()) for index in indexes])
        await connection.execute("drop table bench_mail")
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
    return Filled(tenant_ids, messages, began)


async def _know(connection: Connection, tenant_ids: Sequence[UUID]) -> None:
    places = list(enumerate(tenant_ids))
    await connection.copy_records_to_table("bench_tenants", records=places)
    for tenant_id in tenant_ids:
        known = [(tenant_id, kind, place, value, terms.hashes(tenant_id, _terms(kind, value)))
                 for kind, values in _KNOWN.items() for place, value in values]  # fmt: skip
        await connection.copy_records_to_table("bench_known", records=known)


_KNOWN: dict[str, list[tuple[int, str]]] = {
    "subject": [*enumerate(SUBJECTS), (-1, CAMPAIGN)],
    "rare": [(place, f"word{place}") for place in range(_RARE_WORDS)],
    "sender": list(enumerate(SENDERS)),
    "domain": list(enumerate(DOMAINS)),
    "tag": list(enumerate(TAGS)),
    "stream": [(0, "transactional"), (1, "broadcast")],
}


def _terms(kind: str, value: str) -> Sequence[terms.Term]:
    match kind:
        case "sender":
            return terms.addressed("f", value)
        case "domain":
            return [terms.address("t", f"@{value}")]
        case "tag":
            return [terms.tag(value)]
        case "stream":
            return [terms.stream(value)]
        case _:
            return [terms.word(word) for word in value.lower().replace(":", "").split()]


def _parts(messages: int, count: int) -> list[tuple[int, int]]:
    size = -(-messages // count)
    return [(first, min(first + size, messages) - 1) for first in range(0, messages, size)]


def _filling(part: tuple[int, int], began: datetime, tenants: int) -> tuple[str, tuple[object, ...]]:
    sizes = (len(SUBJECTS), _RARE_WORDS, len(SENDERS), len(DOMAINS), len(TAGS))
    return _FILL, (*part, began, tenants, *sizes)


def _values(statement: str, day: datetime, now: datetime) -> tuple[object, ...]:
    values = (day, now - timedelta(days=7), list(REPLIES))
    return values if "$3" in statement else values[:2]


async def _drop_indexes(connection: Connection) -> list[str]:
    """Drop what need not be kept while rows come in; gives how each is made."""
    rows = await connection.fetch(
        """select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made from pg_index i
           where i.indrelid = any (array['messages', 'deliveries', 'events']::regclass[]) and not i.indisprimary"""
    )
    for row in rows:
        await connection.execute(f"drop index {row['name']}")
    return [row["made"].replace(" ON ONLY ", " ON ") for row in rows]


async def _each(url: str, statements: Sequence[tuple[str, tuple[object, ...]]]) -> None:
    """Run statements, some at once."""
    waiting = list(reversed(statements))

    async def work() -> None:
        connection = await asyncpg.connect(url, server_settings={"session_replication_role": "replica", "jit": "off"})
        try:
            while waiting:
                statement, values = waiting.pop()
                await connection.execute(statement, *values, timeout=3600)
        finally:
            await connection.close()

    async with asyncio.TaskGroup() as group:
        for _ in range(_AT_ONCE):
            group.create_task(work())
