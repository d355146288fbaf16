"""SPF against the test suite of RFC 7208, and against pyspf on the same cases.

The suite (`rfc7208-tests.yml`, with its licence beside it) is the one that pyspf 2.0.14 ships.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import msgspec
import pytest
import spf

from control_plane.mail_domains.checkup.spf.evaluate import check_host
from control_plane.mail_domains.resolver import Answer

_SUITE = Path(__file__).with_name("rfc7208-tests.yml")
_TIMEOUT = Answer(problem="no answer in time")


class Case(msgspec.Struct, frozen=True):
    """One test of the suite."""

    name: str
    host: str
    helo: str
    mailfrom: str
    results: tuple[str, ...]
    """What is right; the first is preferred."""
    zone: dict[str, list[Any]]


def cases() -> Iterator[Case]:
    for document in _SUITE.read_text().split("\n---\n")[1:]:
        part = msgspec.yaml.decode(document.encode(), type=dict[str, Any])
        zone = {str(name).lower(): rows for name, rows in part["zonedata"].items()}
        for name, test in part["tests"].items():
            result = test["result"]
            results = (result,) if isinstance(result, str) else tuple(result)
            yield Case(name, test["host"], test["helo"], test["mailfrom"], results, zone)


CASES = list(cases())


class SuiteDns:
    """Answers from a test's zone, as the suite's notes say: `SPF` stands for `TXT` where there is no `TXT`."""

    def __init__(self, zone: dict[str, list[Any]]) -> None:
        self._zone = zone

    async def lookup(self, name: str, record_type: str) -> Answer:
        return self._answer(name.lower().removesuffix("."), record_type, hops=5)

    def _answer(self, name: str, record_type: str, hops: int) -> Answer:
        rows = self._zone.get(name)
        if rows is None:
            return Answer(exists=False)
        found: list[str] = []
        has_text = any("TXT" in row for row in rows if isinstance(row, dict))
        for row in rows:
            if row == "TIMEOUT":
                if not found:
                    return _TIMEOUT
                continue
            [(kind, value)] = row.items()
            if kind == "CNAME" and hops:
                return self._answer(value.lower().removesuffix("."), record_type, hops - 1)
            if kind == "SPF" and not has_text:
                kind = "TXT"
            if kind != record_type or value == "NONE":
                continue
            if value == "TIMEOUT":
                return _TIMEOUT
            found.append(_as_value(kind, value))
        return Answer(tuple(found))


def _as_value(kind: str, value: Any) -> str:
    if kind == "TXT":
        return "".join(value) if isinstance(value, list) else str(value)
    if kind == "MX":
        return f"{value[0]} {value[1].removesuffix('.')}"
    return str(value).removesuffix(".")


def _question(case: Case) -> tuple[SuiteDns, str, str, str, str]:
    """Ask for the domain of the sender, or for the name it greets with where there is no sender (RFC 7208 §2.4)."""
    mailbox = case.mailfrom or f"postmaster@{case.helo}"
    return SuiteDns(case.zone), case.host, mailbox.rpartition("@")[2], mailbox, case.helo


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_suite_agrees(case: Case) -> None:
    found = await check_host(*_question(case))
    assert found.result in case.results, found


def _pyspf_lookup(zone: dict[str, list[Any]]) -> Any:
    """Give pyspf the same zone, in the form that its own tests use."""
    dns = SuiteDns(zone)

    def lookup(name: str, qtype: str, strict: bool = True, timeout: float | None = None) -> Iterator[Any]:
        if any(len(label) > 63 for label in name.split(".")):
            raise spf.TempError("DNS label too long")
        answer = dns._answer(name.lower().removesuffix("."), qtype, hops=5)
        if answer.problem:
            raise spf.TempError("DNS timeout")
        for value in answer.values:
            yield (name, qtype), _as_pyspf(qtype, value)

    return lookup


def _as_pyspf(kind: str, value: str) -> Any:
    if kind == "TXT":
        return (value.encode(),)
    if kind == "MX":
        preference, _, host = value.partition(" ")
        return int(preference), host
    return ip_address(value).packed if kind == "AAAA" else value


async def test_pyspf_says_the_same_on_every_case_of_the_suite(monkeypatch: pytest.MonkeyPatch) -> None:
    differing = {}
    for case in CASES:
        monkeypatch.setattr(spf, "DNSLookup", _pyspf_lookup(case.zone))
        theirs, _, _ = spf.query(i=case.host, s=case.mailfrom, h=case.helo, strict=True).check()
        ours = await check_host(*_question(case))
        if ours.result != theirs:
            differing[case.name] = (ours.result, theirs)
    print(f"SPF: {len(CASES) - len(differing)} of {len(CASES)} cases agree with pyspf; differing: {differing}")
    assert differing == {}
