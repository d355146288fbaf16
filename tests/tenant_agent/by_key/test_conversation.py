"""Mail of keys is taken and forgotten by Postfix; people's mail is left to it."""

import struct
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.by_key import desk as desks
from tenant_agent.by_key.conversation import MOST_RECIPIENTS
from tenant_agent.by_key.desk import Desk
from tenant_agent.clock import ManualClock
from tenant_agent.inbound.shelf import Shelf
from tenant_agent.owners import Owners
from tenant_agent.state import State
from tests.tenant_agent.by_key.key_samples import KEY_ID, OTHER_ID, QUEUE_ID, smtp_key
from tests.tenant_agent.by_key.speaking import HEADERS, postfix_at
from tests.tenant_agent.samples import NODE_ID, change, domain, removal

DISCARDED, CONTINUES, LEFT = b"d", b"c", b"a"


class Allowance:
    """Says no when it is told to, and remembers what was counted."""

    def __init__(self) -> None:
        self.counted: list[tuple[str, int]] = []
        self.reply: str | None = None

    def check(self, tenant_id: str, recipients: int, size: int) -> str | None:
        assert size > 0
        if self.reply is None:
            self.counted.append((tenant_id, recipients))
        return self.reply


def made(state: Path, shelf: Shelf, allowance: Allowance, arrived: Callable[[], None] = lambda: None) -> Desk:
    return Desk(NODE_ID, Owners(state), shelf, check=allowance.check, clock=ManualClock(), arrived=arrived)


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state.db")
    made.store(1, [change(smtp_key()), change(domain("acme.test")), change(domain("other.test"), "ten_2")])
    return made


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "submissions", least_free_bytes=0)


@pytest.fixture
def allowance() -> Allowance:
    return Allowance()


@pytest.fixture
def arrivals() -> list[None]:
    return []


@pytest.fixture
def desk(state: State, shelf: Shelf, allowance: Allowance, arrivals: list[None]) -> Desk:
    return made(state.path, shelf, allowance, lambda: arrivals.append(None))


def kept(shelf: Shelf) -> tuple[wire.SubmittedMail, bytes]:
    [mail_id] = shelf.first(9)
    head, _, raw = shelf.read_bytes(mail_id).partition(b"\n")
    mail = msgspec.json.decode(head, type=wire.SubmittedMail)
    assert mail.id == mail_id
    return mail, raw


async def test_a_keys_mail_is_kept_as_it_was_written_and_leaves_in_no_other_way(
    desk: Desk, shelf: Shelf, allowance: Allowance, arrivals: list[None]
) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert await postfix.submit(KEY_ID, "bob@else.test", "eve@else.test") == DISCARDED
    mail, raw = kept(shelf)
    assert raw == b"From: Ann <ann@acme.test>\r\nSubject: Hello\r\n there\r\n\r\nHi\r\n"
    assert (mail.key_id, mail.stream, mail.sender) == (KEY_ID, "", "ann@acme.test")
    assert (mail.recipients, mail.client) == (("bob@else.test", "eve@else.test"), "192.0.2.1")
    assert (mail.queue_id, len(mail.id)) == (QUEUE_ID, 26)
    assert allowance.counted == [("ten_1", 2)]
    assert len(arrivals) == 1


async def test_nobody_says_in_our_place_what_we_say_of_a_mail(desk: Desk, shelf: Shelf) -> None:
    forged = [("X-Fleetpost-Passed-On", " cv=pass; spf=pass"), ("x-fleetpost-CHECKS ", " score=-9"), HEADERS[0]]
    for_us = [("X-Fleetpost-Tag", " a"), ("X-Fleetpost-Stream", " broadcast"), ("X-Fleetpost-Metadata-Order", " 1")]
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert await postfix.submit(KEY_ID, "bob@else.test", headers=[*forged, *for_us]) == DISCARDED
    written = "".join(f"{name}:{value}\r\n" for name, value in [HEADERS[0], *for_us])
    assert kept(shelf)[1] == f"{written}\r\nHi\r\n".encode()


async def test_a_stream_may_be_named_with_the_login(desk: Desk, shelf: Shelf) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet(b"6\x01\xbbIPv6:2001:db8::1\0")
        assert await postfix.submit(f"{KEY_ID}+broadcast", "bob@else.test") == DISCARDED
    assert (kept(shelf)[0].stream, kept(shelf)[0].client) == ("broadcast", "2001:db8::1")


async def test_people_and_keys_take_turns_on_one_connection(desk: Desk, shelf: Shelf) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert await postfix.mail("ann@acme.test") == LEFT
        await postfix.tell(b"A")
        assert await postfix.submit(KEY_ID, "bob@else.test") == DISCARDED
        assert await postfix.mail("ann@acme.test") == LEFT
        await postfix.tell(b"Q")
        assert await postfix.heard() == b""
    assert len(shelf) == 1


async def test_addresses_may_hold_any_letters_when_a_key_writes_and_not_when_people_do(
    desk: Desk, shelf: Shelf
) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert (await postfix.mail("ann@acme.test", "ännchen@acme.test")).startswith(b"y553 5.6.7 ")
        assert (await postfix.mail("ann@acme.test", words=["SMTPUTF8"])).startswith(b"y553 5.6.7 ")
        assert await postfix.submit(KEY_ID, "jürgen@else.test", "\udcff@else.test") == DISCARDED
    assert kept(shelf)[0].recipients == ("jürgen@else.test", "\ufffd@else.test")


async def test_a_mail_that_is_broken_off_leaves_nothing(desk: Desk, shelf: Shelf) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        await postfix.mail(KEY_ID)
        await postfix.rcpt("eve@else.test")
        await postfix.tell(b"A")
        assert await postfix.submit(KEY_ID, "bob@else.test") == DISCARDED
    assert kept(shelf)[0].recipients == ("bob@else.test",)


async def test_a_revoked_key_ends_in_the_middle_of_a_connection(desk: Desk, shelf: Shelf, state: State) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert await postfix.mail(KEY_ID) == CONTINUES
        assert await postfix.rcpt("bob@else.test") == CONTINUES
        state.store(2, [removal(smtp_key())])
        assert b"was revoked" in await postfix.content()
        assert (await postfix.mail(KEY_ID)).startswith(b"y550 5.7.1 ")
    assert len(shelf) == 0


async def test_no_key_writes_as_somebody_else(desk: Desk, shelf: Shelf, allowance: Allowance) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        for author in ("boss@other.test", "boss@bank.test", "ann@acme.test, boss@bank.test"):
            answer = await postfix.submit(KEY_ID, "bob@else.test", headers=[("From", f" {author}")])
            assert answer.startswith(b"y550 5.")
    assert (len(shelf), allowance.counted) == (0, [])


async def test_what_is_over_a_limit_is_refused_in_the_limits_own_words(
    desk: Desk, shelf: Shelf, allowance: Allowance
) -> None:
    allowance.reply = "452 4.3.1 Wait"
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert await postfix.submit(KEY_ID, "bob@else.test") == b"y452 4.3.1 Wait\0"
    assert len(shelf) == 0


@pytest.mark.parametrize("login", ["key_", "key_1", f"{KEY_ID}+bulk"])
async def test_a_name_that_no_key_can_have_is_refused(desk: Desk, login: str) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert (await postfix.mail(login)).startswith(b"y550 5.7.1 ")


async def test_an_unknown_key_is_refused(desk: Desk) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert (await postfix.mail(OTHER_ID)).startswith(b"y550 5.7.1 ")


async def test_a_mail_has_so_many_recipients_and_no_more(desk: Desk, shelf: Shelf) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        await postfix.mail(KEY_ID)
        answers = [await postfix.rcpt(f"r{number}@else.test") for number in range(MOST_RECIPIENTS + 1)]
        assert await postfix.content() == DISCARDED
    assert (answers[-2], answers[-1][:10]) == (CONTINUES, b"y452 4.5.3")
    assert len(kept(shelf)[0].recipients) == MOST_RECIPIENTS


async def test_without_a_queue_id_that_is_unique_nothing_is_taken(desk: Desk) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert (await postfix.submit(KEY_ID, "bob@else.test", queue_id="4F1A2B3C4D")).startswith(b"y451 ")


async def test_a_full_shelf_says_so_for_now_and_not_for_good(
    state: State, allowance: Allowance, tmp_path: Path
) -> None:
    full = Shelf(tmp_path / "full", least_free_bytes=2**62)
    async with postfix_at(made(state.path, full, allowance)) as postfix:
        await postfix.greet()
        assert (await postfix.submit(KEY_ID, "bob@else.test")).startswith(b"y452 4.3.1 ")
    assert allowance.counted == []


async def test_an_account_that_fills_the_shelf_is_put_off(state: State, allowance: Allowance, tmp_path: Path) -> None:
    small = Shelf(tmp_path / "small", most_bytes=8000, least_free_bytes=0)
    async with postfix_at(made(state.path, small, allowance)) as postfix:
        await postfix.greet()
        assert await postfix.submit(KEY_ID, "bob@else.test", body=b"x" * 1000) == DISCARDED
        assert (await postfix.submit(KEY_ID, "bob@else.test", body=b"x" * 1000)).startswith(b"y452 4.3.1 ")
    assert len(small) == 1


async def test_a_mail_that_cannot_be_written_down_is_not_taken(desk: Desk, shelf: Shelf, tmp_path: Path) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        assert await postfix.submit(KEY_ID, "bob@else.test") == DISCARDED
        [mail_id] = shelf.first(9)
        (tmp_path / "submissions" / f".{mail_id}").mkdir()  # in the way, as a full disk would be
        assert (await postfix.submit(KEY_ID, "bob@else.test")).startswith(b"y451 4.3.0 ")


async def test_nobody_passes_while_it_cannot_be_read_who_may(
    shelf: Shelf, allowance: Allowance, tmp_path: Path
) -> None:
    (tmp_path / "broken.db").mkdir()  # the next best to a disk that fails
    async with postfix_at(made(tmp_path / "broken.db", shelf, allowance)) as postfix:
        await postfix.greet()
        assert (await postfix.mail(KEY_ID)).startswith(b"y451 4.3.5 ")


async def test_more_than_the_node_bears_at_once_is_put_off(
    state: State, shelf: Shelf, allowance: Allowance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "_MOST_IN_HAND", 200_000)
    async with postfix_at(made(state.path, shelf, allowance)) as postfix:
        await postfix.greet()
        big = await postfix.submit(KEY_ID, "bob@else.test", body=b"x" * 300_000)
        assert big.startswith(b"y452 4.3.1 ")
        assert await postfix.submit(KEY_ID, "bob@else.test", body=b"x" * 190_000) == DISCARDED
        assert await postfix.submit(KEY_ID, "bob@else.test", body=b"x" * 190_000) == DISCARDED


@pytest.mark.parametrize(
    "headers", [[("a", "")] * 1001, [("a", " " + "x" * 99_000)] * 3], ids=["many fields", "long fields"]
)
async def test_a_header_that_would_keep_somebody_busy_is_refused_and_said_so(
    desk: Desk, shelf: Shelf, allowance: Allowance, headers: list[tuple[str, str]]
) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        answer = await postfix.submit(KEY_ID, "bob@else.test", headers=[*HEADERS, *headers])
        assert answer.startswith(b"y552 5.3.4 A mail's header")
        assert await postfix.submit(KEY_ID, "bob@else.test") == DISCARDED
    assert (len(shelf), len(allowance.counted)) == (1, 1)


async def test_who_never_ends_its_header_is_hung_up_on(desk: Desk) -> None:
    async with postfix_at(desk) as postfix:
        await postfix.greet()
        await postfix.mail(KEY_ID)
        await postfix.rcpt("bob@else.test")
        endless = struct.pack(">I", 4) + b"La\0\0"
        postfix._writer.write(endless * 20_001)
        assert await postfix.heard() == b""


async def test_a_mail_that_another_one_cuts_off_is_weighed_no_more(
    state: State, shelf: Shelf, allowance: Allowance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desks, "_MOST_IN_HAND", 200_000)
    async with postfix_at(made(state.path, shelf, allowance)) as postfix:
        await postfix.greet()
        for _ in range(3):
            await postfix.mail(KEY_ID)
            await postfix.rcpt("bob@else.test")
            await postfix.tell(b"B", b"x" * 150_000)
        assert await postfix.submit(KEY_ID, "bob@else.test", body=b"x" * 190_000) == DISCARDED


@pytest.mark.parametrize(
    "packet",
    [
        struct.pack(">I", 0),
        struct.pack(">I", 2**31) + b"O",
        struct.pack(">I", 5) + b"O\0\0\0\6",
        struct.pack(">I", 13) + b"O" + struct.pack(">III", 2, 0, 0x7F),
        struct.pack(">I", 1) + b"X",
        struct.pack(">I", 1) + b"R",
        struct.pack(">I", 1) + b"E",
        struct.pack(">I", 4) + b"Lab\0",
        struct.pack(">I", 4) + b"Mab",
        b"GET / HTTP/1.0\r\n\r\n",
    ],
    ids=["nothing", "endless", "short", "old", "unknown", "recipient", "end", "header", "sender", "http"],
)
async def test_whoever_speaks_something_else_is_hung_up_on(desk: Desk, packet: bytes) -> None:
    async with postfix_at(desk) as postfix:
        postfix._writer.write(packet)
        postfix._writer.write_eof()
        assert await postfix.heard() == b""
