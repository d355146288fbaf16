"""Providers' events, from the request to the delivery's state: forged, late, twice, in the wrong order."""

import asyncio
import datetime as dt
from collections.abc import AsyncGenerator

import asyncpg
import httpx
import msgspec
import pytest

from control_plane.core import ids
from control_plane.core.errors import NotFound
from control_plane.core.runtime import Runtime
from control_plane.deliveries import service as deliveries
from control_plane.relays.errors import UnprovenEvents
from control_plane.relays.service.take_events import Post, Taker
from tests.conftest import Tenant
from tests.control_plane.conftest import MakeNode
from tests.control_plane.conftest import SendMail as SendSome
from tests.control_plane.deliveries.test_service import claim_and_take, report
from tests.control_plane.relays.conftest import MakeRelay
from tests.control_plane.relays.events.providers import (
    NOW,
    Amazon,
    Mailgun,
    Request,
    SendGrid,
    postmark,
    smtp2go,
)

BOB = "bob@else.test"


class Mail(msgspec.Struct, frozen=True):
    """A mail that a relay took."""

    tenant: Tenant
    domain: str
    id: str

    @property
    def message_id(self) -> str:
        """Its header."""
        return f"<{self.id}@{self.domain}>"


async def rows_of(runtime: Runtime, delivery_ids: list[str]) -> list[asyncpg.Record]:
    """Read what is stored of deliveries."""
    async with runtime.db.fleet_tx() as tx:
        rows: list[asyncpg.Record] = await tx.connection.fetch(
            "select message_id, recipient from deliveries where id = any ($1)",
            [ids.decode("dlv", each) for each in delivery_ids],
        )
    return rows


@pytest.fixture
async def mail(client: httpx.AsyncClient, tenant: Tenant, domain: str) -> Mail:
    """A mail to one recipient, which a node has handed over."""
    body = {"from": {"email": f"ann@{domain}"}, "to": [{"email": BOB}], "subject": "Hello", "text": "Hi"}
    answer = await client.post("/v1/messages", json=body, headers=tenant.headers)
    return Mail(tenant, domain, answer.json()["id"])


async def status_of(client: httpx.AsyncClient, mail: Mail) -> tuple[str, list[str]]:
    """Give the delivery's state and its events."""
    shown = (await client.get(f"/v1/messages/{mail.id}", headers=mail.tenant.headers)).json()["recipients"][0]
    return shown["status"], sorted(event["type"].removeprefix("message.") for event in shown["events"])


async def post(client: httpx.AsyncClient, relay: dict[str, object], request: Request) -> int:
    """Send as a provider does."""
    body, headers = request
    path = str(relay["events_url"]).removeprefix("http://fleetpost.test")
    return (await client.post(path, content=body, headers=headers)).status_code


async def test_sendgrids_events_move_a_delivery_on(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay
) -> None:
    provider = SendGrid()
    relay = await make_relay(mail.tenant, events_key=provider.key)
    steps = {"processed": "accepted", "delivered": "delivered", "open": "delivered", "bounce": "bounced"}
    for event, status in steps.items():
        request = provider.request(provider.event(event, mail.message_id, BOB))
        assert await post(client, relay, request) == 204
        assert (await status_of(client, mail))[0] == status
    assert (await status_of(client, mail))[1] == ["accepted", "bounced", "delivered"]


async def test_forged_events_are_refused(client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay) -> None:
    provider = SendGrid()
    relay = await make_relay(mail.tenant, events_key=provider.key)
    event = provider.event("bounce", mail.message_id, BOB)
    body, headers = provider.request(event)
    assert await post(client, relay, (body.replace(b"else", b"evil"), headers)) == 401
    assert await post(client, relay, (body, {})) == 401
    assert await post(client, relay, (body, headers | {"X-Twilio-Email-Event-Webhook-Timestamp": "1"})) == 401
    assert await post(client, relay, SendGrid().request(event)) == 401
    assert await post(client, relay, provider.request(event, at=NOW - dt.timedelta(days=3))) == 401
    assert await post(client, relay | {"events_url": f"{relay['events_url']}x"}, (body, headers)) == 404
    assert await post(client, await make_relay(mail.tenant), (body, headers)) == 401, "without a key nothing is proven"
    assert (await status_of(client, mail)) == ("accepted", ["accepted"])


async def test_an_event_counts_once_however_often_it_comes(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay
) -> None:
    provider = SendGrid()
    relay = await make_relay(mail.tenant, events_key=provider.key)
    event = provider.event("bounce", mail.message_id, BOB)
    for _ in range(3):
        assert await post(client, relay, provider.request(event, event)) == 204
    assert (await status_of(client, mail)) == ("bounced", ["accepted", "bounced"])


async def test_states_never_go_back_whatever_the_order(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay
) -> None:
    provider = SendGrid()
    relay = await make_relay(mail.tenant, events_key=provider.key)
    later, soon = NOW - dt.timedelta(minutes=1), NOW - dt.timedelta(minutes=2)
    for event, at in (("spamreport", later), ("delivered", NOW), ("deferred", soon), ("bounce", soon)):
        await post(client, relay, provider.request(provider.event(event, mail.message_id, BOB, at)))
    assert (await status_of(client, mail))[0] == "complained"


async def test_what_is_too_late_or_about_no_mail_of_ours_is_passed_over(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay
) -> None:
    provider = SendGrid()
    relay = await make_relay(mail.tenant, events_key=provider.key)
    old = provider.event("bounce", mail.message_id, BOB, NOW - dt.timedelta(days=9))
    early = provider.event("bounce", mail.message_id, BOB, NOW + dt.timedelta(days=9))
    foreign = provider.event("bounce", "<someone@gmail.test>", BOB)
    odd = provider.event("bounce", "<msg_\0@\0>", "\0")
    assert await post(client, relay, provider.request(old, early, foreign, odd)) == 204
    assert (await status_of(client, mail)) == ("accepted", ["accepted"])


async def test_nobody_s_relay_says_anything_of_another_tenants_mail(
    client: httpx.AsyncClient, mail: Mail, stranger: Tenant, make_relay: MakeRelay
) -> None:
    provider = SendGrid()
    relay = await make_relay(stranger, events_key=provider.key)
    request = provider.request(provider.event("bounce", mail.message_id, BOB))
    assert await post(client, relay, request) == 204
    assert (await status_of(client, mail)) == ("accepted", ["accepted"])


async def test_a_relay_for_all_is_told_of_everybodys_mail(
    client: httpx.AsyncClient, mail: Mail, operator: Tenant, make_relay: MakeRelay
) -> None:
    provider = SendGrid()
    relay = await make_relay(operator, for_all=True, events_key=provider.key)
    await post(client, relay, provider.request(provider.event("bounce", mail.message_id, BOB)))
    assert (await status_of(client, mail))[0] == "bounced"


async def test_mail_that_is_known_to_have_left_another_way_is_not_the_relays(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay, runtime: Runtime
) -> None:
    provider = SendGrid()
    relay = await make_relay(mail.tenant, events_key=provider.key)
    async with runtime.db.fleet_tx() as tx:
        await tx.connection.execute(
            """insert into events (tenant_id, id, type, at, message_id, delivery_id, recipient, data)
               select tenant_id, $2, 'message.delivered', now(), message_id, id, recipient, '{"node_id": "nod_1"}'
               from deliveries where tenant_id = $1""",
            mail.tenant.id,
            ids.new_uuid(),
        )
    await post(client, relay, provider.request(provider.event("bounce", mail.message_id, BOB)))
    assert (await status_of(client, mail))[1] == ["accepted", "delivered"]


async def test_a_delivery_that_is_said_to_happen_later_hides_no_bounce(
    client: httpx.AsyncClient,
    runtime: Runtime,
    tenant: Tenant,
    domain: str,
    make_node: MakeNode,
    send_mail: SendSome,
    make_relay: MakeRelay,
) -> None:
    node = await make_node(tenant)
    [delivery_id] = await send_mail(tenant, domain)
    offer = await claim_and_take(runtime.db, node)
    [row] = await rows_of(runtime, [delivery_id])
    sent = Mail(tenant, domain, ids.encode("msg", row["message_id"]))
    relay = await make_relay(tenant, kind="postmark", username="u")
    late = postmark("Delivery", sent.message_id, row["recipient"], at=NOW + dt.timedelta(minutes=59))
    assert await post(client, relay, late) == 204
    await deliveries.ingest(runtime.db, node.id, [report(offer, "message.bounced")], runtime.clock)
    assert (await status_of(client, sent))[0] == "bounced"


async def test_nobody_can_say_that_somebody_elses_mail_bounced_by_sending_its_message_id(
    client: httpx.AsyncClient, mail: Mail, operator: Tenant, make_relay: MakeRelay
) -> None:
    provider = SendGrid()
    relay = await make_relay(operator, for_all=True, events_key=provider.key)
    for recipient in ("nobody@evil.test", ""):
        said = provider.event("bounce", mail.message_id, recipient)
        assert await post(client, relay, provider.request(said)) == 204
    assert (await status_of(client, mail)) == ("accepted", ["accepted"])


@pytest.mark.parametrize(
    ("event", "severity", "status"),
    [
        ("delivered", None, "delivered"),
        ("failed", "permanent", "bounced"),
        ("failed", "temporary", "accepted"),
        ("complained", None, "complained"),
        ("rejected", None, "failed"),
        ("opened", None, "accepted"),
    ],
)
async def test_mailguns_events_move_a_delivery_on(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay, event: str, severity: str | None, status: str
) -> None:
    provider = Mailgun()
    relay = await make_relay(mail.tenant, kind="mailgun", username="u", events_key=provider.key)
    said = provider.event(event, mail.message_id, BOB, severity=severity)
    assert await post(client, relay, provider.request(said)) == 204
    assert (await status_of(client, mail))[0] == status


async def test_mailguns_token_counts_for_one_event_only(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay
) -> None:
    provider = Mailgun()
    relay = await make_relay(mail.tenant, kind="mailgun", username="u", events_key=provider.key)
    seen, other = (provider.event("delivered", mail.message_id, BOB) for _ in range(2))
    assert await post(client, relay, provider.request(seen, "t" * 50)) == 204
    assert await post(client, relay, provider.request(seen, "t" * 50)) == 204
    assert await post(client, relay, provider.request(other, "t" * 50)) == 401
    assert await post(client, relay, provider.request(other, at=NOW - dt.timedelta(days=1))) == 401


@pytest.mark.parametrize(
    ("record", "kind", "status"),
    [
        ("Delivery", "", "delivered"),
        ("Bounce", "HardBounce", "bounced"),
        ("Bounce", "Transient", "accepted"),
        ("Bounce", "AutoResponder", "accepted"),
        ("SpamComplaint", "SpamComplaint", "complained"),
        ("Open", "", "accepted"),
    ],
)
async def test_postmarks_records_move_a_delivery_on(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay, record: str, kind: str, status: str
) -> None:
    relay = await make_relay(mail.tenant, kind="postmark", username="u")
    assert await post(client, relay, postmark(record, mail.message_id, BOB, kind)) == 204
    assert (await status_of(client, mail))[0] == status


@pytest.mark.parametrize(
    ("event", "bounce", "status"),
    [
        ("delivered", "", "delivered"),
        ("bounce", "hard", "bounced"),
        ("bounce", "soft", "accepted"),
        ("spam", "", "complained"),
    ],
)
async def test_smtp2gos_events_move_a_delivery_on(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay, event: str, bounce: str, status: str
) -> None:
    relay = await make_relay(mail.tenant, kind="smtp2go", username="u")
    assert await post(client, relay, smtp2go(event, mail.message_id, BOB, bounce)) == 204
    assert (await status_of(client, mail))[0] == status


class SesRelay:
    """A relay of SES, and Amazon's hosts."""

    def __init__(self, runtime: Runtime, relay: dict[str, object]) -> None:
        self.amazon = Amazon()
        self._taker = Taker(runtime.db, runtime.vault, runtime.clock, runtime.valkey, self.amazon.fetch)
        self._relay_id = ids.decode("rly", str(relay["id"]))
        self._secret = str(relay["events_url"]).rpartition("/")[2]

    async def take(self, request: Request, secret: str = "") -> int:
        body, headers = request
        return await self._taker.take(Post(self._relay_id, secret or self._secret, headers, body))


@pytest.fixture
async def ses(runtime: Runtime, tenant: Tenant, make_relay: MakeRelay) -> SesRelay:
    return SesRelay(runtime, await make_relay(tenant, kind="ses", username="AKIA"))


async def test_ses_is_heard_through_sns(client: httpx.AsyncClient, mail: Mail, ses: SesRelay) -> None:
    transient = ses.amazon.bounce(mail.message_id, BOB, "Transient")
    assert await ses.take(ses.amazon.request(transient)) == 1
    assert (await status_of(client, mail)) == ("accepted", ["accepted", "deferred"])
    request = ses.amazon.request(ses.amazon.bounce(mail.message_id, BOB))
    assert [await ses.take(request), await ses.take(request)] == [1, 0]
    assert (await status_of(client, mail))[0] == "bounced"


async def test_ses_knows_a_mail_by_its_return_path_too(client: httpx.AsyncClient, mail: Mail, ses: SesRelay) -> None:
    shown = (await client.get(f"/v1/messages/{mail.id}", headers=mail.tenant.headers)).json()
    token = shown["recipients"][0]["delivery_id"].removeprefix("dlv_")
    said = ses.amazon.bounce("", "", source=f"{token}@bounce.{mail.domain}")
    assert await ses.take(ses.amazon.request(said)) == 1


async def test_a_subscription_is_confirmed_and_no_other_topic_is_heard_after_it(mail: Mail, ses: SesRelay) -> None:
    url = "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=x&Token=1"
    await ses.take(ses.amazon.request("Hi", kind="SubscriptionConfirmation", Token="1", SubscribeURL=url))
    assert ses.amazon.fetched[-1] == url
    bounce = ses.amazon.bounce(mail.message_id, BOB)
    with pytest.raises(UnprovenEvents):
        await ses.take(ses.amazon.request(bounce, TopicArn="arn:aws:sns:eu-central-1:666:evil"))
    assert await ses.take(ses.amazon.request(bounce)) == 1


async def test_without_the_secret_nothing_is_fetched(ses: SesRelay) -> None:
    with pytest.raises(NotFound):
        await ses.take(ses.amazon.request("Hi"), secret="guessed")
    assert ses.amazon.fetched == []


async def test_who_does_not_know_the_secret_holds_nobody_up(
    client: httpx.AsyncClient, mail: Mail, make_relay: MakeRelay
) -> None:
    relay, over = await make_relay(mail.tenant, kind="postmark", username="u"), asyncio.Event()

    async def without_end() -> AsyncGenerator[bytes]:
        yield b"{"
        await over.wait()

    path = f"/v1/relays/{relay['id']}/events/guessed"
    guesses = [asyncio.create_task(client.post(path, content=without_end())) for _ in range(6)]
    try:
        async with asyncio.timeout(10):
            assert await post(client, relay, postmark("Delivery", mail.message_id, BOB)) == 204
            assert [(await guess).status_code for guess in guesses] == [404] * 6
    finally:
        over.set()
        await asyncio.gather(*guesses, return_exceptions=True)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"event": 1e999}', b"\0"])
@pytest.mark.parametrize("kind", ["ses", "mailgun", "postmark", "smtp2go", "smtp"])
async def test_garbage_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, make_relay: MakeRelay, kind: str, body: bytes, small_names: None
) -> None:
    relay = await make_relay(tenant, kind=kind, username="u", **({"host": "allowed.test"} if kind == "smtp" else {}))
    assert 400 <= await post(client, relay, (body, {})) < 500


async def test_an_old_address_ends_when_another_is_made(
    client: httpx.AsyncClient, tenant: Tenant, make_relay: MakeRelay
) -> None:
    relay = await make_relay(tenant, kind="postmark", username="u")
    answer = await client.post(f"/v1/relays/{relay['id']}/events-address", headers=tenant.headers)
    fresh = relay | {"events_url": answer.json()["events_url"]}
    request = postmark("Open", "", BOB)
    assert (await post(client, relay, request), await post(client, fresh, request)) == (404, 204)
