"""DMARC records, read as receivers read them (RFC 7489 §6.3, RFC 9091 for `np`)."""

import re
from typing import Literal, TypeAlias

import msgspec

from control_plane.mail_domains.checkup.tags import TagSyntaxError, has_version, parse_tags

Policy: TypeAlias = Literal["none", "quarantine", "reject"]
Alignment: TypeAlias = Literal["r", "s"]

_POLICIES: dict[str, Policy] = {"none": "none", "quarantine": "quarantine", "reject": "reject"}
_ALIGNMENTS: dict[str, Alignment] = {"r": "r", "s": "s"}
_FAILURE_OPTIONS = frozenset({"0", "1", "d", "s"})
_ADDRESS = re.compile(r"mailto:([^@\s!,;]+@[^@\s!,;]+?)(?:!([0-9]+)([kmgt]?))?", re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


class DmarcSyntaxError(ValueError):
    """Receivers ignore the record; the message says why."""


class ReportAddress(msgspec.Struct, frozen=True):
    """Where reports go."""

    address: str
    most_octets: int | None
    """Larger reports are not sent there."""


class DmarcRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a domain asks of receivers."""

    policy: Policy
    subdomain_policy: Policy
    dkim_alignment: Alignment = "r"
    spf_alignment: Alignment = "r"
    percent: int = 100
    reports: tuple[ReportAddress, ...] = ()
    failure_reports: tuple[ReportAddress, ...] = ()


def is_dmarc(text: str) -> bool:
    """Say whether a TXT record is meant to be DMARC; others at the same name are passed over."""
    return has_version(text, "DMARC1")


def parse_dmarc(text: str) -> DmarcRecord:
    """Read a record; raises `DmarcSyntaxError`. Unknown tags are passed over, as §6.3 asks."""
    try:
        tags = parse_tags(text)
    except TagSyntaxError as error:
        raise DmarcSyntaxError(str(error)) from error
    if list(tags)[1:2] != ["p"]:
        raise DmarcSyntaxError("p= has to come right after v=DMARC1")
    _check_options(tags)
    policy = _policy(tags, "p")
    if "np" in tags:
        _policy(tags, "np")
    return DmarcRecord(
        policy=policy,
        subdomain_policy=_policy(tags, "sp") if "sp" in tags else policy,
        dkim_alignment=_alignment(tags, "adkim"),
        spf_alignment=_alignment(tags, "aspf"),
        percent=_number(tags, "pct", 100, most=100),
        reports=_addresses(tags, "rua"),
        failure_reports=_addresses(tags, "ruf"),
    )


def _check_options(tags: dict[str, str]) -> None:
    _number(tags, "ri", 86_400, most=(1 << 32) - 1)
    options = {part.strip().lower() for part in tags.get("fo", "0").split(":")}
    if not options <= _FAILURE_OPTIONS:
        raise DmarcSyntaxError("fo= knows only 0, 1, d and s")


def _policy(tags: dict[str, str], name: str) -> Policy:
    found = _POLICIES.get(tags[name].lower())
    if found is None:
        raise DmarcSyntaxError(f"{name}= has to be none, quarantine or reject")
    return found


def _alignment(tags: dict[str, str], name: str) -> Alignment:
    found = _ALIGNMENTS.get(tags.get(name, "r").lower())
    if found is None:
        raise DmarcSyntaxError(f"{name}= has to be r or s")
    return found


def _number(tags: dict[str, str], name: str, default: int, *, most: int) -> int:
    text = tags.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > most:
        raise DmarcSyntaxError(f"{name}= has to be a number up to {most}")
    return int(text)


def _addresses(tags: dict[str, str], name: str) -> tuple[ReportAddress, ...]:
    """Read where reports go; URIs of other kinds than mailto: are passed over."""
    if name not in tags:
        return ()
    found: list[ReportAddress] = []
    for uri in tags[name].split(","):
        address = _ADDRESS.fullmatch(uri.strip())
        if address is not None:
            most = int(address[2][:15]) * _UNITS[address[3].lower()] if address[2] else None
            found.append(ReportAddress(address[1], most))
        elif not re.fullmatch(r"(?!mailto:)[a-z][a-z0-9+.-]*:\S+", uri.strip(), re.IGNORECASE):
            raise DmarcSyntaxError(f"{name}= has to be addresses of the form mailto:name@example.com")
    return tuple(found)
