"""People for the tests of accounts: with a place, bound as who acts, with factors of their own."""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pyotp

from control_plane.accounts import service
from control_plane.accounts.schemas import Device, Method, Person, Role, SignedIn
from control_plane.accounts.service import totp
from control_plane.core import ids
from control_plane.core.actor import Actor, acting_as
from control_plane.core.clock import FixedClock
from control_plane.core.runtime import Runtime
from tests.conftest import Tenant

PASSWORD = "correct horse battery staple"
DEVICE = Device(
    address="192.0.2.7", user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
)


async def make_person(runtime: Runtime, tenant: Tenant, role: Role = "developer", domain: str = "acme.test") -> Person:
    """Make somebody with a password and a place in a tenant."""
    email = f"ann-{secrets.token_hex(4)}@{domain}"
    async with runtime.db.fleet_tx() as tx:
        user_id = await service.create_user(tx, tenant.id, email, PASSWORD, role, "Ann")
    return Person(id=user_id, email=email, name="Ann")


async def begin(runtime: Runtime, person: Person, method: Method = "password") -> SignedIn:
    """Have somebody do the first step."""
    begun = await service.begin(runtime.db, runtime.valkey, person, method, DEVICE)
    assert begun is not None
    return begun


@contextmanager
def at_home(person: Person, tenant: Tenant) -> Generator[None]:
    """Act as a person who belongs to a tenant."""
    with acting_as(Actor(kind="user", id=ids.encode("usr", person.id), name=person.email, tenant_id=tenant.id)):
        yield


def clock() -> FixedClock:
    """Make a clock that shows the present and stands still."""
    return FixedClock(datetime.now(UTC))


async def add_app(runtime: Runtime, person: Person, tenant: Tenant) -> tuple[pyotp.TOTP, list[str]]:
    """Set up an authenticator app; gives it and the recovery codes. The code of a minute ago is used up by that."""
    before = FixedClock(datetime.now(UTC) - timedelta(minutes=1))
    with at_home(person, tenant):
        app = pyotp.TOTP((await totp.propose(runtime.db, runtime.vault, person)).secret)
        codes = await totp.confirm(runtime.db, runtime.valkey, runtime.vault, before, person, app.at(before.now()))
    return app, codes
