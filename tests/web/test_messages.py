"""The list of messages: one box to search it, and new ones are announced without moving what is read."""

from urllib.parse import urlencode

from litestar import Litestar

from control_plane.core.database import Database
from tests.web.conftest import Person, SendMessage
from tests.web.test_live_pages import follow
from web.search_box import chips
from web.tables import Search, Table


def test_each_piece_of_a_search_can_be_taken_out() -> None:
    table = Table(
        "/messages", (), (Search("query", "Words"),), given={"query": 'order reply:"user unknown"', "after": "x"}
    )
    assert [(chip.text, chip.without_url) for chip in chips(table)] == [
        ("order", "/messages?query=reply%3A%22user+unknown%22"),
        ('reply:"user unknown"', "/messages?query=order"),
    ]


async def test_a_search_shows_its_pieces_and_what_it_finds(ann: Person, domain: str, send_message: SendMessage) -> None:
    await send_message(ann.tenant, domain, subject="Größe und Rechnung")
    await send_message(ann.tenant, domain, subject="Welcome")
    page = await ann.see("/messages?" + urlencode({"query": "RECHNUNG status:accepted"}))
    assert "Größe und Rechnung" in page
    assert "Welcome" not in page
    assert 'href="/messages?query=RECHNUNG"' in page


async def test_what_is_not_understood_is_explained(ann: Person) -> None:
    page = await ann.see("/messages?" + urlencode({"query": "colour:red"}))
    assert "This search is not understood" in page
    assert "There is no “colour:”" in page
    csv = await ann.client.get("/messages?format=csv&query=colour:red")
    assert csv.headers["content-type"].startswith("text/html")


async def test_new_messages_are_announced_and_nothing_moves(
    app: Litestar, ann: Person, db: Database, domain: str, send_message: SendMessage
) -> None:
    first = await send_message(ann.tenant, domain, subject="First")
    assert f"top={first}" in await ann.see("/messages")
    for subject in ("Second", "Third"):
        await send_message(ann.tenant, domain, subject=subject)
    async with follow(app, ann, "/messages/live", f"top={first}") as follower:
        rows = await follower.event("rows")
    assert "2 new messages" in rows
    assert "First" in rows
    assert "Second" not in rows


async def test_a_live_list_takes_odd_addresses(app: Litestar, ann: Person) -> None:
    for query in ("top=x", "top=%00", "query=colour:red&top=msg_x"):
        async with follow(app, ann, "/messages/live", query) as follower:
            assert await follower.event("rows")


async def test_an_empty_list_shows_how_a_program_sends(ann: Person, domain: str) -> None:
    page = await ann.see("/messages")
    assert "http://fleetpost.test/v1/messages" in page
    assert f"hello@{domain}" in page
    assert "/v1/messages" not in await ann.see("/messages?status=bounced")
