"""Probes at a Postfix that does as the test says."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.clock import ManualClock
from tenant_agent.inject.session import Gate
from tenant_agent.inject.settle import QueueUnreadable
from tenant_agent.journal import Journal
from tenant_agent.link import LinkDown
from tenant_agent.maillog.records import Activated, Attempted, Expired, LocalTime, Record, Removed, Requeued
from tenant_agent.probe import Departure, Prober, book
from tenant_agent.probe.prober import WITHIN_SECONDS

AT = LocalTime(11, 22, 12, 0, 0)
QUEUE_ID = "4DKf2S6fP8zQ7yW"
PROBE = wire.Probe(number=3, recipient="Bob@else.test")
ASKED = wire.DaemonsItem(release="rol_1", probe=PROBE)


class Postfix:
    """Takes mail at the injection port, or fails to in several ways."""

    def __init__(self) -> None:
        self.replies: list[str | None] = []
        """To the next mails' contents; none hangs up."""
        self.senders_in_queue: dict[str, str] = {}
        self.is_readable = True
        self.taken: list[str] = []
        self.removed: list[str] = []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 n1 ESMTP\r\n")
        sender = ""
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                writer.write(b"354 Go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
                if not self._take(sender, writer):
                    break
            else:
                sender = line.decode().partition("<")[2] if verb == b"MAIL" else sender
                writer.write(b"250 Ok\r\n")
        writer.close()

    def _take(self, sender: str, writer: asyncio.StreamWriter) -> bool:
        reply = self.replies.pop(0) if self.replies else f"250 2.0.0 Ok: queued as {QUEUE_ID}"
        if reply is None or reply.startswith("2"):
            self.taken.append(sender.partition("@")[0])
        if reply is not None:
            writer.write(f"{reply}\r\n".encode())
        return reply is not None

    async def senders(self) -> dict[str, str]:
        if not self.is_readable:
            raise QueueUnreadable("postqueue: it is down")
        return self.senders_in_queue

    async def delete(self, queue_ids: list[str]) -> None:
        self.removed += queue_ids


class Bench:
    """A prober with everything around it."""

    def __init__(self, root: Path, postfix: Postfix, port: int) -> None:
        self.journal = Journal(root / "mail.db", [book.SCHEMA])
        self.clock = ManualClock()
        self.postfix = postfix
        self.port = port
        self.told: list[wire.Probed] = []
        self.online = True
        self.way: str | None = "out-10-77-1-11:"
        self.prober = self.new_life()

    def new_life(self) -> Prober:
        return Prober(
            self.journal,
            Gate(port=self.port),
            self,
            listing=self.postfix,
            removal=self.postfix,
            depart=self.depart,
            clock=self.clock,
        )

    async def depart(self, domain: str) -> Departure | None:
        assert domain == "else.test"
        return None if self.way is None else Departure("n1.fleetpost.test", self.way)

    async def send(self, frame: wire.FromAgent) -> None:
        if not self.online:
            raise LinkDown
        assert isinstance(frame, wire.Probed)
        self.told.append(frame)

    async def after(self, seconds: float) -> None:
        self.clock.move(seconds)
        await self.prober.look()

    async def log(self, *records: Record) -> bool:
        return await self.journal.write(lambda db: book.book(db, records))

    @property
    def token(self) -> str:
        kept = self.journal.read(book.newest)
        assert kept is not None
        return kept.token


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    postfix = Postfix()
    server = await asyncio.start_server(postfix.talk, "127.0.0.1", 0)
    made = Bench(tmp_path, postfix, server.sockets[0].getsockname()[1])
    made.prober.ask(ASKED)
    yield made
    server.close()
    made.journal.close()


def attempted(status: str, reply: str, queue_id: str = QUEUE_ID) -> Attempted:
    return Attempted(
        queue_id=queue_id,
        at=AT,
        domain="else.test",
        service="out-10-77-1-11",
        relay="mx.else.test[10.1.1.1]:25",
        dsn="2.0.0" if status == "sent" else "4.4.1",
        status=status,
        reply=reply,
        delays=wire.Delays(before_queue_s=0, in_queue_s=0, connect_s=0, transmit_s=0),
        delay_s=0.1,
        tls=None,
    )


async def test_it_is_handed_over_once_and_the_log_says_how_it_ended(bench: Bench) -> None:
    await bench.prober.look()
    await bench.prober.look()
    assert bench.postfix.taken == [bench.token]
    assert bench.told == []
    assert await bench.log(Activated(QUEUE_ID, f"{bench.token}@n1.fleetpost.test"), attempted("sent", "250 Ok"))
    await bench.prober.look()
    await bench.prober.look()
    assert bench.told == [wire.Probed(release="rol_1", number=3, delivered=True, reply="2.0.0 250 Ok")]


async def test_only_while_it_is_handed_over_has_it_a_way_out(bench: Bench) -> None:
    await bench.prober.look()
    assert bench.prober.way_of(bench.token) is None
    assert bench.prober.way_of("") is None


async def test_what_is_deferred_has_failed_and_is_removed_until_it_is_gone(bench: Bench) -> None:
    await bench.prober.look()
    await bench.log(attempted("deferred", "connect: Connection timed out"), attempted("sent", "later"))
    await bench.prober.look()
    assert [(each.delivered, each.reply) for each in bench.told] == [(False, "4.4.1 connect: Connection timed out")]
    await bench.after(1)
    assert bench.postfix.removed == [QUEUE_ID] * 2
    await bench.log(Removed(QUEUE_ID, AT, by_hand=True))
    await bench.after(60)
    assert bench.postfix.removed == [QUEUE_ID] * 2
    assert len(bench.told) == 1


async def test_without_an_answer_it_is_over_after_a_while(bench: Bench) -> None:
    await bench.prober.look()
    await bench.after(WITHIN_SECONDS - 1)
    assert bench.told == []
    await bench.after(1)
    assert [(each.delivered, each.reply) for each in bench.told] == [(False, "no answer within 120 s")]
    assert bench.postfix.removed == [QUEUE_ID]


async def test_postfix_is_asked_again_when_it_does_not_take_it_for_now(bench: Bench) -> None:
    bench.postfix.replies = ["451 4.7.1 Service unavailable"]
    await bench.prober.look()
    assert bench.postfix.taken == []
    await bench.after(15)
    assert bench.postfix.taken == [bench.token]


async def test_it_says_so_if_postfix_never_takes_it(bench: Bench) -> None:
    bench.postfix.replies = ["451 4.7.1 Service unavailable"] * 9
    await bench.prober.look()
    await bench.after(WITHIN_SECONDS)
    assert bench.told[0].reply == "this node's own Postfix did not take it: 451 4.7.1 Service unavailable"


async def test_a_refusal_ends_it_at_once(bench: Bench) -> None:
    bench.postfix.replies = ["550 5.7.1 Not signed"]
    await bench.prober.look()
    assert bench.told[0].reply == "this node's own Postfix did not take it: 550 5.7.1 Not signed"


async def test_a_node_without_an_address_says_so(bench: Bench) -> None:
    bench.way = None
    await bench.prober.look()
    await bench.after(WITHIN_SECONDS)
    assert bench.told[0].reply == "no address of this node may send just now"


async def test_what_is_in_doubt_is_looked_for_in_the_queue_and_not_sent_twice(bench: Bench) -> None:
    bench.postfix.replies = [None]
    await bench.prober.look()
    await bench.after(44)
    assert bench.postfix.taken == [bench.token]
    bench.postfix.senders_in_queue = {bench.token: QUEUE_ID}
    await bench.after(1)
    await bench.after(1)
    assert bench.postfix.taken == [bench.token]
    await bench.log(attempted("sent", "250 Ok"))
    await bench.prober.look()
    assert bench.told[0].delivered


async def test_what_postfix_never_had_is_handed_over_again_in_the_next_life(bench: Bench) -> None:
    now_ms = bench.clock.now_ms()
    await bench.journal.write(lambda db: book.begin(db, "rol_1", PROBE, "probe-1", now_ms))
    await bench.journal.write(lambda db: book.handing_over(db, "probe-1", now_ms))
    bench.postfix.is_readable = False
    await bench.after(45)
    bench.postfix.is_readable = True
    await bench.after(15)
    await bench.prober.look()
    assert bench.postfix.taken == ["probe-1"]


async def test_the_log_knows_it_before_the_reply_does(bench: Bench) -> None:
    bench.postfix.replies = [None]
    await bench.prober.look()
    await bench.log(Activated(QUEUE_ID, f"{bench.token}@n1.fleetpost.test"))
    await bench.log(attempted("sent", "250 Ok"))
    await bench.after(1)
    assert bench.told[0].delivered
    assert bench.postfix.taken == [bench.token]


async def test_the_log_of_other_mail_is_none_of_its_business(bench: Bench) -> None:
    assert not await bench.log(attempted("sent", "250 Ok"))
    await bench.prober.look()
    other = "4DKf2S6fP8zQ7yX"
    assert not await bench.log(Activated(other, "token@bounce.acme.test"), attempted("bounced", "550", other))
    await bench.prober.look()
    assert bench.told == []


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        (Expired(QUEUE_ID, AT), (False, "the queue's time limit was reached")),
        (Removed(QUEUE_ID, AT, by_hand=True), (False, "it was removed from the node's queue by hand")),
        (
            Removed(QUEUE_ID, AT, by_hand=False),
            (True, "it was completed, and the other server's answer is lost"),
        ),
    ],
)
async def test_it_may_end_without_an_attempt(bench: Bench, record: Record, outcome: tuple[bool, str]) -> None:
    await bench.prober.look()
    await bench.log(record)
    await bench.prober.look()
    assert [(each.delivered, each.reply) for each in bench.told] == [outcome]


async def test_it_is_followed_under_another_queue_id(bench: Bench) -> None:
    await bench.prober.look()
    await bench.log(Requeued("4DKf2S6fP8zQ7yX", QUEUE_ID), attempted("sent", "250 Ok", "4DKf2S6fP8zQ7yX"))
    await bench.prober.look()
    assert bench.told[0].delivered


async def test_what_could_not_be_told_is_told_on_the_next_connection(bench: Bench) -> None:
    bench.online = False
    await bench.prober.look()
    await bench.log(attempted("sent", "250 Ok"))
    await bench.prober.look()
    bench.online = True
    bench.prober.connected()
    await bench.prober.look()
    assert len(bench.told) == 1


async def test_another_probe_takes_its_place_and_what_is_left_of_it_is_removed(bench: Bench) -> None:
    await bench.prober.look()
    bench.prober.ask(wire.DaemonsItem(release="rol_2", probe=wire.Probe(number=3, recipient="eve@else.test")))
    bench.postfix.replies = ["250 2.0.0 Ok: queued as 4DKf2S6fP8zQ7yX"]
    await bench.prober.look()
    await bench.log(attempted("deferred", "busy"))
    await bench.prober.look()
    assert bench.told == []
    assert bench.postfix.removed == [QUEUE_ID]


async def test_an_item_without_a_probe_ends_the_telling(bench: Bench) -> None:
    await bench.prober.look()
    bench.prober.ask(wire.DaemonsItem(release="rol_1"))
    await bench.log(attempted("sent", "250 Ok"))
    await bench.prober.look()
    assert bench.told == []
