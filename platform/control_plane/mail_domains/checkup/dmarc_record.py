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
_OTHER_URI = re.compile(r"(?!mailto:)[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_LONGEST_INTERVAL_SECONDS = (1 << 32) - 1


class DmarcSyntaxError(ValueError):
    """Receivers do not follow the record; the message says why."""


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
    passed_over: tuple[str, ...] = ()
    """What is wrong with tags that receivers therefore read as if they were not there."""


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
    policy = _policy(tags, "p")
    return _Tags(tags).record(policy, _policy(tags, "sp") if "sp" in tags else policy)


def _policy(tags: dict[str, str], name: str) -> Policy:
    found = _POLICIES.get(tags[name].lower())
    if found is None:
        raise DmarcSyntaxError(f"{name}= has to be none, quarantine or reject")
    return found


class _Tags:
    """The tags behind the policy: an error in one of them means that it is passed over (§6.3)."""

    def __init__(self, tags: dict[str, str]) -> None:
        self._tags = tags
        self._passed_over: list[str] = []

    def record(self, policy: Policy, subdomain_policy: Policy) -> DmarcRecord:
        """Read them all."""
        self._number("ri", 0, most=_LONGEST_INTERVAL_SECONDS)
        self._check_options()
        return DmarcRecord(
            policy=policy,
            subdomain_policy=subdomain_policy,
            dkim_alignment=self._alignment("adkim"),
            spf_alignment=self._alignment("aspf"),
            percent=self._number("pct", 100, most=100),
            reports=self._addresses("rua"),
            failure_reports=self._addresses("ruf"),
            passed_over=tuple(self._passed_over),
        )

    def _check_options(self) -> None:
        if not {part.strip().lower() for part in self._tags.get("fo", "0").split(":")} <= _FAILURE_OPTIONS:
            self._passed_over.append("fo= knows only 0, 1, d and s")
        if self._tags.get("np", "none").lower() not in _POLICIES:
            self._passed_over.append("np= has to be none, quarantine or reject")

    def _alignment(self, name: str) -> Alignment:
        found = _ALIGNMENTS.get(self._tags.get(name, "r").lower())
        if found is None:
            self._passed_over.append(f"{name}= has to be r or s")
        return found or "r"

    def _number(self, name: str, default: int, *, most: int) -> int:
        text = self._tags.get(name, str(default))
        if re.fullmatch(r"[0-9]{1,10}", text) and int(text) <= most:
            return int(text)
        self._passed_over.append(f"{name}= has to be a number up to {most}")
        return default

    def _addresses(self, name: str) -> tuple[ReportAddress, ...]:
        """Read where reports go; only mailto: is known to us."""
        found: list[ReportAddress] = []
        for uri in self._tags[name].split(",") if name in self._tags else ():
            address = _ADDRESS.fullmatch(uri.strip())
            if address is not None:
                most = int(address[2][:15]) * _UNITS[address[3].lower()] if address[2] else None
                found.append(ReportAddress(address[1], most))
            elif not _OTHER_URI.fullmatch(uri.strip()):
                self._passed_over.append(f"{name}= has to be addresses of the form mailto:name@example.com")
        return tuple(found)
