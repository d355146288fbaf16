"""Links for who keeps a domain's DNS: read-only, good for two weeks, withdrawn at any time.

Whoever has the address may read the records. Only its hash is kept, so that it is shown once and never again.
"""

from datetime import timedelta
from uuid import UUID

import asyncpg

from control_plane.accounts.emails import address_of
from control_plane.audit import service as audit
from control_plane.core import crypto
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.tenancy import acting_for, require_domain
from control_plane.dns_publishing.errors import SharedEnough, SharedLinkOver, TooManySharedLinks
from control_plane.dns_publishing.queries import links as queries
from control_plane.dns_publishing.schemas import CreatedSharedLink, NewSharedLink, SharedLink
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.schemas import Domain
from control_plane.notices import service as notices
from control_plane.notices.schemas import DnsRecordsLink
from control_plane.settings import Settings

PREFIX = "lnk"
DOMAIN_PREFIX = "dom"
GOOD_FOR = timedelta(days=14)

_TOKEN_PREFIX = "fpd"  # noqa: S105 what tokens begin with
_DAY = timedelta(days=1)
_DAY_SECONDS = 24 * 3600
_OPEN_MAX = 20
_MAILED_PER_DAY = 10
_MAILED_PER_ADDRESS = 2


async def share(
    db: Database, settings: Settings, clock: Clock, domain_id: UUID, new: NewSharedLink
) -> CreatedSharedLink:
    """Make a link to a domain's records, and mail it if an address is given.

    Raises `NotFound`, `DomainOutOfReach`, `Invalid`, `TooManySharedLinks`, `SharedEnough`.
    """
    email = address_of(new.email) if new.email else None
    domain = await mail_domains.get(db, settings, domain_id)
    require_domain(domain.name)
    credential, now = crypto.new_credential(_TOKEN_PREFIX), clock.now()
    path = f"/dns/{credential.token}"
    link = queries.NewLink(
        id=new_uuid(),
        domain_id=domain_id,
        lookup=credential.lookup,
        secret_hash=credential.hash,
        mailed_to=email,
        created_at=now,
        expires_at=now + GOOD_FOR,
    )
    async with db.tenant_tx() as tx:
        await queries.take_turn(tx)
        if len(await queries.open_ones(tx, domain_id, now)) >= _OPEN_MAX:
            raise TooManySharedLinks
        if email:
            await _mail(tx, link, email, domain, path)
        made = shared_link(await queries.insert(tx, link))
        told = {"link_id": made.id, "mailed_to": email, "expires_at": link.expires_at}
        audit.record(tx, "domains.share", domain.id, after=told)
    return CreatedSharedLink(
        id=made.id,
        domain_id=made.domain_id,
        mailed_to=email,
        created_at=now,
        expires_at=made.expires_at,
        url=f"{settings.public_url}{path}",
    )


async def listing(db: Database, settings: Settings, clock: Clock, domain_id: UUID) -> tuple[SharedLink, ...]:
    """List a domain's links that are still good, newest first; raises `NotFound`."""
    await mail_domains.get(db, settings, domain_id)
    async with db.tenant_tx() as tx:
        return tuple(map(shared_link, await queries.open_ones(tx, domain_id, clock.now())))


async def withdraw(db: Database, clock: Clock, link_id: UUID) -> None:
    """End a link; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await queries.end(tx, link_id, clock.now())
        if row is None or row["domain_id"] is None:
            raise NotFound
        told = {"link_id": encode(PREFIX, link_id), "mailed_to": row["mailed_to"]}
        audit.record(tx, "domains.unshare", encode(DOMAIN_PREFIX, row["domain_id"]), before=told)


async def shared_domain(db: Database, settings: Settings, clock: Clock, token: str) -> Domain:
    """Give the domain that a link shows, to whoever holds the link; raises `SharedLinkOver`."""
    parts = crypto.split_token(_TOKEN_PREFIX, token)
    if parts is None:
        raise SharedLinkOver
    lookup, secret = parts
    async with db.fleet_tx() as tx:
        row = await queries.find(tx, lookup, clock.now())
    if row is None or not crypto.secret_matches(secret, row["secret_hash"]):
        raise SharedLinkOver
    with acting_for(row["tenant_id"]):
        try:
            return await mail_domains.get(db, settings, row["domain_id"])
        except NotFound as error:
            raise SharedLinkOver from error


async def forget_old(db: Database, clock: Clock) -> None:
    """Delete links that ended a day ago: until then they count as mails that were sent."""
    async with db.fleet_tx() as tx:
        await queries.forget(tx, clock.now() - _DAY)


def shared_link(row: asyncpg.Record) -> SharedLink:
    """Show a stored link."""
    return SharedLink(
        id=encode(PREFIX, row["id"]),
        domain_id=encode(DOMAIN_PREFIX, row["domain_id"]),
        mailed_to=row["mailed_to"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )


async def _mail(tx: Transaction, link: queries.NewLink, email: str, domain: Domain, path: str) -> None:
    """Mail a link; strangers are not to be pestered through us."""
    mailed, there = await queries.mailed_since(tx, link.created_at - _DAY, email)
    if mailed >= _MAILED_PER_DAY or there >= _MAILED_PER_ADDRESS:
        raise SharedEnough(retry_after_seconds=_DAY_SECONDS)
    await notices.write(tx, email, DnsRecordsLink(path=path, domain=domain.name), expires_at=link.expires_at)
