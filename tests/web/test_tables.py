"""Tables whose filters stand in the address, and the same rows as a file."""

import csv
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.conftest import Person, SendMessage
from web.tables import Choice, Column, Search, Table, end_of, start_of

_FILTERS = (Search("query", "Name"), Choice("status", "Status", "Any", (("active", "Active"),)))


def table(**given: str) -> Table:
    return Table("/things", (Column("Name", sort="name"),), _FILTERS, given=given, next="dom_2")


def test_the_next_page_keeps_filters_and_order() -> None:
    asked = table(query="a b&c", sort="-name", after="dom_1").next_url
    assert asked is not None
    assert parse_qs(urlsplit(asked).query) == {"query": ["a b&c"], "sort": ["-name"], "after": ["dom_2"]}


def test_another_order_begins_at_the_first_page() -> None:
    one = table(sort="name", after="dom_1")
    assert one.sorted_by(one.columns[0]) == "ascending"
    assert one.sort_url(one.columns[0]) == "/things?sort=-name"
    assert table().sort_url(one.columns[0]) == "/things?sort=name"


def test_a_table_knows_whether_it_holds_something_back() -> None:
    assert table(query="x").filtered
    assert not table(sort="name").filtered


@pytest.mark.parametrize("garbage", ["", "tomorrow", "2026-13-01", "10000-01-01", "2026-1-1\x00"])
def test_what_is_no_day_filters_nothing(garbage: str) -> None:
    assert start_of(garbage) is None
    assert end_of(garbage) is None


def test_the_calendars_last_day_has_no_end() -> None:
    assert end_of("9999-12-31") is None


async def test_a_list_is_also_a_file(ann: Person, domain: str, send_message: SendMessage) -> None:
    await send_message(ann.tenant, domain, to="bob@else.test", subject='=HYPERLINK("evil")')
    await send_message(ann.tenant, domain, to="eve@else.test", subject="Grüße, Ann")
    answer = await ann.client.get("/messages?format=csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="messages.csv"' in answer.headers["content-disposition"]
    header, *lines = csv.reader(answer.text.splitlines())
    assert header[:5] == ["id", "created_at", "from", "to", "subject"]
    assert [line[3:5] for line in lines] == [["eve@else.test", "Grüße, Ann"], ["bob@else.test", '\'=HYPERLINK("evil")']]
    assert "Grüße" not in (await ann.client.get("/messages?format=csv&query=bob@else.test")).text


@pytest.mark.parametrize(
    "query", ["since=x&until=y", "status=%00", "query=%00", "sort=id&format=xml", "since=9999-12-31"]
)
async def test_odd_addresses_show_the_list_all_the_same(ann: Person, query: str) -> None:
    assert (await ann.client.get(f"/messages?{query}")).status_code == 200
