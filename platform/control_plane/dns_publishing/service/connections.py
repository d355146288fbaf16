"""Connected DNS providers: their credentials are tried when they are saved, kept encrypted, and never shown again."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import asyncpg
import msgspec
from msgspec import UNSET

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.crypto import Vault
from control_plane.core.database import Transaction
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import MalformedId, decode, encode, new_uuid
from control_plane.core.pagination import Page, cursor
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import require_all_domains
from control_plane.core.text import is_one_line
from control_plane.dns_publishing.errors import TooManyConnections
from control_plane.dns_publishing.providers import KINDS, Kind, Means, ProviderProblem, open_zone
from control_plane.dns_publishing.queries import connections as queries
from control_plane.dns_publishing.schemas import (
    ChangedDnsProvider,
    DnsProvider,
    DnsProviderKind,
    NewDnsProvider,
    ProviderField,
)
from control_plane.mail_domains import service as mail_domains

PREFIX = "dns"
VAULT_PURPOSE = "dns_connections.credentials"

_MOST = 50
_SECONDS = 25
_DOMAIN_PREFIX = "dom"

_credentials = msgspec.json.Decoder(dict[str, str])


def kinds() -> tuple[DnsProviderKind, ...]:
    """List the providers that can be connected, by title."""
    return tuple(sorted(map(_shown_kind, KINDS.values()), key=lambda kind: kind.title))


async def connect(runtime: Runtime, new: NewDnsProvider) -> DnsProvider:
    """Connect a provider; raises `Invalid` when its credentials do not open the domain's zone, `TooManyConnections`."""
    require_all_domains()
    _check_name(new.name)
    given = _checked(KINDS[new.kind], new.credentials)
    tested = await _try(runtime, KINDS[new.kind], given, new.domain_id)
    now, connection_id = runtime.clock.now(), new_uuid()
    sealed = _sealed(runtime.vault, given)
    async with runtime.db.tenant_tx() as tx:
        row = await queries.insert(tx, connection_id, new.kind, new.name, sealed, now if tested else None, now, _MOST)
        if row is None:
            raise TooManyConnections
        told = {"kind": new.kind, "name": new.name}
        audit.record(tx, "domains.connect", encode(PREFIX, connection_id), after=told)
    return view(row)


async def find(runtime: Runtime, connection_id: UUID) -> DnsProvider:
    """Give a connection; raises `NotFound`."""
    async with runtime.db.tenant_tx() as tx:
        return view(await found(tx, connection_id))


async def listing(runtime: Runtime, limit: int, after: str | None) -> Page[DnsProvider]:
    """Give a page of connections, newest first."""
    last = cursor(PREFIX, after)
    async with runtime.db.tenant_tx() as tx:
        rows = await queries.page(tx, limit + 1, last)
    data = tuple(map(view, rows[:limit]))
    return Page(data, data[-1].id if len(rows) > limit else None)


async def change(
    runtime: Runtime, connection_id: UUID, wanted: ChangedDnsProvider, if_match: str | None = None
) -> DnsProvider:
    """Rename a connection or give it new credentials; raises `NotFound`, `Invalid`, `PreconditionFailed`."""
    require_all_domains()
    if wanted.name is not UNSET:
        _check_name(wanted.name)
    kind = KINDS[(await find(runtime, connection_id)).kind]
    given = None if wanted.credentials is UNSET else _checked(kind, wanted.credentials)
    if given is None and wanted.domain_id is not None:
        raise Invalid(errors=(FieldError("domain_id", "Only new credentials are tried: give them as well."),))
    tested = given is not None and await _try(runtime, kind, given, wanted.domain_id)
    async with runtime.db.tenant_tx() as tx:
        row = await found(tx, connection_id, lock=True)
        etag.check(if_match, view(row))
        name = row["name"] if wanted.name is UNSET else wanted.name
        sealed = row["credentials"] if given is None else _sealed(runtime.vault, given)
        tested_at = row["tested_at"] if given is None else runtime.clock.now() if tested else None
        await queries.change(tx, connection_id, name, sealed, tested_at)
        before = {"name": row["name"], "secret": row["credentials"]}
        told = {"name": name, "secret": sealed}
        audit.record(tx, "domains.change_connection", encode(PREFIX, connection_id), before=before, after=told)
        return view(await found(tx, connection_id))


async def disconnect(runtime: Runtime, connection_id: UUID, if_match: str | None = None) -> None:
    """Forget a connection and its publications; raises `NotFound`, `PreconditionFailed`."""
    require_all_domains()
    async with runtime.db.tenant_tx() as tx:
        row = await found(tx, connection_id, lock=True)
        etag.check(if_match, view(row))
        await queries.delete(tx, connection_id)
        told = {"kind": row["kind"], "name": row["name"]}
        audit.record(tx, "domains.disconnect", encode(PREFIX, connection_id), before=told)


async def found(tx: Transaction, connection_id: UUID, *, lock: bool = False) -> asyncpg.Record:
    """Find a connection's row; raises `NotFound`."""
    row = await queries.find(tx, connection_id, lock=lock)
    if row is None:
        raise NotFound
    return row


def opened_credentials(vault: Vault, row: asyncpg.Record) -> dict[str, str]:
    """Decrypt a connection's credentials."""
    return _credentials.decode(vault.decrypt(row["credentials"], purpose=VAULT_PURPOSE))


def means_of(runtime: Runtime) -> Means:
    """Give what this process reaches providers with."""
    return Means(runtime.http, runtime.settings.egress_allow)


def view(row: asyncpg.Record) -> DnsProvider:
    """Show a connection."""
    return DnsProvider(
        id=encode(PREFIX, row["id"]),
        kind=row["kind"],
        name=row["name"],
        tested_at=row["tested_at"],
        created_at=row["created_at"],
    )


def _shown_kind(kind: Kind) -> DnsProviderKind:
    fields = tuple(msgspec.convert(msgspec.structs.asdict(field), ProviderField) for field in kind.fields)
    return DnsProviderKind(kind=kind.kind, title=kind.title, hint=kind.hint, fields=fields)


def _check_name(name: str) -> None:
    if not is_one_line(name) or not name.strip():
        raise Invalid(errors=(FieldError("name", "Give it a name, on one line."),))


def _checked(kind: Kind, given: Mapping[str, str]) -> dict[str, str]:
    """Check that all fields are there and no other; raises `Invalid` at each."""
    errors = [
        FieldError(f"credentials.{field.name}", "This field is required.")
        for field in kind.fields
        if field.required and not given.get(field.name, "").strip()
    ]
    for name, value in given.items():
        field = next((each for each in kind.fields if each.name == name), None)
        if field is None:
            errors.append(FieldError(f"credentials.{name[:64]}", f"{kind.title} has no such field."))
        elif not value.isascii() or not is_one_line(value):
            errors.append(FieldError(f"credentials.{name}", "Only plain letters, digits and signs, on one line."))
        elif field.choices and value not in field.choices:
            errors.append(FieldError(f"credentials.{name}", f"One of: {', '.join(field.choices)}."))
    if errors:
        raise Invalid(errors=tuple(errors))
    return {name: value.strip() for name, value in given.items() if value.strip()}


async def _try(runtime: Runtime, kind: Kind, given: Mapping[str, str], domain_id: str | None) -> bool:
    """Open a domain's zone with new credentials, if there is a domain; raises `Invalid`."""
    if domain_id is None:
        return False
    try:
        domain = await mail_domains.get(runtime.db, runtime.settings, decode(_DOMAIN_PREFIX, domain_id))
    except (MalformedId, NotFound) as error:
        raise Invalid(errors=(FieldError("domain_id", "You have no such domain."),)) from error
    try:
        async with asyncio.timeout(_SECONDS):
            await open_zone(means_of(runtime), kind.kind, given, domain.name)
    except ProviderProblem as problem:
        raise Invalid(errors=(FieldError("credentials", problem.sentence),)) from problem
    except TimeoutError as error:
        raise Invalid(errors=(FieldError("credentials", "The provider did not answer in time."),)) from error
    return True


def _sealed(vault: Vault, given: Mapping[str, str]) -> bytes:
    return vault.encrypt(msgspec.json.encode(dict(given)), purpose=VAULT_PURPOSE)
