"""Reports in the API: lists, single ones, sums, and files."""

import csv
import io
import time
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from control_plane.core.clock import FixedClock
from control_plane.core.database import Database
from control_plane.core.ids import decode
from control_plane.core.tenancy import acting_for
from control_plane.reports import service
from control_plane.settings import Settings
from tests.conftest import Tenant
from tests.control_plane.reports.conftest import Reported
from tests.control_plane.reports.letters import NOW, YESTERDAY, feedback, mail, record, tls_report, zip_mail

_MANY = """
insert into dmarc_rows (tenant_id, domain_id, day, source_ip, kind, disposition, dkim_aligned, spf_aligned, header_from,
  dkim_domain, spf_domain, messages)
select $1, $2, $3::date - n % 30, '10.0.0.0'::inet + n / 30, 'foreign', 'none', false, false, 'acme.test', '', '',
  1 + n % 7
from generate_series(0, 99999) n"""
_MANY_DAYS = """
insert into dmarc_days (tenant_id, domain_id, day, kind, messages, passed, dkim_aligned, spf_aligned, quarantined,
  rejected)
select tenant_id, domain_id, day, kind, sum(messages), 0, 0, 0, 0, 0
from dmarc_rows where tenant_id = $1 group by 1, 2, 3, 4"""


async def ask(client: httpx.AsyncClient, tenant: Tenant, path: str) -> dict[str, Any]:
    answer = await client.get(f"/v1{path}", headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def fill(reported: Reported, days: int = 3) -> None:
    for number in range(days):
        begins_at = YESTERDAY - timedelta(days=number)
        content = feedback(
            record("10.1.1.1", 90, header_from=reported.name, signed=f"{reported.name}/k1"),
            record("10.1.1.2", 10, dkim="fail", spf="fail", disposition="reject", header_from=reported.name),
            domain=reported.name,
            report_id=f"report-{number}",
            begins_at=begins_at,
        )
        assert (await reported.takes(zip_mail(content))).refused is None
        raw = mail(tls_report(reported.name, report_id=f"tls-{number}", begins_at=begins_at), "application/json", "x")
        assert (await reported.takes(raw)).refused is None


async def test_reports_are_listed_in_pages_newest_first(client: httpx.AsyncClient, reported: Reported) -> None:
    await fill(reported)
    for kind in ("dmarc-reports", "tls-reports"):
        first = (await client.get(f"/v1/{kind}?limit=2", headers=reported.tenant.headers)).json()
        rest = (await client.get(f"/v1/{kind}?limit=2&after={first['next']}", headers=reported.tenant.headers)).json()
        ids = [row["report_id"] for row in first["data"] + rest["data"]]
        assert [each.rpartition("-")[2] for each in ids] == ["2", "1", "0"]
        assert rest["next"] is None


async def test_reports_are_filtered(client: httpx.AsyncClient, reported: Reported) -> None:
    await fill(reported, 1)
    for query, number in (
        (f"domain={reported.name.upper()}", 1),
        ("domain=bank.test", 0),
        ("since=2026-01-01T00:00:00Z", 1),
        ("until=2026-01-01T00:00:00Z", 0),
        ("since=9999-12-31T23:59:59Z", 0),
        ("until=0001-01-01T00:00:00Z", 0),
    ):
        for kind in ("dmarc-reports", "tls-reports"):
            found = await ask(client, reported.tenant, f"/{kind}?{query}")
            assert len(found["data"]) == number, (kind, query)


@pytest.mark.parametrize(
    "path",
    [
        "/dmarc-reports?after=x",
        "/tls-reports?limit=0",
        "/complaints?since=soon",
        "/complaints?domain=%00",
        "/dmarc-reports?day=1",
    ],
)
async def test_odd_questions_are_answered_or_refused(client: httpx.AsyncClient, tenant: Tenant, path: str) -> None:
    assert (await client.get(f"/v1{path}", headers=tenant.headers)).status_code in (200, 400, 422)


async def test_a_report_is_shown_with_its_records(client: httpx.AsyncClient, reported: Reported) -> None:
    await fill(reported, 1)
    listed = await ask(client, reported.tenant, "/dmarc-reports")
    report = await ask(client, reported.tenant, f"/dmarc-reports/{listed['data'][0]['id']}")
    assert [(each["source_ip"], each["kind"]) for each in report["records"]] == [
        ("10.1.1.1", "service"),
        ("10.1.1.2", "foreign"),
    ]
    assert report["policy"] == {
        "domain": reported.name,
        "policy": "none",
        "subdomains": "",
        "percent": 100,
        "dkim_alignment": "r",
        "spf_alignment": "r",
    }


async def test_a_tls_report_is_shown_with_its_failures(client: httpx.AsyncClient, reported: Reported) -> None:
    await fill(reported, 1)
    listed = await ask(client, reported.tenant, "/tls-reports")
    report = await ask(client, reported.tenant, f"/tls-reports/{listed['data'][0]['id']}")
    [policy] = report["policies"]
    assert (policy["mode"], policy["failures"][0]["result"]) == ("testing", "certificate-expired")


async def test_what_reports_add_up_to(client: httpx.AsyncClient, reported: Reported) -> None:
    await fill(reported)
    summary = await ask(client, reported.tenant, f"/domains/{reported.id}/dmarc-summary?days=400")
    totals: dict[str, dict[str, int]] = summary["totals"]
    assert (totals["service"]["messages"], totals["service"]["passed"]) == (270, 270)
    assert (totals["foreign"]["messages"], totals["foreign"]["rejected"]) == (30, 30)
    assert len(summary["by_day"]) == 6  # three days of two kinds
    assert summary["sources"][0]["source_ip"] == "10.1.1.1"
    assert summary["reporters"][0]["reports"] == 3
    assert summary["advice"]["step"] == "wait"
    tls = await ask(client, reported.tenant, f"/domains/{reported.id}/tls-summary?days=400")
    assert (tls["succeeded"], tls["failed"], tls["advice"]["step"]) == (285, 15, "fix")


async def test_a_domain_without_reports_has_empty_sums(client: httpx.AsyncClient, reported: Reported) -> None:
    summary = await ask(client, reported.tenant, f"/domains/{reported.id}/dmarc-summary")
    assert (summary["totals"], summary["sources"], summary["by_day"]) == ({}, [], [])
    assert (await ask(client, reported.tenant, f"/domains/{reported.id}/tls-summary"))["succeeded"] == 0


async def test_everything_can_be_taken_along_as_csv(client: httpx.AsyncClient, reported: Reported) -> None:
    await fill(reported)
    address = f"/v1/domains/{reported.id}/dmarc-export?days=400"
    answer = await client.get(address, headers=reported.tenant.headers)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [(row["source_ip"], row["messages"]) for row in rows] == [("10.1.1.1", "90"), ("10.1.1.2", "10")] * 3


async def test_a_file_of_many_rows_has_each_of_them_once(
    client: httpx.AsyncClient, reported: Reported, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("control_plane.reports.service.read_dmarc._ROWS_AT_ONCE", 2)
    await fill(reported, 5)
    address = f"/v1/domains/{reported.id}/dmarc-export?days=400"
    rows = (await client.get(address, headers=reported.tenant.headers)).text.splitlines()[1:]
    assert len(rows) == len(set(rows)) == 10


async def test_nobody_else_sees_them(client: httpx.AsyncClient, reported: Reported, stranger: Tenant) -> None:
    await fill(reported, 1)
    [report] = (await ask(client, reported.tenant, "/dmarc-reports"))["data"]
    for path in (
        f"/dmarc-reports/{report['id']}",
        f"/domains/{reported.id}/dmarc-summary",
        f"/domains/{reported.id}/dmarc-export",
    ):
        assert (await client.get(f"/v1{path}", headers=stranger.headers)).status_code == 404
    assert (await ask(client, stranger, "/dmarc-reports"))["data"] == []


async def test_a_hundred_thousand_rows_are_summed_up_at_once(
    db: Database, settings: Settings, reported: Reported
) -> None:
    domain_id = decode("dom", reported.id)
    with acting_for(reported.tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(_MANY, reported.tenant.id, domain_id, NOW.date())
            await tx.connection.execute(_MANY_DAYS, reported.tenant.id)
        took, scans = [], []
        for _ in range(5):
            took.append(await _seconds(service.dmarc_picture(db, settings, FixedClock(NOW), domain_id)))
            scans.append(await _seconds(_scan(db, reported.tenant)))
        picture = await service.dmarc_picture(db, settings, FixedClock(NOW), domain_id)
    assert picture.totals["foreign"].messages > 300_000
    assert len(picture.sources) == 100
    best, scan = min(took), min(scans)
    print(f"picture of 100,000 rows: {best * 1000:.0f} ms; one look at each of them: {scan * 1000:.0f} ms")
    assert best < 0.1 or best < 10 * scan  # on a busy machine everything takes longer


async def _seconds(work: Awaitable[object]) -> float:
    begun = time.perf_counter()
    await work
    return time.perf_counter() - begun


async def _scan(db: Database, tenant: Tenant) -> None:
    async with db.tenant_tx() as tx:
        await tx.connection.execute(
            "select sum(messages), max(source_ip) from dmarc_rows where tenant_id = $1", tenant.id
        )


async def test_old_reports_are_forgotten(client: httpx.AsyncClient, db: Database, reported: Reported) -> None:
    await fill(reported, 1)
    await service.forget_old(db, FixedClock(NOW))
    assert len((await ask(client, reported.tenant, "/dmarc-reports"))["data"]) == 1
