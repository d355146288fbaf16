"""The first steps of an installation: the operator, shared pools, a first client, somebody who can sign in."""

import secrets

import msgspec

from control_plane.accounts import service as accounts
from control_plane.core import ids
from control_plane.core.database import Transaction
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.ip_pools import service as ip_pools
from control_plane.tenants import service as tenants

OPERATOR_SLUG = "operator"
CLIENT_SLUG = "acme"

_PASSWORD_BYTES = 15


class Bootstrapped(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was made; keys and the password are only here, and only the first time."""

    tenant_id: str | None = None
    """The first client; None once it was erased."""
    operator_key: str | None = None
    tenant_key: str | None = None
    portal_user: str | None = None
    portal_password: str | None = None


async def bootstrap(runtime: Runtime, operator_email: str) -> Bootstrapped:
    """Make everything, or find that it is there, in one transaction."""
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute("select pg_advisory_xact_lock(hashtextextended('fleetpost bootstrap', 0))")
        await ip_pools.ensure_shared_pools(tx)
        operator_id = await tenants.find_by_slug(tx, OPERATOR_SLUG)
        if operator_id is None:
            return await _make(tx, operator_email)
        await accounts.give_first_owner(tx, operator_id, operator_email)  # before there were consoles it had nobody
        client_id = await tenants.find_by_slug(tx, CLIENT_SLUG)
        return Bootstrapped(tenant_id=None if client_id is None else ids.encode("ten", client_id))


async def _make(tx: Transaction, operator_email: str) -> Bootstrapped:
    operator_id = await _make_tenant(tx, "operator", "Operator", OPERATOR_SLUG, None)
    client_id = await _make_tenant(tx, "client", "Acme", CLIENT_SLUG, operator_id)
    operator_key = await accounts.create_key(tx, operator_id, "bootstrap", ["fleet:*", "*"])
    tenant_key = await accounts.create_key(tx, client_id, "bootstrap", ["*"])
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    person = await accounts.create_user(tx, client_id, operator_email, password, "owner")
    await accounts.add_member(tx, operator_id, person, "owner")
    return Bootstrapped(
        tenant_id=ids.encode("ten", client_id),
        operator_key=operator_key.token,
        tenant_key=tenant_key.token,
        portal_user=operator_email.strip().lower(),
        portal_password=password,
    )


async def _make_tenant(tx: Transaction, kind: str, name: str, slug: str, parent_id: TenantId | None) -> TenantId:
    return await tenants.create(tx, tenants.NewTenant(kind=kind, name=name, slug=slug, parent_id=parent_id))
