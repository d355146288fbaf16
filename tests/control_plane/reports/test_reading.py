"""Reports as senders write them, and as nobody should."""

import base64
import gzip
import io
import struct
import tarfile
import time
import zipfile
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from control_plane.reports.reading import DmarcRecord, Letter, ReadDmarc, Unreadable, read
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

LONG_AGO, FAR_AWAY = datetime(1970, 1, 2, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)


def dmarc(raw: bytes) -> ReadDmarc:
    [report] = read(raw, NOW).dmarc
    return report


def only(raw: bytes) -> DmarcRecord:
    [found] = dmarc(raw).records
    return found


@pytest.mark.parametrize(
    "raw",
    [
        zip_mail(feedback()),
        gzip_mail(feedback()),
        mail(feedback(), "text/xml", "report.xml"),
        mail(zipped(feedback()), "application/octet-stream", "report.xml"),
        mail(gzip.compress(feedback()), "application/zip", "report.zip"),
        mail(b"\xef\xbb\xbf" + feedback(start=""), "application/xml", "report.xml"),
        mail(feedback(start="").decode().encode("utf-16"), "application/xml", "report.xml"),
        b"Content-Type: application/zip\nContent-Transfer-Encoding: base64\n\n" + base64.b64encode(zipped(feedback())),
    ],
    ids=["zip", "gzip", "plain", "wrong type", "gzip called zip", "byte order mark", "UTF-16", "no multipart"],
)
def test_a_report_is_found_however_it_is_packed(raw: bytes) -> None:
    report = dmarc(raw)
    assert (report.reporter, report.report_id, report.begins_at) == ("Big Mail Inc.", "1234.5678", YESTERDAY)
    assert [(each.source_ip, each.messages) for each in report.records] == [("192.0.2.1", 10)]


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (feedback().replace(b"<version>1.0</version>", b""), {}),
        (feedback().replace(b"<feedback>", b'<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">'), {}),
        (feedback(record(dkim="PASS", spf="Fail")), {"dkim_aligned": True, "spf_aligned": False}),
        (feedback(record(disposition="Quarantine")), {"disposition": "quarantine"}),
        (feedback(record(disposition="pass")), {"disposition": "none"}),
        (feedback(record("::ffff:192.0.2.1")), {"source_ip": "192.0.2.1"}),
        (feedback(record("2001:DB8::1")), {"source_ip": "2001:db8::1"}),
        (feedback(record(header_from="ACME.test.")), {"header_from": "acme.test"}),
        (feedback(record(signed="acme.test/fp1r")), {"dkim": (("acme.test", "fp1r"),)}),
        (feedback(record(header_from="müller.acme.test")), {"header_from": "xn--mller-kva.acme.test"}),
        (feedback().replace(b"identifiers>", b"identities>"), {"header_from": "acme.test"}),
        (feedback(record(reason="mailing_list")), {"reasons": ("mailing_list",)}),
        (feedback(record("300.1.1.1"), record()), {"source_ip": "192.0.2.1"}),
        (feedback(record(count="many"), record()), {"messages": 10}),
        (feedback(record(count=-5), record()), {"messages": 10}),
        (feedback(record(count=10**18), record()), {"messages": 10}),
    ],
    ids=[
        "no version",
        "namespace",
        "upper case",
        "disposition",
        "no disposition",
        "mapped address",
        "IPv6",
        "last dot",
        "selector",
        "IDN",
        "identities",
        "reason",
        "no address",
        "no count",
        "less than nothing",
        "more than there is",
    ],
)
def test_what_senders_really_write_is_understood(content: bytes, wanted: dict[str, object]) -> None:
    found = only(zip_mail(content))
    assert {name: getattr(found, name) for name in wanted} == wanted


def test_a_report_that_ends_before_it_begins_is_about_the_time_between() -> None:
    report = dmarc(
        zip_mail(
            feedback()
            .replace(b"begin>", b"x>")
            .replace(b"end>", b"begin>")
            .replace(b"<x>", b"<end>")
            .replace(b"</x>", b"</end>")
        )
    )
    assert report.begins_at == YESTERDAY < report.ends_at


def test_what_makes_no_sense_is_counted() -> None:
    assert dmarc(zip_mail(feedback(record("nowhere"), record(count=0), record()))).left_out == 2


def test_what_is_stored_fits_on_a_line() -> None:
    report = dmarc(zip_mail(feedback(reporter="Big&#10;Mail " + "x" * 5000)))
    assert "\n" not in report.reporter
    assert len(report.reporter) == 200


def test_a_report_without_an_id_has_that_of_its_content() -> None:
    first, again = (dmarc(zip_mail(feedback(report_id=""))) for _ in range(2))
    assert len(first.report_id) == 64
    assert first.report_id == again.report_id


def nested_zip() -> bytes:
    return mail(zipped(zipped(feedback()), "inner.zip"))


def tarred() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        info = tarfile.TarInfo("report.xml")
        info.size = len(feedback())
        archive.addfile(info, io.BytesIO(feedback()))
    return mail(packed.getvalue(), "application/gzip", "report.tar.gz")


def two_files() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.xml", feedback())
        archive.writestr("two.xml", feedback())
    return mail(packed.getvalue())


def encrypted() -> bytes:
    content = bytearray(zipped(feedback()))
    content[6] |= 1
    return mail(bytes(content))


def endless_directory() -> bytes:
    """A million members, which the library would read before it could be asked how many."""
    content = zipped(feedback())
    end = content.rfind(b"PK\x05\x06")
    return mail(content[: end + 8] + struct.pack("<HH", 65535, 65535) + content[end + 12 :])


def laughs() -> bytes:
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    start = f'<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY l0 "ha">{entities}]>'
    return zip_mail(feedback(reporter="&l9;", start=start))


def external() -> bytes:
    start = '<?xml version="1.0"?><!DOCTYPE feedback [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return zip_mail(feedback(reporter="&x;", start=start))


def many_records() -> bytes:
    rows = (f"<record><row><source_ip>192.0.2.1</source_ip><count>{n}</count></row></record>" for n in range(1, 50_002))
    return feedback(*rows)


def many_parts() -> bytes:
    message = EmailMessage()
    message.set_content("Reports")
    for _ in range(30):
        message.add_attachment(zipped(feedback()), maintype="application", subtype="zip")
    return bytes(message)


def matryoshka() -> bytes:
    head = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000))
    return head + b"Content-Type: text/plain\n\nx"


HOSTILE = {
    "zip bomb": (mail(zipped(b"<feedback>" + b" " * 50_000_000)), "grows"),
    "gzip bomb": (gzip_mail(b"<feedback>" + b" " * 50_000_000), "grows"),
    "steep gzip": (gzip_mail(b"<feedback>" + b" " * 5_000_000), "grows"),
    "archive in an archive": (nested_zip(), "archive of an archive"),
    "tar": (tarred(), "archive of an archive"),
    "two files": (two_files(), "exactly one"),
    "two gzip members": (mail(gzip.compress(feedback()) * 2, "application/gzip", "x.gz"), "exactly one"),
    "encrypted": (encrypted(), "encrypted"),
    "endless directory": (endless_directory(), "exactly one"),
    "zip cut off": (mail(zipped(feedback())[:200]), "cut off"),
    "zip of four octets": (mail(b"PK\x03\x04"), "cut off"),
    "gzip cut off": (mail(gzip.compress(feedback())[:-20], "application/gzip", "x.gz"), "cut off"),
    "gzip damaged": (mail(gzip.compress(feedback())[:20] + b"\xff" * 50, "application/gzip", "x.gz"), "damaged"),
    "zip of something else": (mail(zipped(b"MZ\x90 a program")), "does not hold a report"),
    "billion laughs": (laughs(), "document type"),
    "external entity": (external(), "document type"),
    "XML cut off": (zip_mail(feedback()[:500]), "well-formed"),
    "deep XML": (zip_mail(b"<feedback>" + b"<a>" * 10_000 + b"</a>" * 10_000 + b"</feedback>"), "nested"),
    "wide XML": (zip_mail(b"<feedback><record>" + b"<a/>" * 10_000 + b"</record></feedback>"), "too many parts"),
    "too many records": (zip_mail(many_records()), "50,000"),
    "HTML": (mail(b"<html><body>Hello</body></html>", "application/xml", "x.xml"), "not a report"),
    "NUL": (zip_mail(feedback(reporter="a\0b")), "well-formed"),
    "unknown encoding": (zip_mail(feedback(start='<?xml version="1.0" encoding="klingon"?>')), "encoding"),
    "1970": (zip_mail(feedback(begins_at=LONG_AGO)), "long ago"),
    "9999": (zip_mail(feedback(begins_at=FAR_AWAY)), "long ago"),
    "a year beyond all years": (zip_mail(feedback().replace(b"<begin>", b"<begin>9999999")), "time"),
    "no time": (zip_mail(feedback().replace(b"<begin>", b"<begin>soon")), "what time"),
    "no domain": (zip_mail(feedback(domain="not a domain")), "which domain"),
    "many parts": (many_parts(), "more parts"),
    "mails in mails": (matryoshka(), "more parts"),
    "a million lines": (b"Subject: x\n\n" + b"a\n" * 1_000_001, "too large"),
    "parameters without end": (b"Content-Type: multipart/mixed; " + b"a*0*=b;\r\n " * 200_000 + b"\r\n\r\n", "damaged"),
    "the same after a bare return": (b"A: b\rContent-Type: x/y" + b"; a*0*=b" * 200_000 + b"\r\n\r\n", "damaged"),
    "only words": (b"Subject: Hello\n\nHello", "no report"),
    "nothing": (b"", "no report"),
    "TLS report that is none": (mail(b'{"policies": []}', "application/json", "x.json"), "no policies"),
    "TLS report of another form": (mail(b'{"policies": 5}', "application/json", "x.json"), "form"),
    "deep JSON": (mail(b"{" + b'"policies":[' * 100_000, "application/json", "x.json"), "form"),
    "TLS report of another year": (mail(tls_report(begins_at=LONG_AGO), "application/json", "x"), "long ago"),
    "single failure": (complaint(kind="auth-failure"), "single failures"),
    "complaint of no kind": (complaint(kind=""), "what kind"),
}


@pytest.mark.parametrize(("raw", "reason"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_report_is_refused_with_the_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(raw, NOW)


def test_what_else_is_in_the_mail_does_no_harm() -> None:
    message = EmailMessage()
    message.set_content("A report, and a picture.")
    message.add_attachment(b"PK\x03\x04broken", maintype="application", subtype="zip")
    message.add_attachment(zipped(feedback()), maintype="application", subtype="zip")
    assert len(read(bytes(message), NOW).dmarc) == 1


def test_a_tls_report_is_read() -> None:
    raw = mail(gzip.compress(tls_report()), "application/tlsrpt+gzip", "report.json.gz")
    [report] = read(raw, NOW).tls
    [policy] = report.policies
    assert (policy.kind, policy.mode, policy.succeeded, policy.failed) == ("sts", "testing", 95, 5)
    assert [(each.result, each.sessions, each.mx) for each in policy.failures] == [
        ("certificate-expired", 5, "mx.fleetpost.test")
    ]


def test_numbers_that_are_texts_are_numbers() -> None:
    raw = mail(tls_report().replace(b":95", b':"95"'), "application/json", "x")
    assert read(raw, NOW).tls[0].policies[0].succeeded == 95


def test_numbers_that_cannot_be_true_count_for_nothing() -> None:
    raw = mail(tls_report(succeeded=-3, failures=(("sts-webpki-invalid", 10**15),)), "application/json", "x")
    assert (read(raw, NOW).tls[0].policies[0].succeeded, read(raw, NOW).tls[0].policies[0].failures) == (0, ())


def test_a_complaint_is_read() -> None:
    found = read(
        complaint(return_path="x@bounce.acme.test", message_id="msg_1@acme.test", recipient="bob@else.test"), NOW
    )
    assert found.complaint is not None
    assert (found.complaint.kind, found.complaint.reporter) == ("abuse", "BigMail/1.0")
    assert (found.complaint.return_path, found.complaint.message_id) == ("x@bounce.acme.test", "msg_1@acme.test")
    assert (found.complaint.recipient, found.complaint.header_from) == ("bob@else.test", "acme.test")


def test_a_complaint_that_shows_the_head_alone_is_read() -> None:
    raw = complaint(return_path="x@bounce.acme.test").replace(b"message/rfc822", b"text/rfc822-headers")
    found = read(raw, NOW).complaint
    assert found is not None
    assert found.return_path == "x@bounce.acme.test"


@pytest.mark.parametrize("charset", ["charset=punycode", "charset*=utf-8''utf-8", 'charset="\0"', "charset=idna"])
def test_what_a_complaint_calls_its_charset_is_not_believed(charset: str) -> None:
    head = b"text/rfc822-headers; " + charset.encode()
    raw = complaint(return_path="x@bounce.acme.test").replace(b"message/rfc822", head)
    raw = raw.replace(b"Subject: Hello", b"Subject: H\xffllo-" + b"a" * 300_000)
    began = time.process_time()
    found = read(raw, NOW).complaint
    assert found is not None
    assert found.return_path == "x@bounce.acme.test"
    assert time.process_time() - began < 2, (
        "punycode takes a quarter of a minute for this, and for ten times as much hours"
    )


SEEDS = [
    zip_mail(feedback()),
    gzip_mail(feedback()),
    mail(feedback(), "text/xml", "x"),
    mail(tls_report(), "application/json", "x"),
    complaint(),
]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_mail_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place : place + data.draw(st.integers(0, 20))] = data.draw(st.binary(max_size=20))
        if not raw:
            break
    with suppress(Unreadable):
        assert isinstance(read(bytes(raw), NOW), Letter)
