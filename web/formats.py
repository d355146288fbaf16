"""Moments, numbers and sizes as people write them in the language of the request; moments are UTC."""

from datetime import datetime

from babel import dates, numbers

from web import i18n

_MEGABYTE = 1_000_000


def utc(moment: datetime) -> str:
    """Write a moment for `datetime` attributes, to the millisecond."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def day(moment: datetime) -> str:
    """Write day and minute: `22 Nov, 00:51`."""
    return f"{month_day(moment)}, {moment:%H:%M}"


def month_day(moment: datetime) -> str:
    """Write the day without its year: `22 Nov`."""
    return dates.format_skeleton("MMMd", moment, locale=i18n.locale())


def date(moment: datetime) -> str:
    """Write the whole date: `22 Nov 2026`."""
    return dates.format_date(moment, "medium", locale=i18n.locale())


def clock(moment: datetime) -> str:
    """Write the time of day to the second."""
    return f"{moment:%H:%M:%S}"


def number(value: float) -> str:
    """Write a number with its groups of digits."""
    return numbers.format_decimal(value, locale=i18n.locale())


def percent(share: float) -> str:
    """Write a share of one: `12.3 %`."""
    return f"{numbers.format_decimal(round(100 * share, 1), '#,##0.0', locale=i18n.locale())} %"


def size(octets: int) -> str:
    """Say a size: `512 MB`, `10 GB`; nothing is `0 MB`."""
    megabytes = octets / _MEGABYTE
    if megabytes < 1000:
        return f"{number(round(megabytes))} MB"
    return f"{number(round(megabytes / 1000, 1))} GB"
