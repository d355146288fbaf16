"""The authenticator app: set up with a code, asked for at the second step, each code good once."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from control_plane.accounts import sessions
from control_plane.accounts.factors import totp as codes
from control_plane.accounts.factors.tries import MOST, TooManyCodes
from control_plane.accounts.schemas import Person
from control_plane.accounts.service import confirm, own_security, second, totp
from control_plane.accounts.service.recovery import renew_recovery_codes
from control_plane.accounts.service.second import NothingPending
from control_plane.accounts.service.totp import TotpExists, WrongCode
from control_plane.core.clock import FixedClock
from control_plane.core.runtime import Runtime
from tests.conftest import Tenant
from tests.control_plane.accounts.people import add_app, at_home, begin, clock, make_person

NOON = datetime(2026, 11, 22, 12, 0, 15, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
async def ann(runtime: Runtime, tenant: Tenant) -> Person:
    return await make_person(runtime, tenant)


@pytest.mark.parametrize(
    ("seconds_off", "is_good"),
    [(0, True), (-30, True), (30, True), (-60, False), (60, False)],
)
def test_a_phones_clock_may_be_off_by_one_step(seconds_off: int, *, is_good: bool) -> None:
    code = pyotp.TOTP(SECRET).at(NOON + timedelta(seconds=seconds_off))
    assert (codes.step_of(SECRET, code, NOON) is not None) is is_good


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "\0" * 6, "12 34", "9" * 5000])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert codes.step_of(SECRET, code, NOON) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    code = pyotp.TOTP(SECRET).at(NOON)
    assert codes.step_of(SECRET, f" {code[:3]} {code[3:]} ", NOON) is not None


async def test_an_app_counts_only_after_it_gave_a_code(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    with at_home(ann, tenant):
        await totp.propose(runtime.db, runtime.vault, ann)
        with pytest.raises(WrongCode):
            await totp.confirm(runtime.db, runtime.valkey, runtime.vault, clock(), ann, "000000")
    assert not (await begin(runtime, ann)).pending


async def test_with_an_app_a_password_opens_only_the_second_step(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    app, _ = await add_app(runtime, ann, tenant)
    begun, now = await begin(runtime, ann), clock()
    assert begun.pending
    assert await sessions.find(runtime.valkey, begun.token) is None
    done = await second.give_code(runtime.db, runtime.valkey, runtime.vault, now, begun.token, app.at(now.now()))
    assert done.token != begun.token
    assert await sessions.find(runtime.valkey, done.token) == done.session
    with pytest.raises(NothingPending):
        await second.pending(runtime.valkey, begun.token)


async def test_a_mailed_link_is_one_factor_and_a_passkey_is_two(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    await add_app(runtime, ann, tenant)
    assert (await begin(runtime, ann, "link")).pending
    assert not (await begin(runtime, ann, "passkey")).pending


async def test_a_code_is_good_once(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    app, _ = await add_app(runtime, ann, tenant)
    now = clock()
    code, first, again = app.at(now.now()), await begin(runtime, ann), await begin(runtime, ann)
    await second.give_code(runtime.db, runtime.valkey, runtime.vault, now, first.token, code)
    with pytest.raises(WrongCode):
        await second.give_code(runtime.db, runtime.valkey, runtime.vault, now, again.token, code)


async def test_guessing_codes_comes_to_an_end_even_with_new_first_steps(
    runtime: Runtime, tenant: Tenant, ann: Person
) -> None:
    app, _ = await add_app(runtime, ann, tenant)
    for _ in range(MOST):
        begun = await begin(runtime, ann)
        with pytest.raises(WrongCode):
            await second.give_code(runtime.db, runtime.valkey, runtime.vault, clock(), begun.token, "000000")
    now = clock()
    with pytest.raises(TooManyCodes):
        await second.give_code(runtime.db, runtime.valkey, runtime.vault, now, begun.token, app.at(now.now()))


async def test_a_wrong_code_is_noted_like_a_wrong_password(
    runtime: Runtime, tenant: Tenant, ann: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gets that far knows the password."""
    noted: list[tuple[object, ...]] = []

    async def leave_note(_: object, *about: object) -> None:
        noted.append(about)

    monkeypatch.setattr("control_plane.accounts.service.failed.leave_note", leave_note)
    await add_app(runtime, ann, tenant)
    begun = await begin(runtime, ann)
    with pytest.raises(WrongCode):
        await second.give_code(runtime.db, runtime.valkey, runtime.vault, clock(), begun.token, "000000")
    assert noted == [(ann.id, ann.email, begun.session.device.address)]


async def test_an_app_is_not_replaced_unnoticed(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    await add_app(runtime, ann, tenant)
    with at_home(ann, tenant), pytest.raises(TotpExists):
        await totp.propose(runtime.db, runtime.vault, ann)


async def test_removing_the_app_ends_all_other_sessions(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    await add_app(runtime, ann, tenant)
    here, there = await begin(runtime, ann, "passkey"), await begin(runtime, ann, "passkey")
    with at_home(ann, tenant):
        await totp.remove(runtime.db, runtime.valkey, ann.id, here.token)
        left = await own_security.own_factors(runtime.db, ann.id)
    assert await sessions.find(runtime.valkey, here.token) is not None
    assert await sessions.find(runtime.valkey, there.token) is None
    assert (left.totp_since, left.recovery_codes_left) == (None, 0)
    assert not (await begin(runtime, ann)).pending


async def test_the_secret_is_kept_sealed(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    app, _ = await add_app(runtime, ann, tenant)
    async with runtime.db.user_tx(ann.id) as tx:
        sealed = await tx.connection.fetchval("select secret from totp_secrets")
    assert app.secret.encode() not in sealed


async def test_nobody_sees_another_persons_factors(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    await add_app(runtime, ann, tenant)
    bob = await make_person(runtime, tenant)
    for table in ("totp_secrets", "recovery_codes", "passkeys"):
        async with runtime.db.user_tx(bob.id) as tx:
            assert await tx.connection.fetchval(f"select count(*) from {table}") == 0
        async with runtime.db.public_tx() as tx:
            assert await tx.connection.fetchval(f"select count(*) from {table}") == 0


async def test_each_recovery_code_opens_the_second_step_once(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    _, printed = await add_app(runtime, ann, tenant)
    assert len(set(printed)) == 10
    first, again = await begin(runtime, ann), await begin(runtime, ann)
    typed = printed[3].upper().replace("-", " ")
    await second.give_code(runtime.db, runtime.valkey, runtime.vault, clock(), first.token, typed)
    with pytest.raises(WrongCode):
        await second.give_code(runtime.db, runtime.valkey, runtime.vault, clock(), again.token, printed[3])
    with at_home(ann, tenant):
        assert (await own_security.own_factors(runtime.db, ann.id)).recovery_codes_left == 9


async def test_new_recovery_codes_replace_the_old_ones(runtime: Runtime, tenant: Tenant, ann: Person) -> None:
    _, old = await add_app(runtime, ann, tenant)
    with at_home(ann, tenant):
        new = await renew_recovery_codes(runtime.db, ann.id)
        with pytest.raises(WrongCode):
            await confirm.by_code(runtime.db, runtime.valkey, runtime.vault, clock(), ann.id, old[0])
        await confirm.by_code(runtime.db, runtime.valkey, runtime.vault, clock(), ann.id, new[0])


async def test_confirming_goes_on_under_a_new_token(runtime: Runtime, ann: Person) -> None:
    begun, later = await begin(runtime, ann), FixedClock(datetime.now(UTC) + timedelta(hours=1))
    fresh = await confirm.confirmed(runtime.valkey, later, begun.token, begun.session)
    assert await sessions.find(runtime.valkey, begun.token) is None
    session = await sessions.find(runtime.valkey, fresh)
    assert session is not None
    assert session.authenticated_at == later.now()
