import secrets

import msgspec
import pytest

from control_plane.accounts import service, sessions, throttle
from control_plane.accounts.schemas import Device, Role
from control_plane.core.database import Database
from control_plane.core.runtime import Runtime
from tests.conftest import MakeTenant, Tenant

PASSWORD = "correct horse battery"


class Person(msgspec.Struct, frozen=True):
    """Somebody who can sign in."""

    email: str
    tenant: Tenant


@pytest.fixture
async def ann(db: Database, tenant: Tenant) -> Person:
    email = f"ann-{secrets.token_hex(4)}@acme.test"
    async with db.fleet_tx() as tx:
        await service.create_user(tx, tenant.id, email, PASSWORD, "developer", "Ann")
    return Person(email, tenant)


async def test_the_right_password_begins_a_session(runtime: Runtime, ann: Person) -> None:
    signed_in = await service.sign_in(runtime.db, runtime.valkey, f" {ann.email.upper()} ", PASSWORD)
    assert signed_in is not None
    assert signed_in.session.tenant_id == ann.tenant.id
    assert await sessions.find(runtime.valkey, signed_in.token) == signed_in.session


@pytest.mark.parametrize("password", ["", "wrong", PASSWORD + " "])
async def test_a_wrong_password_does_not(runtime: Runtime, ann: Person, password: str) -> None:
    assert await service.sign_in(runtime.db, runtime.valkey, ann.email, password) is None


async def test_an_unknown_address_is_refused_in_the_same_way(runtime: Runtime) -> None:
    assert await service.sign_in(runtime.db, runtime.valkey, "nobody@acme.test", PASSWORD) is None


async def test_guessing_is_slowed_down_for_one_address_from_one_place(runtime: Runtime, ann: Person) -> None:
    here, there = Device(address="192.0.2.1"), Device(address="192.0.2.2")
    for _ in range(throttle.TRIES_PER_PAIR):
        await throttle.count_try(runtime.valkey, ann.email, here.address)
    with pytest.raises(throttle.TooManySignIns):
        await service.sign_in(runtime.db, runtime.valkey, ann.email, PASSWORD, here)
    assert await service.sign_in(runtime.db, runtime.valkey, ann.email, PASSWORD, there) is not None


async def test_nobody_is_locked_out_for_ever(runtime: Runtime, ann: Person) -> None:
    await throttle.count_try(runtime.valkey, ann.email, "198.51.100.7")
    lives = [await runtime.valkey.ttl(key) async for key in runtime.valkey.scan_iter("sign-in:*")]
    assert lives
    assert all(0 < seconds <= throttle.DAY_SECONDS for seconds in lives)


async def test_a_session_goes_on_with_the_persons_present_role(runtime: Runtime, db: Database, ann: Person) -> None:
    signed_in = await service.sign_in(runtime.db, runtime.valkey, ann.email, PASSWORD)
    assert signed_in is not None
    visitor = await service.resume(db, runtime.valkey, signed_in.token)
    assert visitor is not None
    assert visitor.tenant.kind == "client"
    assert visitor.subject.allows("messages:write")
    assert not visitor.subject.allows("members:write")


async def test_a_session_ends_with_the_membership(
    runtime: Runtime, db: Database, ann: Person, make_tenant: MakeTenant
) -> None:
    signed_in = await service.sign_in(runtime.db, runtime.valkey, ann.email, PASSWORD)
    assert signed_in is not None
    elsewhere = msgspec.structs.replace(signed_in.session, tenant_id=(await make_tenant()).id)
    token = await sessions.create(runtime.valkey, elsewhere)
    assert await service.resume(db, runtime.valkey, token) is None
    assert await sessions.find(runtime.valkey, token) is None


async def test_signing_out_ends_the_session(runtime: Runtime, ann: Person) -> None:
    signed_in = await service.sign_in(runtime.db, runtime.valkey, ann.email, PASSWORD)
    assert signed_in is not None
    await sessions.end(runtime.valkey, signed_in.token)
    assert await sessions.find(runtime.valkey, signed_in.token) is None


async def test_valkey_holds_no_token_that_would_sign_in(runtime: Runtime, ann: Person) -> None:
    signed_in = await service.sign_in(runtime.db, runtime.valkey, ann.email, PASSWORD)
    assert signed_in is not None
    keys = [key.decode() async for key in runtime.valkey.scan_iter("session:*")]
    assert not [key for key in keys if signed_in.token in key]


@pytest.mark.parametrize("token", ["", "x", "../x", "\0"])
async def test_a_made_up_token_is_no_session(runtime: Runtime, token: str) -> None:
    assert await sessions.find(runtime.valkey, token) is None


def test_every_role_has_its_scopes() -> None:
    from typing import get_args

    from control_plane.accounts.schemas import SCOPES_OF

    assert set(get_args(Role)) == SCOPES_OF.keys()
