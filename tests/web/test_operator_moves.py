"""Moves of mailboxes in the operator's console: asked for, followed, stopped, tried again."""

import re

import pytest

from control_plane.core import ids
from control_plane.core.database import Database
from control_plane.moves.schemas import MailboxMove, MoveBatch, NodeName
from tests.conftest import Tenant
from tests.control_plane.conftest import make_node
from tests.control_plane.moves.conftest import Pair, clock, make_pair, pair
from tests.web.conftest import MakePerson, Person
from web import move_rows

__all__ = ["clock", "make_node", "make_pair", "pair"]

PATH = "/operator/moves"
_NOW = ids.time_of(ids.new_uuid())


@pytest.fixture
async def ann(make_person: MakePerson, operator: Tenant) -> Person:
    person = await make_person(operator)
    await person.sign_in()
    return person


async def ask(ann: Person, **form: str) -> str:
    """Ask for moves; gives the path of what was asked for."""
    answer = await ann.submit(PATH, page=PATH, **form)
    found = re.search(rf"{PATH}/mvb_\w+", answer.headers.get("location", ""))
    assert found, answer.text
    return found[0]


async def test_a_mailbox_is_moved_and_followed(ann: Person, pair: Pair) -> None:
    assert "Nothing has moved yet" in await ann.see(PATH) or "mvb_" in await ann.see(PATH)
    path = await ask(ann, kind="mailbox", name=pair.address, to=pair.target.public_id)
    assert "Waiting" in await ann.see(path)
    await pair.until_closed()
    closed = await ann.see(path)
    for words in ("Last copy", pair.address, pair.source.name, pair.target.name, "0 of 1"):
        assert words in closed, words
    await pair.say()
    assert "1 of 1" in await ann.see(path)
    assert pair.address in await ann.see(f"{path}?status=switched")
    assert pair.address not in (await ann.see(f"{path}?status=failed")).partition('id="results"')[2]
    assert path in await ann.see(PATH)


async def test_what_is_wrong_stands_at_its_field(ann: Person, pair: Pair) -> None:
    nobody = await ann.submit(PATH, page=PATH, kind="mailbox", name="nobody@else.test")
    assert nobody.status_code == 422
    assert "There is no such mailbox" in nobody.text
    odd = await ann.submit(PATH, page=PATH, kind="planet", name="x")
    assert odd.status_code == 400
    there = await ann.submit(PATH, page=PATH, kind="mailbox", name=pair.address, to=pair.source.public_id)
    assert there.status_code == 409


async def test_all_of_it_is_paused_goes_on_and_is_aborted(ann: Person, pair: Pair) -> None:
    path = await ask(ann, kind="mailbox", name=pair.address)
    await ann.submit(f"{path}/pause", page=path)
    assert "Let it go on" in await ann.see(path)
    await ann.submit(f"{path}/resume", page=path)
    assert "Abort all that have not arrived" in await ann.see(path)
    await ann.submit(f"{path}/abort", page=path)
    over = await ann.see(path)
    assert "An operator aborted it." in over
    assert "Abort all that have not arrived" not in over
    assert (await ann.submit(f"{path}/explode", page=path)).status_code == 404


async def test_one_that_failed_says_why_and_is_tried_again(ann: Person, pair: Pair, db: Database) -> None:
    path = await ask(ann, kind="mailbox", name=pair.address)
    await pair.drive()
    async with db.fleet_tx() as tx:
        await tx.connection.execute("update moves set tries = 7 where address = $1", pair.address)
    await pair.say(problem="<b>no space</b> left on device")
    shown = (await ann.client.get(path)).text
    assert "&lt;b&gt;no space&lt;/b&gt; left on device" in shown
    again = re.search(rf"{path}/mailboxes/mov_\w+/retry", shown)
    assert again
    await ann.submit(again[0], page=path)
    assert "Waiting" in await ann.see(path)
    late = await ann.submit(again[0], page=path)
    assert late.status_code == 409
    assert "Only a move that failed" in late.text


async def test_a_node_is_evacuated_from_its_page(ann: Person, pair: Pair) -> None:
    page = f"/operator/nodes/{pair.source.public_id}"
    assert "Evacuate" in await ann.see(page)
    assert "Evacuate" not in await ann.see(f"/operator/nodes/{pair.target.public_id}")
    path = await ask(ann, kind="node", name=pair.source.public_id)
    assert pair.source.name in await ann.see(path)
    assert "It is being emptied" in await ann.see(page)


async def test_what_is_no_move_is_not_found(ann: Person) -> None:
    for path in ("x", "mvb_x", ids.encode("mvb", ids.new_uuid())):
        assert (await ann.client.get(f"{PATH}/{path}")).status_code == 404


async def test_tenants_do_not_see_it(make_person: MakePerson, tenant: Tenant) -> None:
    bob = await make_person(tenant)
    await bob.sign_in()
    assert (await bob.client.get(PATH)).status_code in (403, 404)


def batch(**fields: object) -> MoveBatch:
    usual: dict[str, object] = {
        "id": "mvb_1", "kind": "node", "name": "n1", "to": None, "status": "running", "mailboxes": 8, "arrived": 4,
        "failed": 1, "aborted": 0, "under_way": 2, "skipped": 0, "bytes_moved": 1, "bytes_per_second": 1,
        "seconds_left": 300, "created_at": _NOW, "paused_at": None, "ended_at": None,
    }  # fmt: skip
    return MoveBatch(**usual | fields)  # type: ignore[arg-type]


def test_the_bar_is_as_long_as_what_it_stands_for() -> None:
    row = move_rows.batch_row(batch())
    assert [(part.tone, part.start, part.width) for part in row.parts] == [
        ("success", 0, 50),
        ("info", 50, 25),
        ("error", 75, 12.5),
    ]
    assert row.percent == 50
    assert move_rows.batch_row(batch(mailboxes=0, arrived=0, failed=0, under_way=0)).percent == 100


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "less than a minute left"),
        (60, "about 1 minute left"),
        (300, "about 5 minutes left"),
        (86400, "about 24 hours left"),
        (None, ""),
    ],
)
def test_the_time_left_is_said_roughly(seconds: int | None, words: str) -> None:
    assert move_rows.batch_row(batch(seconds_left=seconds)).time_left == words


def test_what_it_waits_for_stands_before_what_went_wrong() -> None:
    move = MailboxMove(
        id="mov_1", batch_id="mvb_1", tenant_id="ten_1", mailbox_id="mbx_1", address="ann@acme.test",
        source=NodeName("nod_1", "n1"), target=None, status="waiting", passes=0, messages=0, size_bytes=0,
        problem="slow", waits_for="n2 must be back.", created_at=_NOW, began_at=None, switched_at=None, ended_at=None,
        old_copy_until=None,
    )  # fmt: skip
    row = move_rows.move_row(move)
    assert (row.remark, row.may_abort, row.may_retry) == ("Waits: n2 must be back.", True, False)
