"""Messages are found by whatever is known of them, newest first, and nobody finds anybody else's."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import httpx
import pytest

from control_plane.core import ids
from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from control_plane.messages import service
from control_plane.messages.schemas import EmailAddress, Filters, NewMessage
from control_plane.messages.service import search
from tests.conftest import Tenant
from tests.control_plane.messages.messages import message
from tests.control_plane.messages.test_submitting import submission

NOW = datetime.now(UTC)


@pytest.fixture
async def sent(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> dict[str, str]:
    """Three messages: their subjects' first words and ids."""
    bodies = [
        message(domain, subject="Invoice für März", tags=["Order"], metadata={"order": "4711"}),
        message(domain, subject="Welcome", to=[{"email": "cleo@firm.test"}], stream="broadcast"),
        message(domain, subject="您的发票", to=[{"email": "Bob@Firm.test"}, {"email": "dora@else.test"}]),
    ]
    bodies[1]["from"] = {"email": f"news@{domain}"}
    answer = await client.post("/v1/messages/batch", json={"messages": bodies}, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    return dict(zip("abc", (each["id"] for each in answer.json()["results"]), strict=True))


async def found(client: httpx.AsyncClient, tenant: Tenant, **asked: str) -> list[str]:
    answer = await client.get(f"/v1/messages?{urlencode(asked)}", headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    assert answer.json()["next"] is None
    return [each["id"] for each in answer.json()["data"]]


@pytest.mark.parametrize(
    ("query", "letters"),
    [
        ("invoice", "a"),
        ("INVOICE marz fur", "a"),
        ("invoice welcome", ""),
        ("发票", "c"),
        ("to:bob@else.test", "a"),
        ("to:bob@firm.test", "c"),
        ("to:@firm.test", "bc"),
        ("to:bob@", "ac"),
        ("dora@else.test", "c"),
        ("@else.test", "ac"),
        ("from:ann@", "ac"),
        ("from:news@", "b"),
        ("tag:Order", "a"),
        ("tag:order", ""),
        ("metadata:order=4711", "a"),
        ("stream:broadcast", "b"),
        ("status:accepted to:@firm.test", "bc"),
        ("status:accepted", "abc"),
        ("status:delivered", ""),
        ("status:bounced invoice", ""),
        ("after:1h", "abc"),
        ("before:1h", ""),
        ("before:1h invoice", ""),
        ("after:1h to:@firm.test", "bc"),
        ("", "abc"),
    ],
)
async def test_the_one_box_finds(
    client: httpx.AsyncClient, tenant: Tenant, sent: dict[str, str], query: str, letters: str
) -> None:
    assert set(await found(client, tenant, query=query)) == {sent[letter] for letter in letters}


async def test_a_sender_is_found_too(
    client: httpx.AsyncClient, tenant: Tenant, domain: str, sent: dict[str, str]
) -> None:
    assert await found(client, tenant, query=f"news@{domain}") == [sent["b"]]
    assert len(await found(client, tenant, query=f"@{domain}")) == 3


@pytest.mark.parametrize(
    "asked",
    [
        {"recipient": "bob@else.test", "subject": "invoice"},
        {"tag": "Order", "status": "accepted"},
        {"metadata": "order:4711", "query": "märz"},
        {"from": "ann@", "stream": "transactional", "recipient": "@else.test", "query": "invoice"},
    ],
)
async def test_parameters_may_be_mixed(
    client: httpx.AsyncClient, tenant: Tenant, sent: dict[str, str], asked: dict[str, str]
) -> None:
    assert await found(client, tenant, **asked) == [sent["a"]]


async def test_strangers_find_nothing(client: httpx.AsyncClient, stranger: Tenant, sent: dict[str, str]) -> None:
    for query in ("invoice", "to:bob@", sent["a"], "status:accepted", 'reply:"user unknown"'):
        assert await found(client, stranger, query=query) == [], query


async def test_no_tenant_can_be_searched_by_another(db: Database, tenant: Tenant, stranger: Tenant) -> None:
    calls = ("find_messages($1, '{}', null, $2, $2, 1, 1)", "find_replies($1, 'x', $2, $2, $2, $2, 1)")
    for call in calls:
        with acting_for(stranger.id):
            async with db.tenant_tx() as tx:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await tx.connection.execute(f"select {call}", tenant.id, ids.new_uuid())


async def report(db: Database, tenant: Tenant, message_id: str, kind: str, queue_id: str, reply: str) -> str:
    """Let a node say what became of a message's first copy; gives its delivery's id."""
    async with db.fleet_tx() as tx:
        delivery: UUID = await tx.connection.fetchval(
            "select id from deliveries where tenant_id = $1 and message_id = $2 order by id limit 1",
            tenant.id,
            ids.decode("msg", message_id),
        )
        await tx.connection.execute(
            """insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
               select $1, $3, $4, now(), message_id, id, recipient,
                 jsonb_build_object('queue_id', $5::text, 'reply', $6::text)
               from deliveries where tenant_id = $1 and id = $2""",
            tenant.id,
            delivery,
            ids.new_uuid(),
            f"message.{kind}",
            queue_id,
            reply,
        )
        await tx.connection.execute(
            "update deliveries set status = $3 where tenant_id = $1 and id = $2", tenant.id, delivery, kind
        )
    return ids.encode("dlv", delivery)


def queue_id_of(moment: datetime) -> str:
    """Write a queue id as Postfix does."""
    return f"{in_base_52(int(moment.timestamp()), 6)}{in_base_52(moment.microsecond, 4)}z3tM"


def in_base_52(number: int, least: int) -> str:
    digits, text, left = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz", "", number
    while left:
        left, digit = divmod(left, len(digits))
        text = digits[digit] + text
    return text.rjust(least, "0")


async def test_what_a_server_answered_is_found(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, sent: dict[str, str]
) -> None:
    await report(db, tenant, sent["a"], "bounced", "Q1", "550-5.1.1 No such user: User unknown in virtual table")
    await report(db, tenant, sent["c"], "deferred", "Q2", "452 4.2.2 user's mailbox is full; unknown when")
    await report(db, tenant, sent["b"], "delivered", "Q3", "250 user unknown, but taken")
    assert await found(client, tenant, query='reply:"user UNKNOWN"') == [sent["a"]]
    assert set(await found(client, tenant, query="reply:user")) == {sent["a"], sent["c"]}
    assert await found(client, tenant, reply="user", query="to:@firm.test") == [sent["c"]]
    assert await found(client, tenant, query="reply:5.1.1 status:bounced") == [sent["a"]]
    assert await found(client, tenant, query="reply:5.1.1 status:deferred") == []
    assert await found(client, tenant, query=f"{sent['a']} reply:5.1.1") == [sent["a"]]
    assert await found(client, tenant, query=f"{sent['c']} reply:5.1.1") == []
    assert await found(client, tenant, query="status:bounced invoice") == [sent["a"]]


async def test_any_id_finds_its_message(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str, sent: dict[str, str]
) -> None:
    queue_id = queue_id_of(datetime.now(UTC))
    delivery = await report(db, tenant, sent["c"], "delivered", queue_id, "250 Ok")
    for query in (sent["c"], f"<{sent['c']}@{domain}>", delivery, queue_id, f"id:{queue_id} 发票"):
        assert await found(client, tenant, query=query) == [sent["c"]], query
    assert await found(client, tenant, query=f"{queue_id} invoice") == []
    assert await found(client, tenant, query=queue_id_of(datetime.now(UTC) - timedelta(days=40))) == []


async def test_what_came_by_smtp_is_found_by_its_own_message_id(
    client: httpx.AsyncClient, db: Database, tenant: Tenant, domain: str
) -> None:
    wanted = submission(tenant, domain, "Message-ID: <Report.1@desk.test>")
    accepted = await service.accept_raw(db, FixedClock(NOW), wanted)
    for query in ("<Report.1@desk.test>", "id:Report.1@desk.test", "id:<Report.1@desk.test> hello"):
        assert await found(client, tenant, query=query) == [accepted.id], query
    assert await found(client, tenant, query="<report.2@desk.test>") == []


async def accept(db: Database, tenant: Tenant, domain: str, at: datetime, subject: str) -> str:
    new = NewMessage(
        sender=EmailAddress(email=f"ann@{domain}"), to=(EmailAddress(email="bob@else.test"),), subject=subject, text="x"
    )
    with acting_for(tenant.id):
        return (await service.accept(db, FixedClock(at), new)).id


async def listed(db: Database, tenant: Tenant, query: str, limit: int = 2) -> tuple[list[str], int]:
    """Go through all pages; gives the ids and how many pages that were."""
    seen: list[str] = []
    after, pages = None, 0
    while True:
        with acting_for(tenant.id):
            page = await service.listing(db, Filters(query=query), limit, after, NOW)
        seen += [each.id for each in page.data]
        after, pages = page.next, pages + 1
        if after is None:
            return seen, pages


async def test_pages_go_back_through_the_hours(db: Database, tenant: Tenant, domain: str) -> None:
    moments = [NOW - timedelta(minutes=25 * number) for number in range(9)]
    made = [await accept(db, tenant, domain, moment, f"Order {number % 2}") for number, moment in enumerate(moments)]
    assert (await listed(db, tenant, "order"))[0] == made
    assert (await listed(db, tenant, "order 1"))[0] == made[1::2]
    assert (await listed(db, tenant, "bob@else.test order"))[0] == made
    assert (await listed(db, tenant, "status:accepted"))[0] == made
    assert (await listed(db, tenant, "status:accepted order 0"))[0] == made[::2]


async def test_a_search_that_takes_long_ends_its_page_early_and_loses_nothing(
    db: Database, tenant: Tenant, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = [NOW - timedelta(hours=number) for number in range(5)]
    made = [await accept(db, tenant, domain, moment, f"Order {number}") for number, moment in enumerate(moments)]
    monkeypatch.setattr(search, "_SECONDS", 0)
    for query, wanted in (("order", made), ("order 4", made[4:]), ("bob@else.test", made)):
        seen, pages = await listed(db, tenant, query)
        assert seen == wanted
        assert pages >= 5, query


async def test_answers_are_found_week_by_week(
    db: Database, tenant: Tenant, domain: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [await accept(db, tenant, domain, NOW - timedelta(days=3 * number), "Hi") for number in range(3)]
    for each in made:
        await report(db, tenant, each, "bounced", "Q", "550 unknown user")
    monkeypatch.setattr(search, "_SECONDS", 0)
    assert (await listed(db, tenant, "reply:unknown"))[0] == made


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ({"query": "colour:red"}, "query"),
        ({"recipient": "a@b@c"}, "recipient"),
        ({"from": "\0"}, "from"),
        ({"metadata": "order"}, "metadata"),
        ({"subject": "?"}, "subject"),
        ({"reply": "x" * 501}, "reply"),
    ],
)
async def test_what_is_not_understood_is_refused_by_its_path(
    client: httpx.AsyncClient, tenant: Tenant, asked: dict[str, str], path: str
) -> None:
    answer = await client.get(f"/v1/messages?{urlencode(asked)}", headers=tenant.headers)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, path)


async def test_a_statement_that_takes_too_long_is_refused_with_what_to_do(
    db: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_LONGEST", "20ms")
    with acting_for(tenant.id), pytest.raises(service.SearchTooWide, match="since"):
        async with search.searching(db) as tx:
            await tx.connection.execute("select pg_sleep(5)")


async def test_many_statements_that_take_too_long_together_are_refused_alike(
    db: Database, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_LONGEST_SECONDS", 0.1)

    async def look_long() -> None:
        async with search.searching(db) as tx:
            for _ in range(100):
                await tx.connection.execute("select pg_sleep(0.01)")

    with acting_for(tenant.id):
        with pytest.raises(service.SearchTooWide):
            await look_long()
        async with db.tenant_tx() as tx:
            assert await tx.connection.fetchval("select app_tenant()") == tenant.id


async def test_a_search_is_also_a_file(client: httpx.AsyncClient, tenant: Tenant, sent: dict[str, str]) -> None:
    answer = await client.get("/v1/messages/export?query=to:@firm.test", headers=tenant.headers)
    assert answer.headers["content-type"].startswith("text/csv")
    header, *lines = csv.reader(answer.text.splitlines())
    assert header == ["id", "created_at", "from", "to", "subject", "status", "stream", "sandbox"]
    assert _column(lines, 3) == {"cleo@firm.test", "Bob@firm.test", "dora@else.test"}
    refused = await client.get("/v1/messages/export?query=colour:red", headers=tenant.headers)
    assert refused.status_code == 422


def _column(lines: Sequence[Sequence[str]], place: int) -> set[str]:
    return {line[place] for line in lines}
