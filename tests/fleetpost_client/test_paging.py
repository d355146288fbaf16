"""Lists from their first row to their last."""

from collections.abc import AsyncGenerator

import msgspec
import pytest

from fleetpost_client import AsyncPages, Pages


class Page(msgspec.Struct, frozen=True):
    data: list[str]
    next: str | None = None


class NewsPage(Page, frozen=True):
    more: bool = False


class List:
    """Answers pages by where they begin."""

    def __init__(self, **pages: Page) -> None:
        self.pages = pages
        self.asked: list[str | None] = []

    def ask(self, position: str | None) -> Page:
        self.asked.append(position)
        return self.pages[position or "start"]

    async def ask_async(self, position: str | None) -> Page:
        return self.ask(position)


@pytest.fixture
def letters() -> List:
    return List(start=Page(["a", "b"], "empty"), empty=Page([], "end"), end=Page(["c"]))


def test_a_list_is_read_to_its_end_beyond_empty_pages(letters: List) -> None:
    assert list(Pages(letters.ask, None)) == ["a", "b", "c"]
    assert letters.asked == [None, "empty", "end"]


def test_a_page_is_asked_for_when_it_is_needed(letters: List) -> None:
    rows = iter(Pages(letters.ask, None))
    assert letters.asked == []
    assert [next(rows), next(rows)] == ["a", "b"]
    assert letters.asked == [None]


async def test_it_is_read_without_waiting_too(letters: List) -> None:
    assert [row async for row in AsyncPages(letters.ask_async, "end")] == ["c"]


def test_who_stops_within_a_page_goes_on_with_that_page(letters: List) -> None:
    pages = Pages(letters.ask, None)
    for row in pages:
        if row == "c":
            break
    assert pages.position == "end"


def test_of_news_the_position_stays_where_there_was_nothing_more() -> None:
    news = List(start=NewsPage(["a"], "one", more=True), one=NewsPage([], "two", more=False))
    pages = Pages(news.ask, None)
    assert list(pages) == ["a"]
    assert pages.position == "two"


async def test_an_async_reader_may_stop_early(letters: List) -> None:
    rows = aiter(AsyncPages(letters.ask_async, None))
    assert await anext(rows) == "a"
    assert isinstance(rows, AsyncGenerator)
    await rows.aclose()
    assert letters.asked == [None]
