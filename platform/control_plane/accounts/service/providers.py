"""A tenant's sign-in provider: named, tried, enforced, removed."""

from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
import httpx
import msgspec

from control_plane.accounts.oidc.discovery import Metadata, discover, signing_keys
from control_plane.accounts.queries import providers
from control_plane.accounts.schemas import Role
from control_plane.audit import service as audit
from control_plane.core.crypto import Vault
from control_plane.core.database import Database
from control_plane.core.errors import FieldError, Invalid, NotFound
from control_plane.core.ids import encode, new_uuid
from control_plane.core.text import NOT_ONE_LINE, is_one_line

PREFIX = "idp"
ROLES: tuple[Role, ...] = ("support", "marketer", "developer", "billing", "admin")
"""What newcomers may be made; never owners."""

_PURPOSE = "identity_providers.client_secret"
_LONGEST = 500


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """A provider as its tenant sees it, without the secret."""

    id: str
    issuer: str
    client_id: str
    email_domains: tuple[str, ...]
    enforced: bool
    default_role: Role
    created_at: datetime


class ProviderChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider should be."""

    issuer: str
    client_id: str
    client_secret: str = ""
    """Empty: as it was."""
    email_domains: tuple[str, ...]
    enforced: bool = False
    default_role: Role = "support"


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A provider with all that is needed to speak to it."""

    id: UUID
    issuer: str
    client_id: str
    client_secret: str
    default_role: Role


async def get_provider(db: Database) -> Provider | None:
    """Show the bound tenant's provider; None when it has none."""
    async with db.tenant_tx() as tx:
        row = await providers.provider(tx)
    return None if row is None else _view(row)


async def nameable_domains(db: Database) -> list[str]:
    """List the domains that a provider may be named for: those that the bound tenant has proven."""
    async with db.tenant_tx() as tx:
        return sorted(await providers.proven_domains(tx))


async def save_provider(db: Database, vault: Vault, http: httpx.AsyncClient, wanted: ProviderChange) -> Provider:
    """Name the bound tenant's provider, or change it, after asking it who it is.

    Raises `Invalid`, and `ProviderUnusable` when it does not answer as it should.
    """
    _check(wanted)
    await _check_domains(db, wanted.email_domains)
    issuer = (await try_provider(http, wanted.issuer)).issuer
    async with db.tenant_tx() as tx:
        before = await providers.provider(tx)
        if before is not None and before["issuer"] != issuer:
            await providers.forget_identities(tx)
        await providers.save_provider(
            tx,
            before["id"] if before is not None else new_uuid(),
            issuer,
            wanted.client_id.strip(),
            _sealed_secret(vault, wanted, before),
            list(wanted.email_domains),
            wanted.default_role,
            enforced=wanted.enforced,
        )
        row = await providers.provider(tx)
        assert row is not None, "it was stored just now"
        after = _view(row)
        audit.record(
            tx,
            "identity-providers.change" if before is not None else "identity-providers.create",
            after.id,
            before=_told(_view(before)) if before is not None else None,
            after=_told(after) | ({"client_secret": "new"} if wanted.client_secret else {}),
        )
    return after


async def delete_provider(db: Database) -> None:
    """Remove the bound tenant's provider; who has no other way in asks for a mailed link. Raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await providers.provider(tx)
        if row is None:
            raise NotFound
        await providers.delete_provider(tx)
        audit.record(tx, "identity-providers.delete", encode(PREFIX, row["id"]), before=_told(_view(row)))


async def try_provider(http: httpx.AsyncClient, issuer: str) -> Metadata:
    """Ask a provider who it is and for its keys; raises `ProviderUnusable`."""
    metadata = await discover(http, issuer.strip())
    await signing_keys(http, metadata)
    return metadata


async def open_provider(db: Database, vault: Vault) -> Opened:
    """Give the bound tenant's provider with its secret; raises `NotFound`."""
    async with db.tenant_tx() as tx:
        row = await providers.provider(tx)
    if row is None:
        raise NotFound
    return Opened(
        id=row["id"],
        issuer=row["issuer"],
        client_id=row["client_id"],
        client_secret=vault.decrypt(row["client_secret"], purpose=_PURPOSE).decode(),
        default_role=row["default_role"],
    )


def _check(wanted: ProviderChange) -> None:
    errors = [
        FieldError(name, NOT_ONE_LINE if text else "Your provider shows it where you register Fleetpost.")
        for name, text in (("issuer", wanted.issuer.strip()), ("client_id", wanted.client_id.strip()))
        if not text or len(text) > _LONGEST or not is_one_line(text)
    ]
    if _scheme(wanted.issuer) not in ("http", "https"):
        errors.append(FieldError("issuer", "Give the whole address, as in https://login.example.com."))
    if len(wanted.client_secret) > _LONGEST:
        errors.append(FieldError("client_secret", f"Use at most {_LONGEST} characters."))
    if wanted.default_role not in ROLES:
        errors.append(FieldError("default_role", "Choose one of the roles."))
    if errors:
        raise Invalid(errors=tuple(errors))


def _sealed_secret(vault: Vault, wanted: ProviderChange, before: asyncpg.Record | None) -> bytes:
    if wanted.client_secret:
        return vault.encrypt(wanted.client_secret.encode(), purpose=_PURPOSE)
    if before is None:
        raise Invalid(errors=(FieldError("client_secret", "Paste the secret that your provider shows."),))
    kept: bytes = before["client_secret"]
    return kept


def _scheme(text: str) -> str:
    try:
        return urlsplit(text.strip()).scheme
    except ValueError:
        return ""


async def _check_domains(db: Database, names: tuple[str, ...]) -> None:
    async with db.tenant_tx() as tx:
        proven = await providers.proven_domains(tx)
    unproven = [name for name in names if name not in proven]
    if not names:
        raise Invalid(errors=(FieldError("email_domains", "Choose at least one domain."),))
    if unproven:
        raise Invalid(errors=(FieldError("email_domains", f"Prove first that {unproven[0]} is yours."),))


def _view(row: asyncpg.Record) -> Provider:
    return Provider(
        id=encode(PREFIX, row["id"]),
        issuer=row["issuer"],
        client_id=row["client_id"],
        email_domains=tuple(row["email_domains"]),
        enforced=row["enforced"],
        default_role=row["default_role"],
        created_at=row["created_at"],
    )


def _told(provider: Provider) -> dict[str, object]:
    told = msgspec.structs.asdict(provider)
    return {name: told[name] for name in ("issuer", "client_id", "email_domains", "enforced", "default_role")}
