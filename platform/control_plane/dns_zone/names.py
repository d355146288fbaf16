"""Names in the zone, and whose they are: `<selector>.<domain id>.dkim`, `<domain id>.acme`, `<label>.my`, or ours."""

import re
from uuid import UUID

import msgspec

from control_plane.core.ids import MalformedId, bare, from_bare
from control_plane.dns_zone.errors import NameRefused

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?|\*")
_LONGEST = 253
_BY_ID = ("dkim", "acme")
_BY_LABEL = "my"


class Owner(msgspec.Struct, frozen=True):
    """The domain that a name belongs to, by its id or by its name; neither: the platform."""

    domain_id: UUID | None = None
    domain_name: str | None = None


def dkim_name(domain_id: UUID, selector: str, zone: str) -> str:
    """Name what a customer's DKIM record points to."""
    return f"{selector}.{bare(domain_id)}.dkim.{zone}"


def acme_name(domain_id: UUID, zone: str) -> str:
    """Name what a customer's `_acme-challenge` points to."""
    return f"{bare(domain_id)}.acme.{zone}"


def platform_domain(label: str, zone: str) -> str:
    """Name the domain of a customer who has none."""
    return f"{label}.{platform_zone(zone)}"


def platform_zone(zone: str) -> str:
    """Name what the domains of customers who have none stand below."""
    return f"{_BY_LABEL}.{zone}"


def relative(name: str, zone: str) -> str:
    """Cut the zone off; raises `NameRefused` for what is not below it."""
    inner, found, rest = name.rpartition(f".{zone}")
    if not zone or not found or rest or not all(_LABEL.fullmatch(label) for label in inner.split(".")):
        raise NameRefused(f"{name!r} is not a name below {zone!r}")
    if len(name) > _LONGEST:
        raise NameRefused(f"{name[:80]!r}… is longer than a name can be")
    return inner


def absolute(inner: str, zone: str) -> str:
    """Put the zone back on."""
    return f"{inner}.{zone}"


def owner_of(inner: str, zone: str) -> Owner:
    """Say whose a relative name is."""
    *_, label, kind = ("", *inner.split("."))
    if kind in _BY_ID:
        try:
            return Owner(domain_id=from_bare(label))
        except MalformedId as error:
            raise NameRefused(f"{inner!r} names no domain") from error
    if kind == _BY_LABEL and label:
        return Owner(domain_name=platform_domain(label, zone))
    return Owner()


def is_ours(inner: str, reports: str | None) -> bool:
    """Say whether nobody but us writes this name: what is found there and not wished for is taken away."""
    kind = inner.rpartition(".")[2]
    return kind in (*_BY_ID, _BY_LABEL) or (reports is not None and f".{inner}".endswith(f".{reports}"))
