"""A tenant chooses what others are told about mail to its domains (MTA-STS)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from control_plane.audit import service as audit
from control_plane.core import etag
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import encode
from control_plane.core.tenancy import require_domain
from control_plane.domain_sites import queries
from control_plane.domain_sites.advice import advise
from control_plane.domain_sites.hosts import MTA_STS, below
from control_plane.domain_sites.policy import Policy, policy_id
from control_plane.domain_sites.queries import Choice, DomainRow
from control_plane.domain_sites.schemas import MtaSts, MtaStsChange
from control_plane.mail_domains import service as mail_domains
from control_plane.settings import Settings

_PREFIX = "dom"


async def policies(tx: Transaction, settings: Settings, domain_ids: Collection[UUID]) -> dict[UUID, Policy]:
    """Give the policy of each of the bound tenant's domains: what `_mta-sts.` must name is `txt_value` of it."""
    chosen = await queries.choices(tx.connection, domain_ids)
    return {domain_id: policy_of(chosen.get(domain_id, Choice()), settings) for domain_id in domain_ids}


async def get(db: Database, settings: Settings, clock: Clock, domain_id: UUID) -> MtaSts:
    """Give a domain's policy; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        return view(await _found(tx, domain_id), settings, clock.now())


async def change(
    db: Database,
    settings: Settings,
    clock: Clock,
    domain_id: UUID,
    wanted: MtaStsChange,
    if_match: str | None = None,
) -> MtaSts:
    """Change a domain's policy; raises `NotFound`, `PreconditionFailed`, `DomainOutOfReach`."""
    now = clock.now()
    async with db.tenant_tx() as tx:
        row = await _found(tx, domain_id, lock=True)
        require_domain(row.name)
        etag.check(if_match, view(row, settings, now))
        choice = _changed(row.choice, wanted, now)
        if choice != row.choice:
            await queries.save(tx.connection, domain_id, choice)
            await mail_domains.follow_policy(tx, settings, domain_id, now)
            before, after = _told(row.choice), _told(choice)
            audit.record(tx, "domains.change_mta_sts", encode(_PREFIX, domain_id), before=before, after=after)
    return view(msgspec.structs.replace(row, choice=choice), settings, now)


def policy_of(choice: Choice, settings: Settings) -> Policy:
    """Make the policy of what was chosen."""
    return Policy(mode=choice.mode, mx=(settings.mail_host,), max_age_seconds=choice.max_age_seconds)


def view(row: DomainRow, settings: Settings, now: datetime) -> MtaSts:
    """Show a domain's policy."""
    policy = policy_of(row.choice, settings)
    return MtaSts(
        mode=policy.mode,
        max_age_seconds=policy.max_age_seconds,
        mx=list(policy.mx),
        policy_id=policy_id(policy),
        policy_url=f"https://{below(MTA_STS, row.name)}/.well-known/mta-sts.txt",
        advice=advise(policy.mode, row.choice.changed_at or row.proven_at, now),
    )


def _changed(choice: Choice, wanted: MtaStsChange, now: datetime) -> Choice:
    given = {name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not msgspec.UNSET}
    changed = msgspec.structs.replace(choice, **given)
    return choice if changed == choice else msgspec.structs.replace(changed, changed_at=now)


def _told(choice: Choice) -> dict[str, object]:
    return {"mode": choice.mode, "max_age_seconds": choice.max_age_seconds}


async def _found(tx: Transaction, domain_id: UUID, *, lock: bool = False) -> DomainRow:
    row = await queries.find(tx.connection, domain_id, lock=lock)
    if row is None:
        raise NotFound
    return row
