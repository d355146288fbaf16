"""Mail to the addresses that reports come to: kept once, under the right name, or refused with the reason."""

import asyncio
import secrets
from datetime import timedelta
from email.message import EmailMessage
from typing import TypeAlias

import httpx
import msgspec
import pytest

from control_plane.core.database import Database
from control_plane.core.ids import bare, decode, new_uuid
from control_plane.core.runtime import Runtime
from control_plane.core.tenancy import acting_for
from control_plane.inbound.schemas import Mail, Taken
from control_plane.reports import service
from control_plane.worker import INBOUND
from tests.conftest import Tenant
from tests.control_plane.reports.conftest import REPORTS_DOMAIN, MakeReported, Reported
from tests.control_plane.reports.letters import (
    NOW,
    YESTERDAY,
    complaint,
    feedback,
    gzip_mail,
    mail,
    record,
    tls_report,
    zip_mail,
    zipped,
)
from tests.web.conftest import SendMessage, send_message

__all__ = ["send_message"]


Rows: TypeAlias = list[dict[str, object]]


async def reports_of(client: httpx.AsyncClient, reported: Reported, kind: str = "dmarc-reports") -> Rows:
    answer = await client.get(f"/v1/{kind}", headers=reported.tenant.headers)
    assert answer.status_code == 200
    rows: Rows = answer.json()["data"]
    return rows


async def test_a_report_is_kept_for_the_domain_whose_address_it_came_to(
    client: httpx.AsyncClient, reported: Reported
) -> None:
    taken = await reported.takes(zip_mail(feedback(domain=reported.name)))
    assert (taken.tenant_id, taken.refused) == (reported.tenant.id, None)
    [report] = await reports_of(client, reported)
    assert (report["domain"], report["messages"], report["passed"]) == (reported.name, 10, 10)


async def test_a_report_that_comes_twice_counts_once(client: httpx.AsyncClient, reported: Reported) -> None:
    content = feedback(domain=reported.name)
    first, again = zip_mail(content), gzip_mail(content)
    answers = await asyncio.gather(*(reported.takes(raw) for raw in (first, again, first, again)))
    assert [taken.refused for taken in answers] == [None] * 4
    summary = (
        await client.get(f"/v1/domains/{reported.id}/dmarc-summary?days=400", headers=reported.tenant.headers)
    ).json()
    assert len(await reports_of(client, reported)) == 1
    assert summary["totals"]["service"]["messages"] == 10


async def test_a_report_on_another_domain_is_refused_and_kept_from_both(
    client: httpx.AsyncClient, reported: Reported, make_reported: MakeReported, stranger: Tenant
) -> None:
    theirs = await make_reported(stranger)
    taken = await reported.takes(zip_mail(feedback(domain=theirs.name)))
    assert taken.refused == "The report is about another domain than the one whose address it was sent to."
    assert await reports_of(client, reported) == await reports_of(client, theirs) == []


async def test_mail_of_other_domains_in_a_report_is_left_out(client: httpx.AsyncClient, reported: Reported) -> None:
    own, below, foreign = (record(header_from=name) for name in (reported.name, f"news.{reported.name}", "bank.test"))
    await reported.takes(zip_mail(feedback(own, below, foreign, domain=reported.name)))
    [report] = await reports_of(client, reported)
    details = (await client.get(f"/v1/dmarc-reports/{report['id']}", headers=reported.tenant.headers)).json()
    assert {each["header_from"] for each in details["records"]} == {reported.name, f"news.{reported.name}"}
    assert (details["left_out"], details["messages"]) == (1, 20)


async def test_an_address_that_nobody_has_is_refused(db: Database) -> None:
    for local in ("", "nobody", "0" * 32, "tls-", "a\0b", "x" * 5000):
        taken = await service.take(db, f"{local}@{REPORTS_DOMAIN}", zip_mail(feedback()), NOW)
        assert taken.refused == "There is no domain with this address for reports."


async def test_a_mail_without_a_report_is_refused_in_its_tenants_name(reported: Reported) -> None:
    taken = await reported.takes(b"Subject: Hello\n\nHello")
    assert (taken.tenant_id, taken.refused) == (reported.tenant.id, "The mail has no report in it.")


@pytest.mark.parametrize("prefix", ["", "tls-"])
async def test_a_tls_report_is_kept_at_either_address(
    client: httpx.AsyncClient, reported: Reported, prefix: str
) -> None:
    raw = mail(tls_report(reported.name), "application/tlsrpt+json", "report.json")
    assert (await reported.takes(raw, prefix)).refused is None
    [report] = await reports_of(client, reported, "tls-reports")
    assert (report["succeeded"], report["failed"]) == (95, 5)


async def test_a_tls_report_on_another_domain_is_refused(client: httpx.AsyncClient, reported: Reported) -> None:
    raw = mail(tls_report("bank.test"), "application/tlsrpt+json", "report.json")
    assert (await reported.takes(raw)).refused is not None
    assert await reports_of(client, reported, "tls-reports") == []


async def test_anybody_can_write_but_not_without_end(reported: Reported, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("control_plane.reports.service.keep_dmarc._MOST_REPORTS", 1)
    assert (await reported.takes(zip_mail(feedback(domain=reported.name)))).refused is None
    another = zip_mail(feedback(domain=reported.name, report_id="another"))
    assert "More reports" in ((await reported.takes(another)).refused or "")


async def test_one_mail_is_kept_in_whole_or_not_at_all(client: httpx.AsyncClient, reported: Reported) -> None:
    message = EmailMessage()
    message.set_content("Two reports")
    for content in (feedback(domain=reported.name), feedback(domain="bank.test")):
        message.add_attachment(zipped(content), maintype="application", subtype="zip")
    assert (await reported.takes(bytes(message))).refused is not None
    assert await reports_of(client, reported) == []


async def test_the_worker_hands_mail_to_the_reports_domain_on(runtime: Runtime, reported: Reported) -> None:
    settings = msgspec.structs.replace(runtime.settings, reports_domain=REPORTS_DOMAIN)
    ours = msgspec.structs.replace(runtime, settings=settings)
    recipient = f"{reported.token}@{REPORTS_DOMAIN.upper()}"
    wanted = [each for each in INBOUND if recipient in await each.sort(ours, {recipient})]
    handler = wanted[0]  # the first has it
    assert await handler.sort(ours, {"ann@acme.test"}) == {}
    assert await handler.sort(runtime, {"ann"}) == {}
    handed = Mail(
        id=new_uuid(),
        recipient=f"{reported.token}@{REPORTS_DOMAIN}",
        sender="",
        client=None,
        received_at=NOW,
        raw=zip_mail(feedback(domain=reported.name, begins_at=runtime.clock.now() - timedelta(days=1))),
    )
    taken = (await handler.take(ours, None, [handed]))[handed.id]
    assert isinstance(taken, Taken)
    assert taken.refused is None


# --- Complaints -------------------------------------------------------------------------------------------------------


async def delivery_of(db: Database, tenant: Tenant, message_id: str) -> str:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            found = await tx.connection.fetchval(
                "update deliveries set status = 'delivered' where message_id = $1 returning id",
                decode("msg", message_id),
            )
    return bare(found)


async def timeline(client: httpx.AsyncClient, tenant: Tenant, message_id: str) -> tuple[str, list[str]]:
    found = (await client.get(f"/v1/messages/{message_id}", headers=tenant.headers)).json()["recipients"][0]
    return found["status"], [event["type"] for event in found["events"]]


@pytest.mark.parametrize("at", ["fbl", "its own"])
async def test_a_complaint_about_a_mail_of_ours_is_told_once_on_its_timeline(
    client: httpx.AsyncClient, db: Database, reported: Reported, send_message: SendMessage, at: str
) -> None:
    message_id = await send_message(reported.tenant, reported.name)
    token = await delivery_of(db, reported.tenant, message_id)
    recipient = f"fbl@{REPORTS_DOMAIN}" if at == "fbl" else f"fbl-{reported.token}@{REPORTS_DOMAIN}"
    raw = complaint(return_path=f"{token}@bounce.{reported.name}", header_from=f"ann@{reported.name}")
    answers = [await service.take(db, recipient, raw, NOW) for _ in range(2)]
    assert [(taken.tenant_id, taken.refused) for taken in answers] == [(reported.tenant.id, None)] * 2
    status, events = await timeline(client, reported.tenant, message_id)
    assert (status, events.count("message.complained")) == ("complained", 1)
    [kept] = await reports_of(client, reported, "complaints")
    assert (kept["recipient"], kept["message_id"], kept["kind"]) == ("bob@else.test", message_id, "abuse")


async def test_a_complaint_is_placed_by_message_id_too(
    client: httpx.AsyncClient, db: Database, reported: Reported, send_message: SendMessage
) -> None:
    message_id = await send_message(reported.tenant, reported.name)
    await delivery_of(db, reported.tenant, message_id)
    raw = complaint(message_id=f"{message_id}@{reported.name}")
    assert (await service.take(db, f"fbl@{REPORTS_DOMAIN}", raw, NOW)).refused is None
    assert (await timeline(client, reported.tenant, message_id))[0] == "complained"


async def test_not_spam_after_all_is_no_complaint(
    client: httpx.AsyncClient, db: Database, reported: Reported, send_message: SendMessage
) -> None:
    message_id = await send_message(reported.tenant, reported.name)
    token = await delivery_of(db, reported.tenant, message_id)
    raw = complaint(return_path=f"{token}@bounce.{reported.name}", kind="not-spam")
    assert (await service.take(db, f"fbl@{REPORTS_DOMAIN}", raw, NOW)).refused is None
    assert (await timeline(client, reported.tenant, message_id))[0] == "delivered"


async def test_who_only_guesses_is_not_believed(
    client: httpx.AsyncClient,
    db: Database,
    reported: Reported,
    make_reported: MakeReported,
    stranger: Tenant,
    send_message: SendMessage,
) -> None:
    theirs = await make_reported(stranger)
    message_id = await send_message(stranger, theirs.name)
    token = await delivery_of(db, stranger, message_id)
    guesses = {
        "a mail that never was": complaint(return_path=f"{bare(new_uuid())}@bounce.{reported.name}"),
        "somebody else's mail": complaint(return_path=f"{token}@bounce.{reported.name}"),
        "no id at all": complaint(return_path=f"ann@{reported.name}", header_from=f"ann@{reported.name}"),
        "nothing": complaint(header_from=f"ann@{reported.name}"),
    }
    for name, raw in guesses.items():
        taken = await service.take(db, f"fbl@{REPORTS_DOMAIN}", raw, NOW)
        assert taken.refused == "The complaint is about no mail of ours.", name
    at_ours = await reported.takes(complaint(return_path=f"{token}@bounce.{theirs.name}"), "fbl-")
    assert at_ours.refused == "The complaint is about mail of another domain."
    assert (await timeline(client, stranger, message_id))[0] == "delivered"
    assert await reports_of(client, reported, "complaints") == []


async def test_a_redacted_complaint_at_a_domains_own_address_is_kept(
    client: httpx.AsyncClient, reported: Reported
) -> None:
    raw = complaint(header_from=f"ann@{reported.name}", recipient=f"redacted-{secrets.token_hex(4)}@big.test")
    assert (await reported.takes(raw, "fbl-")).refused is None
    [kept] = await reports_of(client, reported, "complaints")
    assert (kept["message_id"], kept["delivery_id"]) == (None, None)


async def test_reports_at_the_complaints_address_are_refused(db: Database) -> None:
    taken = await service.take(db, f"fbl@{REPORTS_DOMAIN}", zip_mail(feedback(begins_at=YESTERDAY)), NOW)
    assert taken.refused == "This address is for complaints only."
