"""Sending addresses as the operator's pages show them: their states, findings, lists and rates in words and columns."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import msgspec

from control_plane.core.languages import mark
from control_plane.ip_pools.life import IpStatus, Step, steps_from
from control_plane.ip_pools.schemas import SendingIp
from control_plane.reputation.schemas import RatedDay
from control_plane.reputation.thresholds import Advice
from web import charts, formats
from web.i18n import gettext
from web.statuses import Status

SHOWN_DAYS = 30
_FIRST_LABEL = 4
"""So that neither the first label nor the last runs over the edge."""

_STATUS: Mapping[IpStatus, Status] = {
    "provisioning": Status("info", mark("Being checked"), mark("It sends nothing before its records are in place.")),
    "warming": Status("info", mark("Warming up"), mark("It takes a little more mail each day.")),
    "active": Status("success", mark("Active"), mark("It takes its full share of the pool’s mail.")),
    "draining": Status("warning", mark("Draining"), mark("It gets nothing new and sees off what is in the queue.")),
    "quarantined": Status("error", mark("Quarantined"), mark("It sends nothing because of its reputation.")),
    "released": Status("quiet", mark("Given up"), mark("It may be taken up again once it has cooled down.")),
}
_STANDBY = Status("quiet", mark("Standing by"), mark("It is ready and takes over when another one fails."))
_FINDING = {
    "ok": Status("success", mark("In place"), ""),
    "missing": Status("warning", mark("Missing"), ""),
    "wrong": Status("error", mark("Differs"), ""),
    "unknown": Status("quiet", mark("No answer"), ""),
}
_LIST = {
    "clean": Status("success", mark("Not listed"), mark("It is not on this list.")),
    "suspected": Status("warning", mark("Suspected"), mark("It was found once; it counts when it is found again.")),
    "listed": Status("error", mark("Listed"), mark("It is on this list.")),
    "unknown": Status("quiet", mark("No answer"), mark("The list gave no answer that could be believed.")),
}
WHAT = {"ptr": mark("Name of the address (PTR)"), "forward": mark("Address of the name"), "bound": mark("On its node")}
STATUSES: tuple[tuple[str, str], ...] = tuple((name, status.label) for name, status in _STATUS.items())
STREAMS: dict[str, str] = {"transactional": mark("Transactional"), "broadcast": mark("Broadcast")}

_STEPS: Mapping[Step, str] = {
    "warm": mark("End the warm-up"),
    "drain": mark("Drain"),
    "resume": mark("Resume"),
    "quarantine": mark("Quarantine"),
    "rewarm": mark("Warm up again"),
    "release": mark("Give up"),
}
_ADVICE = {
    ("watch", "bounces"): mark("%(rate)s of the mail %(where)s bounced in seven days. Look whose it is."),
    ("quarantine", "bounces"): mark("%(rate)s of the mail %(where)s bounced in seven days. Quarantine the address."),
    ("watch", "complaints"): mark("%(rate)s of the mail %(where)s was marked as spam in seven days. Look whose it is."),
    ("quarantine", "complaints"): mark(
        "%(rate)s of the mail %(where)s was marked as spam in seven days. Quarantine the address."
    ),
}
_TONES = (("delivered", "success"), ("deferred", "warning"), ("bounced", "error"))


class AddressRow(msgspec.Struct, frozen=True, kw_only=True):
    """An address as a table shows it."""

    ip: SendingIp
    status: Status
    stream: str
    remark: str


def row(ip: SendingIp) -> AddressRow:
    """Write an address in a line."""
    missing = [each for each in ip.findings if each.status != "ok"]
    remark = ip.reason or (missing[0].text if missing and ip.status == "provisioning" else "")
    return AddressRow(ip=ip, status=status_of(ip.status, standby=ip.standby), stream=stream(ip.stream), remark=remark)


def status_of(status: IpStatus, *, standby: bool) -> Status:
    """Give the badge of an address's state."""
    return _spoken(_STANDBY if standby and status == "active" else _STATUS[status])


def finding_status(name: str) -> Status:
    """Give the badge of one thing that an address needs."""
    return _spoken(_FINDING[name])


def list_status(name: str) -> Status:
    """Give the badge of how an address stands with a list."""
    return _spoken(_LIST[name])


def stream(name: str) -> str:
    """Name a stream."""
    return gettext(STREAMS[name])


def steps(status: IpStatus) -> list[tuple[Step, str]]:
    """List what an operator can do with an address."""
    return [(step, gettext(_STEPS[step])) for step in steps_from(status) if step in _STEPS]


def advice_words(advice: Advice) -> str:
    """Say what the rates suggest."""
    where = gettext("to %(provider)s") % {"provider": advice.provider} if advice.provider else gettext("to everybody")
    return gettext(_ADVICE[advice.action, advice.what]) % {"rate": percent(advice.rate), "where": where}


def percent(share: float) -> str:
    """Write a share, small ones to the hundredth."""
    return f"{formats.number(round(share * 100, 2))} %"


def course(days: Sequence[RatedDay], today: date) -> charts.ColumnChart:
    """Lay out a column for each of the last thirty days."""
    known = {each.day: each for each in days}
    dates = [today - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1)]
    labels = [f"{at:%d.%m.}" if place % 7 == _FIRST_LABEL else "" for place, at in enumerate(dates)]
    return charts.stacked([_stack(at, known.get(at), label) for at, label in zip(dates, labels, strict=True)])


def _stack(at: date, day: RatedDay | None, label: str) -> charts.Stack:
    counts = tuple((getattr(day, name) if day else 0, tone) for name, tone in _TONES)
    words = gettext("%(day)s: %(delivered)s delivered, %(deferred)s deferred, %(bounced)s bounced") % {
        "day": f"{at:%Y-%m-%d}",
        **{name: formats.number(count) for (name, _), (count, _) in zip(_TONES, counts, strict=True)},
    }
    return charts.Stack(words, counts, label)


def _spoken(status: Status) -> Status:
    return Status(status.tone, gettext(status.label), gettext(status.meaning) if status.meaning else "")
