"""Tables whose filters, order and page stand in the address: what a page says of its table, and what was asked for.

A page names its columns and filters, reads the address, and hands both to `components/table.html`:

    _COLUMNS = (Column(mark("Name"), sort="name"), Column(mark("Status")), Column(mark("Added"), end=True, wide=True))
    _FILTERS = (Search("query", mark("Name")), Choice("status", mark("Status"), mark("Any status"), (("active", …),)))
    table = Table("/things", _COLUMNS, _FILTERS, given=read(request, _FILTERS), next=listed.next, exportable=True)
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeAlias
from urllib.parse import urlencode

import msgspec

from web.cookies import PageRequest


class Column(msgspec.Struct, frozen=True):
    """One column; its words are translated where they are shown."""

    label: str
    sort: str = ""
    """By what it can be sorted; nothing: it cannot."""
    end: bool = False
    """Stands at the right, as numbers and moments do."""
    wide: bool = False
    """Left out on a phone; give its cells `max-sm:hidden` too."""


class Search(msgspec.Struct, frozen=True, tag=True):
    """A filter that is typed."""

    name: str
    label: str


class Choice(msgspec.Struct, frozen=True, tag=True):
    """A filter that is chosen from a list of (value, word)."""

    name: str
    label: str
    all: str
    """The word for no choice."""
    options: tuple[tuple[str, str], ...]


class Day(msgspec.Struct, frozen=True, tag=True):
    """A filter by date."""

    name: str
    label: str


Filter: TypeAlias = Search | Choice | Day

_SORT, _AFTER = "sort", "after"


class Table(msgspec.Struct, frozen=True):
    """A table as its page shows it."""

    path: str
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    given: Mapping[str, str] = {}
    """What the address says: filters, `sort` and `after`."""
    next: str | None = None
    exportable: bool = False
    """Whether the address with `format=csv` gives all of it as CSV."""

    def value(self, name: str) -> str:
        """Give what was asked for."""
        return self.given.get(name, "")

    @property
    def filtered(self) -> bool:
        """Say whether a filter holds something back."""
        return any(self.value(each.name) for each in self.filters)

    @property
    def next_url(self) -> str | None:
        """Give the address of the page after this one."""
        return self.url(after=self.next) if self.next else None

    @property
    def first_url(self) -> str | None:
        """Give the address of the first page, if this is another."""
        return self.url() if self.value(_AFTER) else None

    @property
    def csv_url(self) -> str:
        """Give the address of all rows that pass the filters."""
        return self.url(format="csv")

    def sorted_by(self, column: Column) -> str:
        """Say how a column is sorted, as ARIA does: `ascending`, `descending` or not at all."""
        asked = self.value(_SORT)
        return {column.sort: "ascending", f"-{column.sort}": "descending"}.get(asked, "") if column.sort else ""

    def sort_url(self, column: Column) -> str:
        """Give the address with the column's order, or with the opposite one."""
        return self.url(sort=f"-{column.sort}" if self.sorted_by(column) == "ascending" else column.sort)

    def url(self, **changes: str) -> str:
        """Give the address with the same filters and order, on the first page unless said otherwise."""
        kept = {name: value for name, value in self.given.items() if name != _AFTER}
        asked = {name: value for name, value in (kept | changes).items() if value}
        return f"{self.path}?{urlencode(asked)}" if asked else self.path


def read(request: PageRequest, filters: Sequence[Filter], sorts: Sequence[str] = ()) -> dict[str, str]:
    """Read an address: unknown choices and orders count as none, other parameters are not kept."""
    params = request.query_params
    found = {each.name: params.get(each.name, "").replace("\0", "") for each in filters}
    for each in filters:
        if isinstance(each, Choice) and found[each.name] not in dict(each.options):
            found[each.name] = ""
    sort = params.get(_SORT, "")
    found[_SORT] = sort if sort.removeprefix("-") in sorts else ""
    return found | {_AFTER: params.get(_AFTER, "")}


def wants_csv(request: PageRequest) -> bool:
    """Say whether the rows are asked for as CSV."""
    return bool(request.query_params.get("format") == "csv")


def start_of(day: str) -> datetime | None:
    """Give when a filter's day begins, in UTC; None for no day."""
    try:
        return datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def end_of(day: str) -> datetime | None:
    """Give when a filter's day is over, in UTC; None for no day."""
    start = start_of(day)
    try:
        return start + timedelta(days=1) if start else None
    except OverflowError:  # the calendar's last day
        return None
