"""Signing in by one's organisation: whom a provider may vouch for, and all the ways in which it may not."""

import asyncio
import secrets
from collections.abc import Callable, Generator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
from joserfc.jwk import OctKey, RSAKey

from control_plane.accounts import service, sessions
from control_plane.accounts.oidc.errors import DepartureUnknown, ProviderRefused, ProviderUnusable
from control_plane.accounts.schemas import SignedIn
from control_plane.accounts.service import own_security, provider_sign_in, providers
from control_plane.accounts.service.begin import ProviderOnly
from control_plane.accounts.service.provider_sign_in import Return
from control_plane.accounts.service.providers import Provider, ProviderChange
from control_plane.core.errors import Invalid
from control_plane.core.ids import new_uuid
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeDomain, MakeTenant, Tenant
from tests.control_plane.accounts.identity_provider import CLIENT, SECRET, IdentityProvider, serve, serve_mock
from tests.control_plane.accounts.people import DEVICE, begin, make_person

CALLBACK = "http://fleetpost.test/sign-in/sso/callback"


@pytest.fixture
def provider() -> Generator[IdentityProvider]:
    with serve() as running:
        yield running


async def name_provider(
    runtime: Runtime, tenant: Tenant, issuer: str, *domains: str, enforced: bool = False
) -> Provider:
    wanted = ProviderChange(
        issuer=issuer, client_id=CLIENT, client_secret=SECRET, email_domains=domains, enforced=enforced
    )
    with acting_for(tenant.id):
        return await providers.save_provider(runtime.db, runtime.vault, runtime.http, wanted)


@pytest.fixture
async def named(runtime: Runtime, tenant: Tenant, domain: str, provider: IdentityProvider) -> IdentityProvider:
    """The provider of `tenant`, for people of `domain`."""
    await name_provider(runtime, tenant, provider.issuer, domain)
    return provider


async def go(
    runtime: Runtime, provider: IdentityProvider, typed: str, *, again: bool = False, **claims: object
) -> SignedIn:
    """Go to the provider and come back with what it says."""
    left = await provider_sign_in.leave(runtime, typed, CALLBACK, "/domains", again=again)
    assert left is not None
    said = {"sub": f"sub-of-{typed}", "email": typed} | claims
    came = Return(handle=left.handle, **provider.let_in(left.address, **said))
    begun, wanted = await provider_sign_in.come_back(runtime, came, CALLBACK, DEVICE)
    assert wanted == "/domains"
    return begun


async def test_who_comes_for_the_first_time_is_made_a_member(
    runtime: Runtime, tenant: Tenant, domain: str, named: IdentityProvider
) -> None:
    begun = await go(runtime, named, f"Bob@{domain}", name="Bob")
    visitor = await service.resume(runtime.db, runtime.valkey, begun.token)
    assert visitor is not None
    assert (visitor.person.email, visitor.person.name) == (f"bob@{domain}", "Bob")
    assert (visitor.place.tenant_id, visitor.place.role) == (tenant.id, "support")


async def test_the_way_there_carries_state_nonce_and_a_challenge(
    runtime: Runtime, domain: str, named: IdentityProvider
) -> None:
    left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/", again=True)
    assert left is not None
    query = parse_qs(urlsplit(left.address).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == [CALLBACK]
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    assert min(len(query[name][0]) for name in ("state", "nonce", "code_challenge")) >= 40


async def test_the_code_is_exchanged_with_its_verifier_and_our_secret(
    runtime: Runtime, domain: str, named: IdentityProvider
) -> None:
    await go(runtime, named, f"bob@{domain}")
    assert len(named.asked[0]["code_verifier"][0]) >= 43
    assert "client_secret" not in named.asked[0]
    assert named.authorization_headers[0] == httpx.BasicAuth(CLIENT, "s3cret%2F%2B%3A")._auth_header


async def test_a_person_is_known_by_the_providers_name_for_them(
    runtime: Runtime, domain: str, named: IdentityProvider
) -> None:
    first = await go(runtime, named, f"bob@{domain}", sub="7")
    again = await go(runtime, named, f"bob@{domain}", sub="7", email=f"robert@{domain}")
    assert first.session.user_id == again.session.user_id


async def test_who_was_removed_does_not_come_back_by_the_provider(
    runtime: Runtime, tenant: Tenant, domain: str, named: IdentityProvider
) -> None:
    begun = await go(runtime, named, f"bob@{domain}")
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await tx.connection.execute("delete from memberships where user_id = $1", begun.session.user_id)
    with pytest.raises(ProviderRefused, match="no longer belong"):
        await go(runtime, named, f"bob@{domain}")


Lie = Callable[[IdentityProvider], object]

LIES: dict[str, Lie] = {
    "the nonce of another sign-in": lambda p: p.lies.update(nonce="other"),
    "no nonce": lambda p: p.lies.update(nonce=None),
    "meant for another client": lambda p: p.lies.update(aud="somebody-else"),
    "meant for several, passed on by another": lambda p: p.lies.update(aud=[CLIENT, "else"], azp="else"),
    "meant for several, by nobody": lambda p: p.lies.update(aud=[CLIENT, "else"]),
    "another issuer": lambda p: p.lies.update(iss="https://accounts.example.com"),
    "too old": lambda p: p.lies.update(exp=1),
    "without an end": lambda p: p.lies.update(exp=None),
    "nobody": lambda p: p.lies.update(sub=None),
    "a name with a line break": lambda p: p.lies.update(sub="a\nb"),
    "a NUL": lambda p: p.lies.update(sub="a\0b"),
    "a number for a name": lambda p: p.lies.update(sub=5),
    "not signed": lambda p: setattr(p, "signs_with", None),
    "signed by another": lambda p: setattr(p, "signs_with", RSAKey.generate_key(2048)),
    "an unverified address": lambda p: p.lies.update(email_verified=False),
    "no address": lambda p: p.lies.update(email=""),
    "an address of nowhere": lambda p: p.lies.update(email="bob"),
    "half a character for an address": lambda p: p.lies.update(email="\ud800@x.test"),
    "half a character for a name": lambda p: p.lies.update(sub="\ud800"),
    "half a character for a nonce": lambda p: p.lies.update(nonce="\ud800"),
    "a proof after the end of time": lambda p: p.lies.update(auth_time=10**400),
    "an address in an address": lambda p: p.lies.update(email="boss@bank.test@" + str(p.issuer)),
    "an address with a NUL": lambda p: p.lies.update(email="bob\0@x.test"),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
async def test_a_token_that_is_not_true_signs_nobody_in(
    runtime: Runtime, domain: str, named: IdentityProvider, lie: Lie
) -> None:
    lie(named)
    with pytest.raises(ProviderRefused):
        await go(runtime, named, f"bob@{domain}")


async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(
    runtime: Runtime, domain: str, named: IdentityProvider
) -> None:
    named.algorithm, named.signs_with = "HS256", OctKey.import_key(named.key.as_pem(private=False).hex())
    with pytest.raises(ProviderRefused):
        await go(runtime, named, f"bob@{domain}")


async def test_a_provider_vouches_for_its_own_domains_only(
    runtime: Runtime, named: IdentityProvider, domain: str, stranger: Tenant, make_domain: MakeDomain
) -> None:
    others = await make_domain(stranger, "victim")
    with pytest.raises(ProviderRefused, match="none of its domains"):
        await go(runtime, named, f"bob@{domain}", email=f"boss@{others}")


async def test_a_domain_that_is_not_proven_cannot_be_named(
    runtime: Runtime, tenant: Tenant, stranger: Tenant, make_domain: MakeDomain, provider: IdentityProvider
) -> None:
    others = await make_domain(stranger, "victim")
    with pytest.raises(Invalid):
        await name_provider(runtime, tenant, provider.issuer, others)


async def test_a_domain_that_is_lost_is_no_longer_vouched_for(
    runtime: Runtime, tenant: Tenant, domain: str, named: IdentityProvider
) -> None:
    left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/")
    assert left is not None
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set proven_at = null where name = $1", domain)
    came = Return(handle=left.handle, **named.let_in(left.address, sub="1", email=f"bob@{domain}"))
    with pytest.raises(ProviderRefused):
        await provider_sign_in.come_back(runtime, came, CALLBACK, DEVICE)
    assert await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/") is None


async def test_who_is_known_already_does_not_come_back_once_the_domain_is_lost(
    runtime: Runtime, tenant: Tenant, domain: str, named: IdentityProvider
) -> None:
    await go(runtime, named, f"bob@{domain}")
    left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/")
    assert left is not None
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await tx.connection.execute("update mail_domains set proven_at = null where name = $1", domain)
    came = Return(handle=left.handle, **named.let_in(left.address, sub=f"sub-of-bob@{domain}", email=f"bob@{domain}"))
    with pytest.raises(ProviderRefused):
        await provider_sign_in.come_back(runtime, came, CALLBACK, DEVICE)


async def test_a_session_of_a_provider_reaches_its_tenant_only(
    runtime: Runtime, tenant: Tenant, stranger: Tenant, domain: str, named: IdentityProvider
) -> None:
    """The attack: name a provider for a domain that one has proven, and get at what its people have elsewhere."""
    victim = await make_person(runtime, stranger, "owner", domain=domain)
    begun = await go(runtime, named, victim.email)
    assert begun.session.user_id == victim.id
    reachable = await service.places(runtime.db, victim.id, begun.session)
    assert [place.tenant_id for place in reachable] == [tenant.id]
    await begin(runtime, victim)
    seen = await own_security.own_sessions(runtime.valkey, runtime.clock, begun.session, begun.token)
    assert [listed.is_this_one for listed in seen] == [True]
    moved = msgspec.structs.replace(begun.session, tenant_id=stranger.id)
    token = await sessions.create(runtime.valkey, moved)
    assert await service.resume(runtime.db, runtime.valkey, token) is None


@pytest.mark.parametrize("field", ["state", "handle", "code"])
async def test_a_way_back_that_was_made_up_leads_nowhere(
    runtime: Runtime, domain: str, named: IdentityProvider, field: str
) -> None:
    left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/")
    assert left is not None
    true = Return(handle=left.handle, **named.let_in(left.address, sub="1", email=f"bob@{domain}"))
    forged = msgspec.structs.replace(true, **{field: secrets.token_hex(16)})
    with pytest.raises((DepartureUnknown, ProviderUnusable)):
        await provider_sign_in.come_back(runtime, forged, CALLBACK, DEVICE)


async def test_a_way_back_is_walked_once(runtime: Runtime, domain: str, named: IdentityProvider) -> None:
    left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/")
    assert left is not None
    came = Return(handle=left.handle, **named.let_in(left.address, sub="1", email=f"bob@{domain}"))
    await provider_sign_in.come_back(runtime, came, CALLBACK, DEVICE)
    with pytest.raises(DepartureUnknown):
        await provider_sign_in.come_back(runtime, came, CALLBACK, DEVICE)


async def test_the_answer_of_another_provider_is_refused(
    runtime: Runtime, domain: str, named: IdentityProvider
) -> None:
    left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/")
    assert left is not None
    brought = named.let_in(left.address, sub="1", email=f"bob@{domain}")
    came = Return(handle=left.handle, issuer="https://evil.test", **brought)
    with pytest.raises(ProviderRefused):
        await provider_sign_in.come_back(runtime, came, CALLBACK, DEVICE)


async def test_a_provider_that_names_itself_in_answers_must_do_so(
    runtime: Runtime, domain: str, named: IdentityProvider
) -> None:
    named.metadata_lies = {"authorization_response_iss_parameter_supported": True}
    left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/")
    assert left is not None
    brought = named.let_in(left.address, sub="1", email=f"bob@{domain}")
    with pytest.raises(ProviderRefused):
        await provider_sign_in.come_back(runtime, Return(handle=left.handle, **brought), CALLBACK, DEVICE)


async def test_a_page_with_foreign_letters_is_written_in_ascii(
    runtime: Runtime, domain: str, named: IdentityProvider
) -> None:
    named.metadata_lies = {"authorization_endpoint": f"{named.issuer}/anmelden/für alle"}
    left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/")
    assert left is not None
    assert left.address.startswith(f"{named.issuer}/anmelden/f%C3%BCr%20alle?")


async def test_people_have_one_address_however_a_provider_writes_it(
    runtime: Runtime, tenant: Tenant, provider: IdentityProvider
) -> None:
    label = f"bücher-{secrets.token_hex(4)}"
    ascii_domain = f"{label.encode('idna').decode()}.test"
    with acting_for(tenant.id):
        async with runtime.db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into mail_domains (tenant_id, id, name, status, ownership_token, proven_at)
                   values ($1, $2, $3, 'verified', 'proven-by-test', now())""",
                tenant.id,
                new_uuid(),
                ascii_domain,
            )
    await name_provider(runtime, tenant, provider.issuer, ascii_domain)
    bob = await make_person(runtime, tenant, "admin", domain=ascii_domain)
    written = bob.email.replace(ascii_domain, f"{label}.test")
    assert (await go(runtime, provider, written)).session.user_id == bob.id


async def test_a_provider_that_keeps_us_waiting_is_left(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("control_plane.accounts.oidc.fetching._PATIENCE_SECONDS", 0.05)

    async def dawdle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side has had enough
        writer.close()

    async with await asyncio.start_server(dawdle, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ProviderUnusable):
            await providers.try_provider(runtime.http, f"http://127.0.0.1:{port}")


@pytest.mark.parametrize(
    ("again", "said", "minutes"), [(False, None, None), (True, None, 0), (False, 5, 5), (True, 5, 5), (False, -60, 0)]
)
async def test_a_proof_is_as_old_as_the_provider_says(
    runtime: Runtime, domain: str, named: IdentityProvider, *, again: bool, said: int | None, minutes: int | None
) -> None:
    """Who finds a browser that the provider still knows does not thereby prove to be its owner."""
    now = runtime.clock.now()
    proof = {} if said is None else {"auth_time": int((now - timedelta(minutes=said)).timestamp())}
    session = (await go(runtime, named, f"bob@{domain}", again=again, **proof)).session
    if minutes is None:
        assert session.authenticated_at < now - timedelta(days=365)
    else:
        assert abs(session.authenticated_at - now + timedelta(minutes=minutes)) < timedelta(seconds=10)


async def test_a_fresh_proof_that_is_none_is_refused(runtime: Runtime, domain: str, named: IdentityProvider) -> None:
    hour_ago = runtime.clock.now() - timedelta(hours=1)
    with pytest.raises(ProviderRefused, match="anew"):
        await go(runtime, named, f"bob@{domain}", again=True, auth_time=int(hour_ago.timestamp()))


METADATA: dict[str, dict[str, object]] = {
    "another issuer": {"issuer": "https://accounts.example.com"},
    "a script for a page": {"authorization_endpoint": "javascript:alert(1)"},
    "no keys": {"jwks_uri": "http://127.0.0.1:1/keys"},
    "keys in a private network": {"jwks_uri": "http://10.0.0.1/keys"},
    "keys in a file": {"jwks_uri": "file:///etc/passwd"},
    "keys that are none": {"jwks_uri": "{issuer}/.well-known/openid-configuration"},
    "a page with a line break": {"authorization_endpoint": "{issuer}/\r\nset-cookie: fp_session=x"},
    "a page at no address": {"authorization_endpoint": "http://[::"},
    "a page on no host": {"authorization_endpoint": "http:///authorize"},
    "a number": {"token_endpoint": 7},
    "no address": {"jwks_uri": "http://[::"},
}


@pytest.mark.parametrize("lies", METADATA.values(), ids=METADATA.keys())
async def test_a_provider_that_does_not_answer_as_it_should_is_not_kept(
    runtime: Runtime, tenant: Tenant, domain: str, provider: IdentityProvider, lies: dict[str, object]
) -> None:
    provider.metadata_lies = {
        name: value.replace("{issuer}", provider.issuer) if isinstance(value, str) else value
        for name, value in lies.items()
    }
    with pytest.raises(ProviderUnusable):
        await name_provider(runtime, tenant, provider.issuer, domain)
    with acting_for(tenant.id):
        assert await providers.get_provider(runtime.db) is None


@pytest.mark.parametrize(
    "issuer", ["", "login.example.com", "ftp://x.test", "http://[::", "a\0b", "https://" + "x" * 600]
)
async def test_an_issuer_that_is_none_is_said_at_its_field(
    runtime: Runtime, tenant: Tenant, domain: str, issuer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        await name_provider(runtime, tenant, issuer, domain)
    assert refused.value.errors[0].path == "issuer"


async def test_the_secret_is_kept_sealed_and_stays_unless_it_is_changed(
    runtime: Runtime, tenant: Tenant, domain: str, named: IdentityProvider
) -> None:
    unchanged = ProviderChange(issuer=named.issuer, client_id=CLIENT, email_domains=(domain,))
    with acting_for(tenant.id):
        await providers.save_provider(runtime.db, runtime.vault, runtime.http, unchanged)
        assert (await providers.open_provider(runtime.db, runtime.vault)).client_secret == SECRET
        async with runtime.db.tenant_tx() as tx:
            kept = await tx.connection.fetchval("select client_secret from identity_providers")
    assert SECRET.encode() not in kept


async def test_another_provider_does_not_inherit_who_the_one_before_knew(
    runtime: Runtime, tenant: Tenant, domain: str, named: IdentityProvider
) -> None:
    first = await go(runtime, named, f"bob@{domain}", sub="7")
    with serve() as other:
        await name_provider(runtime, tenant, other.issuer, domain)
        second = await go(runtime, other, f"eve@{domain}", sub="7")
    assert first.session.user_id != second.session.user_id


async def test_where_the_provider_is_enforced_a_password_is_not_enough(
    runtime: Runtime, tenant: Tenant, stranger: Tenant, domain: str, provider: IdentityProvider
) -> None:
    await name_provider(runtime, tenant, provider.issuer, domain, enforced=True)
    bob = await make_person(runtime, tenant, "admin", domain=domain)
    with pytest.raises(ProviderOnly):
        await begin(runtime, bob)
    assert (await go(runtime, provider, bob.email)).session.tenant_id == tenant.id


async def test_owners_and_guests_keep_their_own_way_in(
    runtime: Runtime, tenant: Tenant, domain: str, provider: IdentityProvider
) -> None:
    await name_provider(runtime, tenant, provider.issuer, domain, enforced=True)
    owner = await make_person(runtime, tenant, "owner", domain=domain)
    guest = await make_person(runtime, tenant, "admin", domain="guest.test")
    assert (await begin(runtime, owner)).session.tenant_id == tenant.id
    assert (await begin(runtime, guest)).session.tenant_id == tenant.id


async def test_enforcing_ends_what_a_password_began(
    runtime: Runtime, tenant: Tenant, domain: str, provider: IdentityProvider
) -> None:
    bob = await make_person(runtime, tenant, "admin", domain=domain)
    begun = await begin(runtime, bob)
    await name_provider(runtime, tenant, provider.issuer, domain, enforced=True)
    assert await service.resume(runtime.db, runtime.valkey, begun.token) is None


async def test_a_provider_of_the_trade_is_understood(
    runtime: Runtime, make_tenant: MakeTenant, make_domain: MakeDomain
) -> None:
    tenant = await make_tenant()
    domain = await make_domain(tenant, "real")
    with serve_mock() as issuer:
        await name_provider(runtime, tenant, issuer, domain)
        left = await provider_sign_in.leave(runtime, f"bob@{domain}", CALLBACK, "/")
        assert left is not None
        async with httpx.AsyncClient() as browser:
            sent = await browser.post(left.address, data={"sub": f"bob@{domain}"})
        brought = parse_qs(urlsplit(sent.headers["location"]).query)
        came = Return(handle=left.handle, state=brought["state"][0], code=brought["code"][0])
        begun, _ = await provider_sign_in.come_back(runtime, came, CALLBACK, DEVICE)
    assert begun.session.tenant_id == tenant.id
