"""Sign in by one's organisation: there, back, and who that is here.

Whoever runs the provider may be an attacker with a tenant of their own. So a person is known by the provider's name for
them; an address links only if its domain is the provider's and proven by its tenant; and the session that comes of it
reaches that tenant and nothing else of the person's.
"""

from datetime import datetime

import httpx
import msgspec

from control_plane.accounts.emails import address_of
from control_plane.accounts.oidc import departures, id_token
from control_plane.accounts.oidc.departures import Departure
from control_plane.accounts.oidc.discovery import discover, signing_keys
from control_plane.accounts.oidc.errors import ProviderRefused
from control_plane.accounts.oidc.exchange import Ours, id_token_for, way_there
from control_plane.accounts.oidc.id_token import Claims, Expected
from control_plane.accounts.queries import providers
from control_plane.accounts.schemas import Device, Person, SignedIn
from control_plane.accounts.service.begin import begin
from control_plane.accounts.service.providers import Opened, open_provider
from control_plane.audit import service as audit
from control_plane.core.actor import Actor, acting_as
from control_plane.core.database import Database, Transaction
from control_plane.core.errors import Invalid, NotFound
from control_plane.core.ids import TenantId, encode, new_uuid
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.core.text import is_one_line
from control_plane.mail_domains.names import NotADomain, normalise
from control_plane.notices import service as notices
from control_plane.notices.schemas import SecurityNews

_LONGEST_NAME, _LONGEST_SUBJECT = 200, 255
_NO_ADDRESS = "Your provider does not say which address is yours: it must send a verified one."
_FRESH_SECONDS = 600


class WayThere(msgspec.Struct, frozen=True):
    """Where to send a person, and what their browser keeps meanwhile."""

    address: str
    host: str
    handle: str


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """What a person comes back with."""

    state: str = ""
    code: str = ""
    issuer: str = ""
    error: str = ""
    handle: str = ""


async def leave(runtime: Runtime, email: str, callback: str, wanted: str, *, again: bool = False) -> WayThere | None:
    """Find the way to the provider of an address's domain; None when there is none. Raises `ProviderUnusable`."""
    async with runtime.db.public_tx() as tx:
        found = await providers.provider_for_domain(tx, _domain_of(email))
    if found is None:
        return None
    with acting_for(found["tenant_id"]):
        provider = await open_provider(runtime.db, runtime.vault)
    metadata = await discover(runtime.http, provider.issuer)
    ticket = await departures.depart(runtime.valkey, found["tenant_id"], provider.id, wanted, again=again)
    address = way_there(metadata, provider.client_id, callback, ticket)
    return WayThere(address, httpx.URL(address).host, ticket.handle)


async def come_back(
    runtime: Runtime, came: Return, callback: str, device: Device, before: str = ""
) -> tuple[SignedIn, str]:
    """Begin a session of whoever the provider vouches for; gives it and the page that they wanted.

    Raises `DepartureUnknown`, `ProviderRefused`, `ProviderUnusable`.
    """
    departure = await departures.come_back(runtime.valkey, came.state, came.handle)
    if came.error or not came.code:
        raise ProviderRefused
    with acting_for(departure.tenant_id):
        provider = await _same_provider(runtime, departure)
        claims = await _vouched(runtime, provider, departure, came, callback)
        person = await _identify(runtime.db, provider, departure, claims, runtime.clock.now(), device)
    begun = await begin(
        runtime.db,
        runtime.valkey,
        person,
        "provider",
        device,
        only_tenant=TenantId(departure.tenant_id),
        proven_at=claims.proven_at(runtime.clock.now(), again=departure.again),
        before=before,
        clock=runtime.clock,
    )
    if begun is None:
        raise ProviderRefused
    return begun, departure.wanted


async def _same_provider(runtime: Runtime, departure: Departure) -> Opened:
    """Give the provider that the person was sent to; raises `ProviderRefused` when it is another one by now."""
    try:
        provider = await open_provider(runtime.db, runtime.vault)
    except NotFound as error:
        raise ProviderRefused from error
    if provider.id != departure.provider_id:
        raise ProviderRefused
    return provider


async def _vouched(runtime: Runtime, provider: Opened, departure: Departure, came: Return, callback: str) -> Claims:
    metadata = await discover(runtime.http, provider.issuer)
    must_say = metadata.authorization_response_iss_parameter_supported
    if (came.issuer or must_say) and came.issuer != metadata.issuer:  # RFC 9207: the answer of another provider
        raise ProviderRefused
    ours = Ours(client_id=provider.client_id, client_secret=provider.client_secret, callback=callback)
    token = await id_token_for(runtime.http, metadata, ours, came.code, departure.verifier)
    expected = Expected(issuer=metadata.issuer, client_id=provider.client_id, nonce=departure.nonce)
    claims = id_token.check(token, await signing_keys(runtime.http, metadata), expected, runtime.clock.now())
    if departure.again and claims.is_older_than(_FRESH_SECONDS, runtime.clock.now()):
        raise ProviderRefused("Your provider did not ask you anew who you are.")
    return claims


async def _identify(
    db: Database, provider: Opened, departure: Departure, claims: Claims, now: datetime, device: Device
) -> Person:
    """Find who that is here, or make them a member; raises `ProviderRefused`."""
    if len(claims.sub) > _LONGEST_SUBJECT or not is_one_line(claims.sub):
        raise ProviderRefused
    async with db.fleet_tx() as tx:
        if not await providers.vouches(tx, provider.id):  # whoever set off before its last domain was lost
            raise ProviderRefused
        known = await providers.identity(tx, departure.tenant_id, provider.id, claims.sub)
        if known is None:
            return await _welcome(tx, provider, departure, claims, now, device)
        if known["role"] is None:
            raise ProviderRefused("You no longer belong to this account: ask one of its owners to invite you.")
        await providers.touch_identity(tx, departure.tenant_id, provider.id, claims.sub, now)
    return Person(id=known["id"], email=known["email"], name=known["name"])


async def _welcome(
    tx: Transaction, provider: Opened, departure: Departure, claims: Claims, now: datetime, device: Device
) -> Person:
    """Link somebody who comes for the first time, by their address, and give them a place."""
    email = await _own_address(tx, provider, claims)
    name = claims.name[:_LONGEST_NAME] if is_one_line(claims.name) else ""
    row = await providers.ensure_user(tx, new_uuid(), email, name, now)
    tenant_id, user = departure.tenant_id, encode("usr", row["id"])
    await providers.insert_identity(tx, tenant_id, provider.id, claims.sub, row["id"])
    actor = Actor(kind="user", id=user, name=email, tenant_id=TenantId(tenant_id), address=device.address)
    with acting_as(actor):
        if await providers.ensure_membership(tx, tenant_id, row["id"], provider.default_role):
            told = {"email": email, "role": provider.default_role, "through": provider.issuer}
            audit.record(tx, "members.join", user, after=told, tenant_id=tenant_id)
        audit.record(tx, "identity-providers.link", user, after={"issuer": provider.issuer}, tenant_id=tenant_id)
    await notices.write(tx, email, SecurityNews("provider_added", device.address))
    return Person(id=row["id"], email=row["email"], name=row["name"])


async def _own_address(tx: Transaction, provider: Opened, claims: Claims) -> str:
    try:
        email = address_of(claims.email)
    except Invalid as error:
        raise ProviderRefused(_NO_ADDRESS) from error
    if claims.email_is_doubtful:
        raise ProviderRefused(_NO_ADDRESS)
    if not await providers.vouches_for(tx, provider.id, _domain_of(email)):
        raise ProviderRefused(f"Your provider sends the address {email}, which is at none of its domains here.")
    return email


def _domain_of(email: str) -> str:
    """Give an address's domain as it is stored; nothing when it is none."""
    local, _, domain = email.strip().lower().rpartition("@")
    try:
        return normalise(domain) if local else ""
    except NotADomain:
        return ""
