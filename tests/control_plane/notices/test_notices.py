"""The platform writes to people: as the operator, in their language, and never without somebody's act behind it."""

import secrets
from datetime import timedelta
from gettext import NullTranslations
from uuid import UUID

import asyncpg
import msgspec
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database, Transaction
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime
from control_plane.notices import service
from control_plane.notices.letters import letter_of
from control_plane.notices.rendering import Sender, mail_of
from control_plane.notices.schemas import Invitation, Notice, SecurityNews, SignInLink

SENDER = Sender(name="Fleetpost", url="https://portal.test")


async def written(db: Database, recipient: str) -> UUID | None:
    async with db.fleet_tx() as tx:
        found: UUID | None = await tx.connection.fetchval("select id from notices where recipient = $1", recipient)
    return found


async def write(db: Database, notice: Notice, **more: object) -> str:
    recipient = f"ann-{secrets.token_hex(4)}@else.test"
    async with db.fleet_tx() as tx:
        await service.write(tx, recipient, notice, **more)  # type: ignore[arg-type]
    return recipient


async def messages_to(db: Database, recipient: str) -> list[asyncpg.Record]:
    async with db.fleet_tx() as tx:
        return await tx.connection.fetch("select tenant_id, message_id from deliveries where recipient = $1", recipient)


def test_a_letter_says_the_same_as_text_and_as_html() -> None:
    letter = letter_of(SignInLink("/links/fpl_1"), NullTranslations())
    mail = mail_of(letter, SENDER, "en")
    for form in (mail.text, mail.html):
        assert "https://portal.test/links/fpl_1" in form
        assert "works once" in form


def test_a_name_is_no_html() -> None:
    letter = letter_of(Invitation("/invitations/x", "<b>Acme</b> & %(who)s", "Ann"), NullTranslations())
    mail = mail_of(letter, SENDER, "en")
    assert "<b>Acme" not in mail.html
    assert "<b>Acme</b> & %(who)s" in mail.text


def test_news_of_safety_say_where_it_was_done_from() -> None:
    letter = letter_of(SecurityNews("password_changed", "192.0.2.1"), NullTranslations())
    assert letter.subject == "Your password was changed"
    assert "192.0.2.1" in " ".join(letter.paragraphs)


async def test_a_notice_becomes_a_message_of_the_operator(
    runtime: Runtime, db: Database, system_domain: TenantId
) -> None:
    recipient = await write(db, SignInLink("/links/fpl_1"))
    notice_id = await written(db, recipient)
    assert notice_id is not None
    await service.send(runtime, notice_id)
    assert [row["tenant_id"] for row in await messages_to(db, recipient)] == [system_domain]
    assert await written(db, recipient) is None


async def test_sent_twice_at_once_it_is_written_once(runtime: Runtime, db: Database, system_domain: TenantId) -> None:
    recipient = await write(db, SignInLink("/links/fpl_1"))
    notice_id = await written(db, recipient)
    assert notice_id is not None
    await service.send(runtime, notice_id)
    await service.send(runtime, notice_id)
    assert len(await messages_to(db, recipient)) == 1


async def test_what_is_rolled_back_is_not_written(db: Database) -> None:
    recipient = f"ann-{secrets.token_hex(4)}@else.test"
    async with db.fleet_tx() as tx:
        with pytest.raises(InterruptedError):
            await _write_and_fail(tx, recipient)
    assert await written(db, recipient) is None


async def _write_and_fail(tx: Transaction, recipient: str) -> None:
    async with tx.savepoint():
        await service.write(tx, recipient, SignInLink("/links/x"))
        raise InterruptedError


async def test_without_a_proven_sender_it_waits_and_the_page_can_tell(runtime: Runtime, db: Database) -> None:
    unproven = msgspec.structs.replace(
        runtime, settings=msgspec.structs.replace(runtime.settings, system_sender="No <no@unproven.test>")
    )
    assert not await service.can_send(db, unproven.settings)
    recipient = await write(db, SignInLink("/links/fpl_1"))
    notice_id = await written(db, recipient)
    assert notice_id is not None
    await service.send(unproven, notice_id)
    assert await written(db, recipient) == notice_id
    assert await messages_to(db, recipient) == []


async def test_a_link_that_is_of_no_use_any_more_is_not_sent(
    runtime: Runtime, db: Database, system_domain: TenantId
) -> None:
    now = runtime.clock.now()
    recipient = await write(db, SignInLink("/links/fpl_1"), expires_at=now + timedelta(minutes=15))
    notice_id = await written(db, recipient)
    assert notice_id is not None
    late = msgspec.structs.replace(runtime, clock=FixedClock(now + timedelta(minutes=16)))
    await service.send(late, notice_id)
    assert await messages_to(db, recipient) == []
    assert await written(db, recipient) is None


async def test_the_application_role_writes_notices_and_reads_none(db: Database) -> None:
    async with db.public_tx() as tx:
        await service.write(tx, "ann@else.test", SignInLink("/links/x"))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with tx.savepoint():
                await tx.connection.fetch("select notice from notices")
