"""Mailed links: to sign in, to a new password, to an account of one's own."""

import secrets
from datetime import timedelta

import msgspec
import pytest

from control_plane.accounts import service, sessions, throttle
from control_plane.accounts.errors import LinkSpent, SignUpClosed
from control_plane.accounts.people import Newcomer
from control_plane.accounts.schemas import Device
from control_plane.accounts.service import sign_up
from control_plane.accounts.service.sign_up import NewAccount
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.notices import service as notices
from tests.conftest import Tenant
from tests.mailbox import link_to, notices_to

OLD, NEW = "violet harbour kettle nine", "copper meadow lantern four"
HERE = "192.0.2.1"
ANN = Newcomer(name="Ann", password=NEW)


@pytest.fixture
async def email(db: Database, tenant: Tenant) -> str:
    """Somebody's address."""
    address = f"ann-{secrets.token_hex(4)}@else.test"
    async with db.fleet_tx() as tx:
        await service.create_user(tx, tenant.id, address, OLD, "owner", "Ann")
    return address


@pytest.fixture
def origin() -> str:
    """A place that nobody else tries from."""
    return f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"


async def token_for(db: Database, email: str) -> str:
    return (await link_to(db, email)).rpartition("/")[2]


async def mail_sign_in(runtime: Runtime, email: str, origin: str) -> None:
    await service.mail_sign_in(runtime.db, runtime.valkey, runtime.clock, email, origin, "de")


async def mail_reset(runtime: Runtime, email: str, origin: str) -> None:
    await service.mail_reset(runtime.db, runtime.valkey, runtime.clock, email, origin, "de")


async def ask(runtime: Runtime, email: str, origin: str) -> None:
    await sign_up.ask(runtime.db, runtime.valkey, runtime.clock, runtime.settings, email, origin, "de")


async def complete(runtime: Runtime, token: str, **more: object) -> None:
    new = msgspec.structs.replace(NewAccount(account="Café Zoë", kind="client", person=ANN), **more)
    await sign_up.complete(runtime.db, runtime.clock, runtime.settings, token, new, HERE)


async def test_a_link_signs_in_once(runtime: Runtime, db: Database, email: str, origin: str) -> None:
    await mail_sign_in(runtime, f" {email.upper()} ", origin)
    token = await token_for(db, email)
    assert (await service.open_link(db, runtime.clock, token)).email == email
    assert (await service.sign_in_by_link(db, runtime.clock, token)).email == email
    with pytest.raises(LinkSpent):
        await service.sign_in_by_link(db, runtime.clock, token)


async def test_a_link_that_signs_in_is_good_for_fifteen_minutes(
    runtime: Runtime, db: Database, email: str, origin: str
) -> None:
    await mail_sign_in(runtime, email, origin)
    late = FixedClock(runtime.clock.now() + timedelta(minutes=15, seconds=1))
    with pytest.raises(LinkSpent):
        await service.sign_in_by_link(db, late, await token_for(db, email))


async def test_a_link_is_good_for_its_own_purpose_only(runtime: Runtime, db: Database, email: str, origin: str) -> None:
    await mail_sign_in(runtime, email, origin)
    token = await token_for(db, email)
    with pytest.raises(LinkSpent):
        await service.reset_password(db, runtime.valkey, runtime.clock, token, NEW)
    with pytest.raises(LinkSpent):
        await complete(runtime, token)
    await service.sign_in_by_link(db, runtime.clock, token)


async def test_nothing_is_mailed_to_strangers(runtime: Runtime, db: Database, origin: str) -> None:
    stranger = f"nobody-{secrets.token_hex(4)}@else.test"
    await mail_sign_in(runtime, stranger, origin)
    await mail_reset(runtime, stranger, origin)
    assert await notices_to(db, stranger) == []


async def test_nobodys_mailbox_is_filled(runtime: Runtime, db: Database, email: str, origin: str) -> None:
    for _ in range(throttle.LINKS_PER_EMAIL + 3):
        await mail_sign_in(runtime, email, origin)
    assert len(await notices_to(db, email)) == throttle.LINKS_PER_EMAIL


async def test_nor_over_the_day_but_the_owners_browser_still_asks(runtime: Runtime, email: str, origin: str) -> None:
    may = [await throttle.may_mail_link(runtime.valkey, email, origin) for _ in range(throttle.LINKS_PER_EMAIL)]
    assert all(may)
    for _ in range(throttle.LINKS_PER_DAY):  # as the quarters of an hour go by
        await runtime.valkey.delete(throttle._key(f"links-email:{email}"))
        last = await throttle.may_mail_link(runtime.valkey, email, origin)
    assert not last
    assert await throttle.may_mail_link(runtime.valkey, email, origin, "a device")


async def test_asking_for_nobody_takes_the_same_steps(
    runtime: Runtime, db: Database, email: str, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, list[str]] = {}

    async def count(*args: object, **kwargs: object) -> None:
        told.setdefault(str(args[1]), []).append(type(args[2]).__name__)
        await write(*args, **kwargs)  # type: ignore[arg-type]

    write = notices.write
    monkeypatch.setattr("control_plane.accounts.service.links.notices.write", count)
    stranger = f"nobody-{secrets.token_hex(4)}@else.test"
    for address in (email, stranger):
        await mail_sign_in(runtime, address, origin)
        await mail_reset(runtime, address, origin)
    assert told[email] == told[stranger] == ["SignInLink", "ResetLink"]
    async with db.fleet_tx() as tx:
        kept = await tx.connection.fetchval("select count(*) from links where email = $1", stranger)
    assert (kept, await notices_to(db, stranger)) == (0, [])


async def test_one_place_asks_for_so_many_links(runtime: Runtime, origin: str) -> None:
    asked = [f"x{number}-{secrets.token_hex(4)}@else.test" for number in range(throttle.LINKS_PER_ORIGIN)]
    for address in asked:
        await mail_sign_in(runtime, address, origin)
    with pytest.raises(throttle.TooManyLinks):
        await mail_sign_in(runtime, "one-more@else.test", origin.replace("::1", "::2"))  # the same network


async def test_a_reset_ends_all_sessions_and_tells_of_itself(
    runtime: Runtime, db: Database, email: str, origin: str
) -> None:
    signed_in = await service.sign_in(db, runtime.valkey, email, OLD)
    assert signed_in is not None
    await mail_reset(runtime, email, origin)
    await service.reset_password(db, runtime.valkey, runtime.clock, await token_for(db, email), NEW, HERE)
    assert await sessions.find(runtime.valkey, signed_in.token) is None
    assert await service.sign_in(db, runtime.valkey, email, OLD) is None
    assert await service.sign_in(db, runtime.valkey, email, NEW) is not None
    [_, news] = await notices_to(db, email)
    assert (news["event"], news["address"]) == ("password_changed", HERE)


async def test_a_refused_password_leaves_the_link_good(runtime: Runtime, db: Database, email: str, origin: str) -> None:
    await mail_reset(runtime, email, origin)
    token = await token_for(db, email)
    for weak in ("short", "password1234", email):
        with pytest.raises(Invalid):
            await service.reset_password(db, runtime.valkey, runtime.clock, token, weak)
    await service.reset_password(db, runtime.valkey, runtime.clock, token, NEW)


async def test_after_a_reset_no_older_link_is_good(runtime: Runtime, db: Database, email: str, origin: str) -> None:
    await mail_sign_in(runtime, email, origin)
    older = await token_for(db, email)
    await mail_reset(runtime, email, origin)
    await service.reset_password(db, runtime.valkey, runtime.clock, await token_for(db, email), NEW)
    with pytest.raises(LinkSpent):
        await service.sign_in_by_link(db, runtime.clock, older)


async def test_a_reset_stands_in_the_audit_log(
    runtime: Runtime, db: Database, tenant: Tenant, email: str, origin: str
) -> None:
    await mail_reset(runtime, email, origin)
    await service.reset_password(db, runtime.valkey, runtime.clock, await token_for(db, email), NEW, HERE)
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow(
            "select action, actor_name, address from audit_log where tenant_id = $1 order by seq desc", tenant.id
        )
    assert row is not None
    assert tuple(row) == ("accounts.reset_password", email, HERE)


async def test_somebody_makes_an_account_of_their_own(
    runtime: Runtime, db: Database, system_domain: TenantId, origin: str
) -> None:
    email = f"zoe-{secrets.token_hex(4)}@else.test"
    await ask(runtime, email, origin)
    await complete(runtime, await token_for(db, email), kind="agency")
    signed_in = await service.sign_in(db, runtime.valkey, email, NEW)
    assert signed_in is not None
    [place] = await service.places(db, signed_in.session.user_id)
    assert (place.name, place.kind, place.role, place.status) == ("Café Zoë", "agency", "owner", "active")
    assert place.slug.startswith("cafe-zoe")
    async with db.fleet_tx() as tx:
        made = await tx.connection.fetchrow(
            "select parent_id, starting_day from tenants where id = $1", place.tenant_id
        )
    assert made is not None
    assert tuple(made) == (system_domain, 300), "it begins with little"


async def test_who_asked_several_times_begins_once(
    runtime: Runtime, db: Database, system_domain: TenantId, origin: str
) -> None:
    email = f"zoe-{secrets.token_hex(4)}@else.test"
    await ask(runtime, email, origin)
    first = await token_for(db, email)
    await ask(runtime, email, origin)
    await complete(runtime, await token_for(db, email))
    with pytest.raises(LinkSpent):
        await complete(runtime, first)


async def test_who_has_an_account_hears_so_by_mail_only(
    runtime: Runtime, db: Database, email: str, origin: str
) -> None:
    await ask(runtime, email, origin)
    [notice] = await notices_to(db, email)
    assert notice["type"] == "already_here"
    await service.sign_in_by_link(db, runtime.clock, await token_for(db, email))


async def test_a_link_to_begin_with_is_good_for_a_day(runtime: Runtime, db: Database, origin: str) -> None:
    email = f"zoe-{secrets.token_hex(4)}@else.test"
    await ask(runtime, email, origin)
    token = await token_for(db, email)
    soon = FixedClock(runtime.clock.now() + timedelta(hours=23))
    late = FixedClock(runtime.clock.now() + timedelta(hours=24, seconds=1))
    assert (await service.open_link(db, soon, token)).purpose == "sign_up"
    with pytest.raises(LinkSpent):
        await service.open_link(db, late, token)


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "two\nlines", "nul\0"])
async def test_an_account_has_a_name(
    runtime: Runtime, db: Database, system_domain: TenantId, origin: str, name: str
) -> None:
    email = f"zoe-{secrets.token_hex(4)}@else.test"
    await ask(runtime, email, origin)
    token = await token_for(db, email)
    with pytest.raises(Invalid) as refused:
        await complete(runtime, token, account=name)
    assert refused.value.errors[0].path == "account"
    await complete(runtime, token)


async def test_without_a_password_one_signs_in_by_links(
    runtime: Runtime, db: Database, system_domain: TenantId, origin: str
) -> None:
    email = f"zoe-{secrets.token_hex(4)}@else.test"
    await ask(runtime, email, origin)
    await complete(runtime, await token_for(db, email), person=Newcomer(name="Zoë"))
    for guess in ("", "None", NEW):
        assert await service.sign_in(db, runtime.valkey, email, guess, Device(address=origin)) is None
    await mail_sign_in(runtime, email, origin)
    await service.sign_in_by_link(db, runtime.clock, await token_for(db, email))


async def test_closed_is_closed(runtime: Runtime, db: Database, origin: str) -> None:
    closed = msgspec.structs.replace(runtime, settings=msgspec.structs.replace(runtime.settings, sign_up="closed"))
    with pytest.raises(SignUpClosed):
        await ask(closed, "zoe@else.test", origin)
    email = f"zoe-{secrets.token_hex(4)}@else.test"
    await ask(runtime, email, origin)
    with pytest.raises(SignUpClosed):
        await complete(closed, await token_for(db, email))
