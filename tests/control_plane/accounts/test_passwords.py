"""Passwords: long, not guessed first, kept by today's parameters, changed only by who knows them."""

import secrets

import pytest
from argon2 import PasswordHasher

from control_plane.accounts import service, sessions
from control_plane.accounts.passwords import LENGTH_MAX, errors_of, weakness
from control_plane.accounts.schemas import Person
from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.runtime import Runtime
from tests.conftest import Tenant
from tests.mailbox import notices_to

OLD, NEW = "violet harbour kettle nine", "copper meadow lantern four"
EMAIL = "annabelle.kowalski@acme-mailing.test"


@pytest.mark.parametrize(
    ("password", "word"),
    [
        ("", "12"),
        ("elevenchars", "12"),
        ("           x", "12"),  # space around does not count
        ("x" * (LENGTH_MAX + 1), "1000"),
        ("passwordpassword", "tried first"),
        ("PassWord1234!", "tried first"),
        ("international99", "tried first"),
        ("1qaz2wsx3edc", "tried first"),
        ("aaaaaaaaaaaaaa", "repeats"),
        ("abcabcabcabcabc", "repeats"),
        ("123456789012", "keyboard"),
        ("lkjhgfdsapoiuytrewq", "keyboard"),
        ("annabelle.kowalski", "look up"),
        ("Kowalski-annabelle-1!", "look up"),
        ("kowalski 2026!", "tried first"),  # a common surname and some digits
        ("fleetpost2026!", "look up"),
    ],
)
def test_a_weak_password_is_refused_with_a_sentence(password: str, word: str) -> None:
    assert word in weakness(password, EMAIL)


@pytest.mark.parametrize("password", ["a1b2c3-x9d8e7f6@else.test", "A1B2C3-X9D8E7F6", "1!a1b2c3-x9d8e7f6@else.test!1"])
def test_ones_own_address_is_no_password(password: str) -> None:
    assert "look up" in weakness(password, "a1b2c3-x9d8e7f6@else.test", "Ann")


@pytest.mark.parametrize(
    "password",
    [
        OLD,
        NEW,
        "correct horse battery",
        "Xk2#9fLmQ0zz",
        "日本語のパスワードですよね長い",
        "kowalski tuesday marble" + "x" * 900,
    ],
)
def test_a_good_password_is_taken(password: str) -> None:
    assert errors_of(password, EMAIL) == []


@pytest.fixture
async def ann(db: Database, tenant: Tenant) -> Person:
    email = f"ann-{secrets.token_hex(4)}@else.test"
    async with db.fleet_tx() as tx:
        user_id = await service.create_user(tx, tenant.id, email, OLD, "owner", "Ann")
    return Person(id=user_id, email=email, name="Ann")


async def change(
    runtime: Runtime, person: Person, new: str, *, old: str = "", is_fresh: bool = False, token: str = ""
) -> None:
    await service.change_password(
        runtime.db, runtime.valkey, runtime.clock, person, new, old=old, is_fresh=is_fresh, token=token
    )


async def test_changing_needs_the_old_one(runtime: Runtime, ann: Person) -> None:
    with pytest.raises(Invalid) as refused:
        await change(runtime, ann, NEW, old="a guess")
    assert refused.value.errors[0].path == "old_password"
    await change(runtime, ann, NEW, old=OLD)
    assert await service.sign_in(runtime.db, runtime.valkey, ann.email, NEW) is not None


async def test_or_a_fresh_proof(runtime: Runtime, ann: Person) -> None:
    await change(runtime, ann, NEW, is_fresh=True)
    assert await service.sign_in(runtime.db, runtime.valkey, ann.email, NEW) is not None


async def test_changing_ends_all_other_sessions_and_tells_of_itself(
    runtime: Runtime, db: Database, ann: Person
) -> None:
    this, other = [await service.sign_in(db, runtime.valkey, ann.email, OLD) for _ in range(2)]
    assert this is not None
    assert other is not None
    await change(runtime, ann, NEW, old=OLD, token=this.token)
    assert await sessions.find(runtime.valkey, this.token) is not None
    assert await sessions.find(runtime.valkey, other.token) is None
    assert [notice["event"] for notice in await notices_to(db, ann.email)] == ["password_changed"]


async def test_a_hash_of_old_parameters_is_renewed_when_its_owner_signs_in(
    runtime: Runtime, db: Database, ann: Person
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(OLD)
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update users set password_hash = $2 where id = $1", ann.id, weak)
    assert await service.sign_in(db, runtime.valkey, ann.email, OLD) is not None
    async with db.fleet_tx() as tx:
        kept = await tx.connection.fetchval("select password_hash from users where id = $1", ann.id)
    assert kept != weak
    assert await service.sign_in(db, runtime.valkey, ann.email, OLD) is not None
