"""Clients in a table, for an agency and for the operator: each with its health in a word, its mail and its domains."""

from functools import lru_cache
from uuid import UUID

import msgspec

from control_plane.agencies.schemas import ClientRow, Concern, DomainCounts, Overview
from control_plane.agencies.service.overview import SORTS, Found, Wanted
from control_plane.core import ids
from control_plane.core.languages import mark
from web import formats, i18n
from web.i18n import gettext
from web.statuses import Status
from web.tables import Choice, Column, Search, Table

PER_PAGE = 200

COLUMNS = (
    Column(mark("Name"), sort="name"),
    Column(mark("Health"), sort="health"),
    Column(mark("24 hours"), sort="day", end=True, wide=True),
    Column(mark("30 days"), sort="month", end=True, wide=True),
    Column(mark("Bounced"), sort="bounces", end=True, wide=True),
    Column(mark("Complaints"), sort="complaints", end=True, wide=True),
    Column(mark("Domains"), sort="domains", wide=True),
    Column(mark("Limit used"), sort="quota", end=True, wide=True),
    Column(mark("Last mail"), sort="activity", end=True, wide=True),
)
SORT_NAMES = tuple(SORTS)
LEVELS = Choice(
    "health",
    mark("Health"),
    mark("Any health"),
    (
        ("bad", mark("In trouble")),
        ("warning", mark("Needs attention")),
        ("info", mark("Not busy")),
        ("good", mark("Well")),
    ),
)
STATUSES = Choice(
    "status", mark("Status"), mark("Any status"), (("active", mark("Active")), ("suspended", mark("Suspended")))
)
REACH = Choice("reach", mark("Whose clients"), mark("All below you"), (("own", mark("Only your own")),))
QUERY = Search("query", mark("Name"))

_TONES = {"bad": "error", "warning": "warning", "info": "info", "good": "success"}
_WORDS: dict[Concern, tuple[str, str]] = {
    "suspended": (mark("Suspended"), mark("It is suspended: it sends nothing, and its people cannot change anything.")),
    "closing": (mark("Closing"), mark("It was closed; its data will be erased.")),
    "complaints": (mark("Complaints"), mark("Recipients mark its mail as spam. Ask where its addresses come from.")),
    "bounces": (mark("Bounces"), mark("Much of its mail is refused for good. Have its list of addresses cleaned.")),
    "limit": (mark("Over limit"), mark("A limit is used up. Raise it, or wait until its window turns.")),
    "limit_near": (mark("Near limit"), mark("More than four fifths of a limit are used.")),
    "domains": (mark("DNS"), mark("A domain lacks a record or has a wrong one. Open it to see which.")),
    "setup": (mark("Setting up"), mark("It has proven no domain yet, so it cannot send.")),
    "quiet": (mark("Quiet"), mark("It sent nothing in the last 30 days.")),
    "none": (mark("Well"), mark("Nothing need be done.")),
}
_SPARK_WIDTH, _SPARK_HEIGHT = 69, 20


class Cells(msgspec.Struct, frozen=True, kw_only=True):
    """A client as the table shows it; all is text already, for there may be many."""

    id: str
    name: str
    parent: str
    """Its agency, when it is not the reader's own client."""
    kind: str
    health: Status
    spark: str
    """The points of its day's course, in a drawing of 69 × 20; empty: it had none."""
    day: str
    month: str
    bounced: str
    complained: str
    bounced_tone: str
    complained_tone: str
    domains: tuple[tuple[str, int], ...]
    """How many are in which tone."""
    domains_text: str
    quota: str
    row: ClientRow


class Tile(msgspec.Struct, frozen=True):
    """A figure over all clients."""

    label: str
    value: str
    aside: str = ""
    tone: str = ""
    dot: str = ""
    """The tone that the chart draws it in."""


def table(path: str, filters: tuple[Search | Choice, ...], given: dict[str, str], found: int, first: int) -> Table:
    """Say what the table shows, and where the next page is."""
    following = str(first + PER_PAGE) if found > first + PER_PAGE else None
    return Table(path, COLUMNS, filters, given=given, next=following, exportable=True)


def wanted(given: dict[str, str]) -> Wanted:
    """Read which clients are asked for."""
    return Wanted(
        query=given["query"].replace("\0", "")[:200],
        level=given["health"],
        status=given["status"],
        direct=given.get("reach") == "own",
        sort=given["sort"] or "health",
    )


def first_of(given: dict[str, str]) -> int:
    """Read where the page begins; anything that is no number begins anew."""
    after = given["after"]
    return int(after) if after.isascii() and after.isdigit() and len(after) < 7 else 0


def cells(found: Found, first: int, own_name: str) -> list[Cells]:
    """Make the rows of one page."""
    return [_cells(row, found.courses, own_name) for row in found.rows[first : first + PER_PAGE]]


def one(row: ClientRow) -> Cells:
    """Make the row of one client, without its course."""
    return _cells(row, {}, "")


def tiles(overview: Overview, whole: str) -> tuple[Tile, ...]:
    """Make the figures over all; `whole` is what the tenants are called."""
    day, troubled = overview.day, ""
    if overview.troubled:
        troubled = gettext("%(count)s need attention") % {"count": number(overview.troubled)}
    of_month = gettext("%(count)s in 30 days") % {"count": number(overview.month.deliveries)}
    return (
        Tile(whole, number(overview.clients), troubled, "error" if troubled else ""),
        Tile(gettext("Mail in 24 hours"), number(day.deliveries), of_month),
        Tile(gettext("Delivered"), number(day.arrived), _share(day.arrived, day.deliveries), dot="success"),
        Tile(gettext("Not delivered"), number(day.lost), _share(day.lost, day.deliveries), dot="error"),
        Tile(gettext("Complaints"), number(day.complained), _share(day.complained, day.arrived)),
    )


def health_of(row: ClientRow) -> Status:
    """Say a client's health in a word, with the reason and what to do."""
    label, meaning = _WORDS[row.health.concern]
    reason = row.facts.suspended_reason if row.health.concern == "suspended" else None
    return Status(_TONES[row.health.level], gettext(label), reason or gettext(meaning))


def number(value: int) -> str:
    """Write a number; the same ones come again and again."""
    return _number(i18n.locale(), value)


@lru_cache(maxsize=4096)
def _number(_: object, value: int) -> str:
    return formats.number(value)


@lru_cache(maxsize=1024)
def _percent(_: object, share: float) -> str:
    return formats.percent(share)


def _share(part: int, whole: int) -> str:
    return _percent(i18n.locale(), round(part / whole, 3)) if part and whole else ""


def _cells(row: ClientRow, courses: dict[UUID, list[int]], own_name: str) -> Cells:
    facts, fared = row.facts, row.fared
    month = fared.month
    return Cells(
        id=ids.encode("ten", facts.id),
        name=facts.name,
        parent="" if facts.parent_name == own_name else facts.parent_name,
        kind=facts.kind,
        health=health_of(row),
        spark=spark(courses.get(facts.id, [])),
        day=number(fared.day.deliveries),
        month=number(month.deliveries),
        bounced=_share(month.bounced, month.arrived + month.bounced) or "–",
        complained=_share(month.complained, month.arrived) or "–",
        bounced_tone=_rate_tone(row, "bounces"),
        complained_tone=_rate_tone(row, "complaints"),
        domains=_domain_tones(row.domains),
        domains_text=_domain_text(row.domains),
        quota=f"{number(int(100 * row.quota))} %" if row.quota is not None else "–",
        row=row,
    )


def _rate_tone(row: ClientRow, concern: Concern) -> str:
    return f"text-{_TONES[row.health.level]}" if row.health.concern == concern else "quiet"


def spark(course: list[int]) -> str:
    """Draw a day's course as a line; nothing for a day without mail."""
    top = max(course, default=0)
    if not top:
        return ""
    step = _SPARK_WIDTH / max(len(course) - 1, 1)
    return _points(tuple(round(19 - 18 * count / top) for count in course), step)


@lru_cache(maxsize=1024)
def _points(heights: tuple[int, ...], step: float) -> str:
    return " ".join(f"{round(index * step)},{height}" for index, height in enumerate(heights))


def _domain_tones(domains: DomainCounts) -> tuple[tuple[str, int], ...]:
    counts = (
        ("success", domains.verified),
        ("warning", domains.attention),
        ("info", domains.pending),
        ("error", domains.failed),
    )
    return tuple((tone, count) for tone, count in counts if count)


def _domain_text(domains: DomainCounts) -> str:
    sentence = gettext(
        "%(verified)s verified, %(attention)s with a fault in DNS, %(pending)s waiting, %(failed)s failed"
    )
    return sentence % msgspec.structs.asdict(domains)


HEADER = (
    "id", "name", "kind", "agency", "status", "health", "messages_24h", "messages_30d", "bounce_rate", "complaint_rate",
    "domains_verified", "domains_attention", "domains_pending", "domains_failed", "limit_used", "last_activity_at",
)  # fmt: skip


def line(row: ClientRow) -> tuple[object, ...]:
    """Write a client for CSV."""
    facts, month, domains = row.facts, row.fared.month, row.domains
    return (
        ids.encode("ten", facts.id), facts.name, facts.kind, facts.parent_name, facts.status, row.health.concern,
        row.fared.day.deliveries, month.deliveries, round(month.bounce_rate, 5), round(month.complaint_rate, 5),
        domains.verified, domains.attention, domains.pending, domains.failed,
        "" if row.quota is None else round(row.quota, 3), row.fared.last_at or "",
    )  # fmt: skip
