"""People and keys: sign in, who am I, make users."""

import asyncio
from uuid import UUID

import asyncpg
import msgspec

from control_plane.accounts import queries, sessions, throttle
from control_plane.accounts.keys import NewKey, create_key
from control_plane.accounts.schemas import (
    SCOPES_OF,
    KeyView,
    Me,
    Membership,
    Role,
    Session,
    SignedIn,
    TenantView,
    Visitor,
)
from control_plane.core import crypto, ids
from control_plane.core.auth import Reach, Subject
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import NotFound
from control_plane.core.ids import TenantId
from control_plane.core.tenancy import acting_for
from control_plane.core.valkey import Client

__all__ = ["NewKey", "create_key", "create_user", "me", "memberships", "reach_by", "resume", "sign_in"]


async def sign_in(db: Database, valkey: Client, email: str, password: str, origin: str = "") -> SignedIn | None:
    """Begin a session in the person's first tenant; None when address or password is wrong, or they have no tenant.

    `origin` is the client's IP address. An unknown address takes as long as a wrong password. Raises `TooManySignIns`.
    """
    email = email.strip().lower()
    await throttle.count_try(valkey, email, origin)
    async with db.public_tx() as tx:
        user = await queries.user_by_email(tx, email)
    hashed = await asyncio.to_thread(crypto.decoy_password_hash) if user is None else user["password_hash"]
    matches = await asyncio.to_thread(crypto.password_matches, password, hashed)
    if user is None or not matches:
        return None
    await throttle.forget(valkey, email)
    places = await memberships(db, user["id"])
    if not places:
        return None
    session = Session(
        user_id=user["id"],
        email=user["email"],
        name=user["name"],
        tenant_id=places[0].tenant_id,
        role=places[0].role,
    )
    return SignedIn(await sessions.create(valkey, session), session)


async def memberships(db: Database, user_id: UUID) -> list[Membership]:
    """List where a person belongs."""
    async with db.user_tx(user_id) as tx:
        rows = await queries.memberships(tx, user_id)
    return [Membership(tenant_id=row["tenant_id"], role=row["role"]) for row in rows]


async def resume(db: Database, valkey: Client, token: str, *, used: bool = True) -> Visitor | None:
    """Go on with a session, with the rights that the person has now; None when it has ended or they have left.

    `used`: a person asks, and not a page that keeps itself up to date; only then the session lives on.
    """
    session = await sessions.find(valkey, token, used=used)
    if session is None:
        return None
    async with db.user_tx(session.user_id) as tx:
        role = await queries.role_in(tx, session.tenant_id, session.user_id)
    if role is None:
        await sessions.end(valkey, token)
        return None
    with acting_for(session.tenant_id):
        async with db.tenant_tx() as tx:
            tenant = _tenant_view(await queries.tenant(tx))
    subject = Subject(
        tenant_id=session.tenant_id,
        tenant_kind=tenant.kind,
        tenant_status=tenant.status,
        scopes=SCOPES_OF[role],
        user_id=session.user_id,
    )
    return Visitor(msgspec.structs.replace(session, role=role), tenant, subject)


def reach_by(db: Database) -> Reach:
    """Make what lets an agency's subject act for a client: by the client's grant, as far as its role goes."""

    async def reach(subject: Subject, wanted: str) -> Subject:
        client_id = ids.decode("ten", wanted)
        if client_id == subject.tenant_id:
            return subject
        with acting_for(subject.tenant_id):
            async with db.tenant_tx() as tx:
                row = await queries.reach(tx, client_id)
        if row is None:
            raise NotFound
        return acting(subject, row)

    return reach


def acting(subject: Subject, row: asyncpg.Record) -> Subject:
    """Give the subject as it is while it acts for a client that `queries.reach` found."""
    return msgspec.structs.replace(
        subject,
        tenant_id=TenantId(row["id"]),
        tenant_kind=row["kind"],
        tenant_status=row["status"],
        acting_from=subject.tenant_id,
        within=SCOPES_OF[row["role"]],
    )


async def me(db: Database, key_id: UUID) -> Me:
    """Describe the bound tenant and the key that asks."""
    async with db.tenant_tx() as tx:
        tenant, key = await queries.tenant(tx), await queries.key(tx, key_id)
    view = KeyView(
        id=ids.encode("key", key_id), name=key["name"], created_at=key["created_at"], expires_at=key["expires_at"]
    )
    return Me(tenant=_tenant_view(tenant), key=view, scopes=tuple(key["scopes"]))


def _tenant_view(row: asyncpg.Record) -> TenantView:
    return TenantView(id=ids.encode("ten", row["id"]), name=row["name"], kind=row["kind"], status=row["status"])


async def create_user(tx: Transaction, tenant_id: UUID, email: str, password: str, role: Role, name: str = "") -> UUID:
    """Make a user with a place in a tenant, as the fleet role; the password takes 25 ms in a thread."""
    user_id, hashed = ids.new_uuid(), await asyncio.to_thread(crypto.hash_password, password)
    await queries.insert_user(tx, user_id, email.strip().lower(), name, hashed)
    await queries.insert_membership(tx, tenant_id, user_id, role)
    return user_id
