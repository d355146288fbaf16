"""Make a key: its secret is shown once and kept as a hash."""

from collections.abc import Sequence

import msgspec

from control_plane.accounts.key_errors import TooManyApiKeys
from control_plane.accounts.key_rights import bound_faults, mode_faults, parse_bounds, scope_faults, time_faults
from control_plane.accounts.key_schemas import CreatedApiKey, NewApiKey
from control_plane.accounts.queries import keys as queries
from control_plane.accounts.queries.keys import KeyRow
from control_plane.accounts.service.keys import smtp
from control_plane.accounts.service.keys.view import PREFIX, created, told
from control_plane.audit import service as audit
from control_plane.core import crypto
from control_plane.core.actor import current_actor
from control_plane.core.auth import Subject
from control_plane.core.clock import Clock
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import FieldError, Invalid
from control_plane.core.ids import encode, new_uuid
from control_plane.core.key_ring import KEY_PREFIXES
from control_plane.core.tenancy import bound_tenant
from control_plane.core.text import NOT_ONE_LINE, is_one_line
from control_plane.mail_domains import service as mail_domains
from control_plane.mail_domains.errors import DomainNotUsable

_MOST = 200


async def make_key(db: Database, clock: Clock, maker: Subject, new: NewApiKey) -> CreatedApiKey:
    """Make a key with a fresh secret; raises `Invalid` for what the maker cannot give, `TooManyApiKeys`."""
    bounds, errors = parse_bounds(new.allowed_domains, new.allowed_networks, new.requests_per_minute, new.expires_at)
    errors += [*scope_faults(maker, new.scopes), *name_faults(new.name)]
    refuse(errors or [*time_faults(clock.now(), bounds), *bound_faults(maker, bounds), *mode_faults(maker, new.mode)])
    row = KeyRow(
        id=new_uuid(),
        name=new.name.strip(),
        scopes=tuple(dict.fromkeys(new.scopes)),
        created_at=clock.now(),
        created_by=current_actor().name,
        expires_at=bounds.expires_at,
        allowed_domains=bounds.domains,
        allowed_networks=bounds.networks,
        requests_per_minute=bounds.requests_per_minute,
        smtp=new.smtp,
        mode=new.mode,
    )
    refuse(smtp.faults(row))
    async with db.tenant_tx() as tx:
        if await queries.count(tx) >= _MOST:
            raise TooManyApiKeys
        await require_own(tx, bounds.domains)
        secret = await insert(tx, row)
        audit.record(tx, "api-keys.create", encode(PREFIX, row.id), after=told(row))
    return created(row, secret)


async def insert(tx: Transaction, row: KeyRow) -> str:
    """Store a key with a fresh secret, and have nodes know it if they are to; gives the secret."""
    credential = crypto.new_credential(KEY_PREFIXES[row.mode])
    made = msgspec.structs.replace(row, smtp_hash=crypto.hash_for_dovecot(credential.token))
    await queries.insert(tx, bound_tenant(), made, credential.lookup, credential.hash)
    await smtp.publish(tx, made)
    return credential.token


async def require_own(tx: Transaction, domains: Sequence[str]) -> None:
    """Raise `Invalid` for domains that are not the tenant's own."""
    found = await mail_domains.sending_domains(tx, domains) if domains else {}
    refuse(
        [
            FieldError(f"allowed_domains[{index}]", f"{name} is not a proven domain of yours.")
            for index, name in enumerate(domains)
            if isinstance(found[name], DomainNotUsable)
        ]
    )


def name_faults(name: str) -> list[FieldError]:
    """Say what is wrong with a key's name."""
    if not name.strip():
        return [FieldError("name", "Give the key a name that says what uses it.")]
    return [] if is_one_line(name) else [FieldError("name", NOT_ONE_LINE)]


def refuse(errors: Sequence[FieldError]) -> None:
    """Raise `Invalid` if there are errors."""
    if errors:
        raise Invalid(errors=tuple(errors))
