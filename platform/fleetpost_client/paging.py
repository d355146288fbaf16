"""Lists from their first row to their last: each page is asked for when it is needed."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

Row_co = TypeVar("Row_co", covariant=True)


class Page(Protocol[Row_co]):
    """What every list of the API answers."""

    @property
    def data(self) -> Sequence[Row_co]:
        """Its rows, perhaps none."""
        ...

    @property
    def next(self) -> str | None:
        """Where the next page begins."""
        ...


class Pages(Generic[Row_co]):
    """The rows of a list; go over them with `for`."""

    def __init__(self, ask: Callable[[str | None], Page[Row_co]], after: str | None) -> None:
        self._ask = ask
        self.position = after
        """Where the page begins that was not read to its end yet: `after` for whoever goes on from here."""

    def __iter__(self) -> Iterator[Row_co]:
        while True:
            page = self._ask(self.position)
            yield from page.data
            self.position = page.next
            if not _goes_on(page):
                return


class AsyncPages(Generic[Row_co]):
    """The rows of a list; go over them with `async for`."""

    def __init__(self, ask: Callable[[str | None], Awaitable[Page[Row_co]]], after: str | None) -> None:
        self._ask = ask
        self.position = after
        """As with `Pages`."""

    async def __aiter__(self) -> AsyncIterator[Row_co]:
        while True:
            page = await self._ask(self.position)
            for item in page.data:
                yield item
            self.position = page.next
            if not _goes_on(page):
                return


def _goes_on(page: Page[object]) -> bool:
    """Say whether there is more just now; the list of events has no end, and says so itself."""
    return bool(getattr(page, "more", page.next is not None))
