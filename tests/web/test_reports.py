"""The pages of reports: what they say, and what they say when there is nothing."""

import csv
import io
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from litestar import Litestar

from control_plane.core.database import Database
from control_plane.core.ids import encode
from control_plane.core.runtime import Runtime
from control_plane.reports import service
from control_plane.reports.schemas import Advice, DmarcCounts, DmarcDay
from tests.conftest import MakeDomain, Tenant
from tests.control_plane.reports.letters import complaint, feedback, mail, record, tls_report, zip_mail
from tests.web.conftest import Person
from web.report_words import course, kind_status, result_words, said


class ReportedPage(msgspec.Struct, frozen=True):
    """A domain that is reported on, and the address of its page."""

    name: str
    path: str


Report = Callable[..., Awaitable[ReportedPage]]


@pytest.fixture
def report(db: Database, make_domain: MakeDomain) -> Report:
    """Have reports on a new domain of a tenant arrive: `await report(tenant, days=20)`."""

    async def make(tenant: Tenant, days: int = 20) -> ReportedPage:
        name = await make_domain(tenant, "acme")
        async with db.fleet_tx() as tx:
            row = await tx.connection.fetchrow("select id, report_token from mail_domains where name = $1", name)
        assert row is not None
        now = datetime.now(UTC)
        mails = [complaint(header_from=f"ann@{name}", recipient="bob@else.test")] if days else []
        for number in range(days):
            begins_at = now.replace(hour=0, minute=0, second=0) - timedelta(days=number + 1)
            content = feedback(
                record("10.1.1.1", 900 - 30 * number, header_from=name, signed=f"{name}/k1", spf_domain=name),
                record("2001:db8::77", 90, header_from=name, dkim="fail", spf="fail", reason="forwarded"),
                record("10.1.1.2", 40 * (number % 5), header_from=name, dkim="fail", spf="fail", disposition="reject"),
                record("10.1.1.3", 60, header_from=name, dkim="fail", spf="fail", signed="mailer.test/k1"),
                domain=name,
                report_id=f"report-{number}",
                begins_at=begins_at,
            )
            mails += [zip_mail(content)]
            mails += [mail(tls_report(name, report_id=f"{number}", begins_at=begins_at), "application/json", "x")]
        for raw in mails:
            assert (await service.take(db, f"{row['report_token']}@reports.fleetpost.test", raw, now)).refused is None
        return ReportedPage(name, f"/domains/{encode('dom', row['id'])}/reports")

    return make


async def test_a_domain_without_reports_says_how_to_get_the_first(ann: Person, tenant: Tenant, report: Report) -> None:
    page = await ann.see((await report(tenant, days=0)).path)
    assert "No report yet" in page


async def test_where_reports_can_go_the_records_for_them_are_shown(
    app: Litestar, ann: Person, tenant: Tenant, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime: Runtime = app.state.runtime
    settings = msgspec.structs.replace(runtime.settings, reports_domain="reports.fleetpost.test")
    monkeypatch.setattr(app.state, "runtime", msgspec.structs.replace(runtime, settings=settings))
    page = await ann.see((await report(tenant, days=0)).path)
    assert "rua=mailto:" in page
    assert "@reports.fleetpost.test" in page


async def test_a_domain_shows_who_sends_as_it(ann: Person, tenant: Tenant, report: Report) -> None:
    reported = await report(tenant)
    page = await ann.see(reported.path)
    for words in ("10.1.1.1", "Another service of yours", "mailer.test", "Not you", "Forwarded", "Big Mail Inc."):
        assert words in page
    assert "The certificate has expired" in page
    assert "bob@else.test" in page
    assert "of your mail passes, and a stricter policy would lose the rest" in page


async def test_sources_are_filtered_by_who_they_are(ann: Person, tenant: Tenant, report: Report) -> None:
    path = (await report(tenant)).path
    page = await ann.see(f"{path}?kind=foreign")
    assert "10.1.1.2" in page
    assert "2001:db8::77" not in page.partition('id="results"')[2]
    assert "10.1.1.1" in await ann.see(f"{path}?kind=nobody")


async def test_the_chart_says_in_a_table_what_it_shows(ann: Person, tenant: Tenant, report: Report) -> None:
    page = await ann.see((await report(tenant, days=3)).path)
    assert len(re.findall(r"<rect[^>]*fill-area", page)) >= 6
    assert "As a table" in page


async def test_the_rows_can_be_taken_along(ann: Person, tenant: Tenant, report: Report) -> None:
    path = (await report(tenant, days=2)).path
    answer = await ann.client.get(f"{path}?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["source_ip"] for row in rows} == {"10.1.1.1", "10.1.1.2", "10.1.1.3", "2001:db8::77"}


async def test_all_domains_stand_side_by_side_the_troubled_first(ann: Person, tenant: Tenant, report: Report) -> None:
    quiet, troubled = await report(tenant, days=0), await report(tenant, days=2)
    page = await ann.see("/reports")
    assert page.index(troubled.name) < page.index(quiet.name)
    assert troubled.path in page


async def test_somebody_elses_reports_are_not_there(ann: Person, stranger: Tenant, report: Report) -> None:
    assert (await ann.client.get((await report(stranger, days=1)).path)).status_code == 404


async def test_what_a_stranger_wrote_is_shown_as_text(
    ann: Person, tenant: Tenant, make_domain: MakeDomain, db: Database
) -> None:
    name = await make_domain(tenant, "acme")
    async with db.fleet_tx() as tx:
        row = await tx.connection.fetchrow("select id, report_token from mail_domains where name = $1", name)
    assert row is not None
    now = datetime.now(UTC)
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt;"
    raw = zip_mail(feedback(domain=name, reporter=hostile, begins_at=now - timedelta(days=1)))
    assert (await service.take(db, f"{row['report_token']}@reports.fleetpost.test", raw, now)).refused is None
    answer = await ann.client.get(f"/domains/{encode('dom', row['id'])}/reports")
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text


def test_a_course_puts_each_day_where_it_belongs() -> None:
    first = date(2026, 11, 1)
    days = [
        DmarcDay(day=first, kind="ours", counts=DmarcCounts(messages=10, passed=9)),
        DmarcDay(day=first, kind="foreign", counts=DmarcCounts(messages=5)),
        DmarcDay(day=date(2026, 12, 24), kind="ours", counts=DmarcCounts(messages=5)),
    ]
    shown = course(days, first, 30)
    assert [figure.count for figure in shown.figures] == [9, 1, 0, 5]
    assert [line.counts for line in shown.lines] == [(9, 1, 0, 5)]
    assert len(shown.chart.columns) == 30
    assert shown.chart.columns[0].title == "Nov 1, 2026: Passed: 9, Failed, and yours: 1, Failed, and not you: 5"


def test_advice_is_said_with_its_values() -> None:
    found = said(Advice(step="fix", sentence="%(share)s %% of it fails.", values={"share": "3"}))
    assert (found.tone, found.sentence) == ("warning", "3 % of it fails.")


def test_words_that_are_new_to_us_are_shown_as_they_are() -> None:
    assert result_words("moon-phase-wrong") == "moon-phase-wrong"
    assert kind_status("ours").label == "Sent by us"
