"""Mails as reporters write them."""

import gzip
import io
import zipfile
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from xml.sax.saxutils import escape

import msgspec

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
YESTERDAY = NOW.replace(hour=0) - timedelta(days=1)


def record(
    source_ip: str = "192.0.2.1",
    count: int | str = 10,
    *,
    dkim: str = "pass",
    spf: str = "pass",
    disposition: str = "none",
    header_from: str = "acme.test",
    signed: str = "",
    spf_domain: str = "",
    reason: str = "",
) -> str:
    """Write a record; `signed` is `domain/selector` of a good signature."""
    domain, _, selector = signed.partition("/")
    signature = f"<dkim><domain>{domain}</domain><selector>{selector}</selector><result>pass</result></dkim>"
    passed = f"<spf><domain>{spf_domain}</domain><scope>mfrom</scope><result>pass</result></spf>"
    return f"""<record><row><source_ip>{source_ip}</source_ip><count>{count}</count><policy_evaluated>
<disposition>{disposition}</disposition><dkim>{dkim}</dkim><spf>{spf}</spf>
{f"<reason><type>{reason}</type><comment/></reason>" if reason else ""}</policy_evaluated></row>
<identifiers><header_from>{escape(header_from)}</header_from><envelope_from/></identifiers>
<auth_results>{signature if signed else ""}{passed if spf_domain else ""}</auth_results></record>"""


def feedback(
    *records: str,
    domain: str = "acme.test",
    reporter: str = "Big Mail Inc.",
    report_id: str = "1234.5678",
    begins_at: datetime = YESTERDAY,
    policy: str = "<p>none</p><pct>100</pct>",
    start: str = '<?xml version="1.0" encoding="UTF-8"?>',
) -> bytes:
    """Write an aggregate report of one day."""
    end = begins_at + timedelta(days=1, seconds=-1)
    return f"""{start}<feedback><version>1.0</version><report_metadata><org_name>{reporter}</org_name>
<email>dmarc@big.test</email><report_id>{report_id}</report_id><date_range>
<begin>{begins_at.timestamp():.0f}</begin><end>{end.timestamp():.0f}</end></date_range></report_metadata>
<policy_published><domain>{domain}</domain><adkim>r</adkim><aspf>r</aspf>{policy}</policy_published>
{"".join(records or (record(header_from=domain),))}</feedback>""".encode()


def tls_report(
    domain: str = "acme.test",
    *,
    succeeded: int = 95,
    failures: tuple[tuple[str, int], ...] = (("certificate-expired", 5),),
    mode: str = "testing",
    report_id: str = "tls-1",
    begins_at: datetime = YESTERDAY,
) -> bytes:
    """Write a TLS report of one day, as RFC 8460 has it."""
    details = [
        {"result-type": result, "receiving-mx-hostname": "mx.fleetpost.test", "failed-session-count": sessions}
        for result, sessions in failures
    ]
    policy = {
        "policy": {
            "policy-type": "sts",
            "policy-string": ["version: STSv1", f"mode: {mode}", "mx: *.fleetpost.test", "max_age: 86400"],
            "policy-domain": domain,
            "mx-host": ["*.fleetpost.test"],
        },
        "summary": {
            "total-successful-session-count": succeeded,
            "total-failure-session-count": sum(sessions for _, sessions in failures),
        },
        "failure-details": details,
    }
    end = begins_at + timedelta(days=1, seconds=-1)
    return msgspec.json.encode(
        {
            "organization-name": "Big Mail Inc.",
            "date-range": {"start-datetime": begins_at.isoformat(), "end-datetime": end.isoformat()},
            "contact-info": "tls@big.test",
            "report-id": report_id,
            "policies": [policy],
        }
    )


def zipped(content: bytes, name: str = "big.test!acme.test!1!2.xml") -> bytes:
    """Pack one file."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def mail(content: bytes, kind: str = "application/zip", name: str = "report.zip") -> bytes:
    """Put a report into a mail with some words before it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "dmarc@big.test", "reports@fleetpost.test", "Report Domain"
    message.set_content("This is a report.")
    main, _, sub = kind.partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return bytes(message)


def zip_mail(content: bytes) -> bytes:
    """Mail a report as zip."""
    return mail(zipped(content))


def gzip_mail(content: bytes) -> bytes:
    """Mail a report as gzip."""
    return mail(gzip.compress(content), "application/gzip", "report.xml.gz")


def complaint(
    *,
    return_path: str = "",
    message_id: str = "",
    recipient: str = "",
    header_from: str = "ann@acme.test",
    kind: str = "abuse",
    report: str = "",
) -> bytes:
    """Write a complaint with the head of the mail that it is about."""
    original = "".join(
        f"{name}: {value}\r\n"
        for name, value in (
            ("Return-Path", f"<{return_path}>" if return_path else ""),
            ("Message-ID", f"<{message_id}>" if message_id else ""),
            ("From", f"Ann <{header_from}>"),
            ("Subject", "Hello"),
        )
        if value
    )
    known = f"Original-Rcpt-To: {recipient}\r\n" if recipient else ""
    return f"""From: <abuse@big.test>\r
To: <fbl@reports.fleetpost.test>\r
Subject: complaint\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=feedback-report; boundary="part"\r
\r
--part\r
Content-Type: text/plain\r
\r
This is a complaint.\r
--part\r
Content-Type: message/feedback-report\r
\r
Feedback-Type: {kind}\r
User-Agent: BigMail/1.0\r
Version: 1\r
Source-IP: 192.0.2.1\r
{known}{report}\r
--part\r
Content-Type: message/rfc822\r
\r
{original}\r
Buy!\r
--part--\r
""".encode()
