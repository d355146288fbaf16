"""What is done to a zone: a table of what stands there, and what becomes of it."""

import pytest

from control_plane.dns_publishing.plan import Action, compare
from control_plane.dns_publishing.published import entries
from control_plane.dns_publishing.record_sets import RecordSet, gathered
from control_plane.dns_publishing.schemas import Decisions
from control_plane.dns_publishing.service.publications import decide
from control_plane.mail_domains.schemas import DnsRecord
from tests.control_plane.dns_publishing.samples import NAME, RECORDS

OWNERSHIP, DKIM, DKIM_ALIAS, SPF, BOUNCE, BOUNCE_SPF, DMARC, MX, MTA_STS, AUTOCONFIG, SRV, *_ = RECORDS
INCLUDE = "include:spf.fleet.test"
RUA = "mailto:t@reports.fleet.test"


def at(wanted: DnsRecord, *values: str, record_type: str = "") -> RecordSet:
    """Say what stands where a record is wanted."""
    return RecordSet(wanted.host, record_type or wanted.type, values)


@pytest.mark.parametrize(
    ("wanted", "zone", "action", "after"),
    [
        pytest.param(OWNERSHIP, [], "create", (OWNERSHIP.value,), id="nothing there"),
        pytest.param(OWNERSHIP, [at(OWNERSHIP, OWNERSHIP.value)], "leave", (OWNERSHIP.value,), id="there already"),
        pytest.param(
            OWNERSHIP, [at(OWNERSHIP, "fleetpost-verification=other")], "create",
            ("fleetpost-verification=other", OWNERSHIP.value), id="another account's claim stays",
        ),
        pytest.param(DKIM, [at(DKIM, "v=DKIM1; p=old")], "change", (DKIM.value,), id="an old key goes"),
        pytest.param(DKIM, [at(DKIM, "x.y.test", record_type="CNAME")], "conflict", (), id="a key below an alias"),
        pytest.param(
            DKIM_ALIAS, [at(DKIM_ALIAS, "old.else.test")], "change", (DKIM_ALIAS.value,), id="our selector, elsewhere"
        ),
        pytest.param(
            DKIM_ALIAS, [at(DKIM_ALIAS, "v=DKIM1; p=x", record_type="TXT")], "conflict", (), id="no alias beside a key"
        ),
        pytest.param(
            SPF, [at(SPF, "google-site-verification=1")], "create",
            ("google-site-verification=1", SPF.value), id="other texts stay",
        ),
        pytest.param(
            SPF, [at(SPF, "v=spf1 ip4:192.0.2.1 include:_spf.else.test ~all", "other=1")], "change",
            (f"v=spf1 ip4:192.0.2.1 include:_spf.else.test {INCLUDE} ~all", "other=1"), id="merged before the end",
        ),
        pytest.param(
            SPF, [at(SPF, "V=SPF1 redirect=_spf.else.test")], "change",
            (f"V=SPF1 {INCLUDE} redirect=_spf.else.test",), id="merged before a redirect",
        ),
        pytest.param(SPF, [at(SPF, "v=spf1 a mx")], "change", (f"v=spf1 a mx {INCLUDE}",), id="merged at an open end"),
        pytest.param(
            SPF, [at(SPF, f"v=spf1 {INCLUDE.upper()} ?all")], "leave", (f"v=spf1 {INCLUDE.upper()} ?all",),
            id="named already, in capitals",
        ),
        pytest.param(
            SPF, [at(SPF, f"v=spf1 {INCLUDE}.evil.test -all")], "change",
            (f"v=spf1 {INCLUDE}.evil.test {INCLUDE} -all",), id="a longer name is another",
        ),
        pytest.param(
            SPF, [at(SPF, "v=spf1 a -all", "v=spf1 mx -all")], "conflict",
            ("v=spf1 a -all", "v=spf1 mx -all"), id="two of them are merged by hand",
        ),
        pytest.param(SPF, [at(SPF, "v=spf10 a")], "create", ("v=spf10 a", SPF.value), id="what only looks like SPF"),
        pytest.param(BOUNCE, [at(BOUNCE, "5 old.test", "10 x.test")], "change", (BOUNCE.value,), id="our own name"),
        pytest.param(BOUNCE_SPF, [at(BOUNCE_SPF, "v=spf1 -all")], "change", (BOUNCE_SPF.value,), id="our own text"),
        pytest.param(DMARC, [], "create", (DMARC.value,), id="no policy yet"),
        pytest.param(
            DMARC, [at(DMARC, "v=DMARC1; p=reject")], "change",
            (f"v=DMARC1; p=reject; rua={RUA}",), id="a stricter policy stays",
        ),
        pytest.param(
            DMARC, [at(DMARC, "v=DMARC1; p=quarantine; rua=mailto:a@else.test; pct=50")], "change",
            (f"v=DMARC1; p=quarantine; rua=mailto:a@else.test,{RUA}; pct=50",), id="reports go to both",
        ),
        pytest.param(
            DMARC, [at(DMARC, f"v=DMARC1; p=none; rua=mailto:a@else.test, {RUA}")], "leave",
            (f"v=DMARC1; p=none; rua=mailto:a@else.test, {RUA}",), id="reports come here already",
        ),
        pytest.param(
            DMARC, [at(DMARC, "v=DMARC1; p=none", "v=DMARC1; p=reject")], "conflict",
            ("v=DMARC1; p=none", "v=DMARC1; p=reject"), id="two policies",
        ),
        pytest.param(MX, [], "create", (MX.value,), id="mail goes nowhere yet"),
        pytest.param(
            MX, [at(MX, "1 mx.else.test", "20 mx.fleet.test")], "leave", ("1 mx.else.test", "20 mx.fleet.test"),
            id="mail arrives here too",
        ),
        pytest.param(MX, [at(MX, "1 mx.else.test")], "conflict", (MX.value,), id="mail goes elsewhere"),
        pytest.param(MX, [at(MX, "0 .")], "conflict", (MX.value,), id="mail is declined (RFC 7505)"),
        pytest.param(MTA_STS, [at(MTA_STS, "v=STSv1; id=9")], "conflict", (MTA_STS.value,), id="another's policy"),
        pytest.param(MTA_STS, [at(MTA_STS, "x=1")], "create", ("x=1", MTA_STS.value), id="something unrelated"),
        pytest.param(AUTOCONFIG, [at(AUTOCONFIG, "else.test")], "conflict", (AUTOCONFIG.value,), id="leads elsewhere"),
        pytest.param(
            AUTOCONFIG, [at(AUTOCONFIG, "192.0.2.1", record_type="A")], "conflict", (), id="no alias beside an address"
        ),
        pytest.param(SRV, [at(SRV, "0 1 993 imap.else.test")], "conflict", (SRV.value,), id="another's service"),
    ],
)  # fmt: skip
def test_what_becomes_of_what_is_there(
    wanted: DnsRecord, zone: list[RecordSet], action: Action, after: tuple[str, ...]
) -> None:
    [step] = compare(entries([wanted]), zone)
    assert (step.action, step.after) == (action, after), step.explanation
    assert step.explanation
    assert step.changes == (step.before != step.after)


def test_names_that_are_not_ours_are_not_even_mentioned() -> None:
    zone = [RecordSet(f"www.{NAME}", "A", ("192.0.2.1",)), RecordSet("other.test", "TXT", ("x",))]
    steps = compare(entries(RECORDS), zone)
    assert {step.action for step in steps} == {"create"}
    assert f"www.{NAME}" not in {step.name for step in steps}


def test_a_plan_that_was_carried_out_leaves_nothing_to_do() -> None:
    zone = [
        RecordSet(NAME, "TXT", ("v=spf1 a -all", "other=1")),
        RecordSet(f"_dmarc.{NAME}", "TXT", ("v=DMARC1; p=reject; rua=mailto:a@else.test",)),
    ]
    done = [RecordSet(step.name, step.type, step.after) for step in compare(entries(RECORDS), zone)]
    assert {step.action for step in compare(entries(RECORDS), done)} == {"leave"}


def test_types_that_a_provider_cannot_write_are_left_to_people() -> None:
    steps = {step.key: step for step in compare(entries(RECORDS), [], by_hand={"MX"})}
    assert steps[f"MX {NAME}"].action == "conflict"
    assert not steps[f"MX {NAME}"].replaceable
    assert steps[f"TXT {NAME}"].action == "create"


@pytest.mark.parametrize(
    ("wanted", "zone", "decisions", "status"),
    [
        pytest.param(SPF, [], Decisions(), "waiting", id="what is new is published"),
        pytest.param(SPF, [], Decisions(leave_out=(f"TXT {NAME}",)), "left_out", id="unless it is left out"),
        pytest.param(SPF, [at(SPF, SPF.value)], Decisions(), "left_out", id="what is there is left alone"),
        pytest.param(MX, [at(MX, "1 x.test")], Decisions(), "left_out", id="a conflict waits for a word"),
        pytest.param(MX, [at(MX, "1 x.test")], Decisions(replace=(f"MX {NAME}",)), "waiting", id="which was given"),
    ],
)
def test_nothing_of_others_is_replaced_without_a_word(
    wanted: DnsRecord, zone: list[RecordSet], decisions: Decisions, status: str
) -> None:
    [step] = compare(entries([wanted]), zone)
    assert decide(step, decisions).status == status


def test_single_records_are_put_together_in_one_form() -> None:
    told = [
        ("ACME.test.", "txt", '"v=spf1 " "a -all"', 60),
        ("@.acme.test", "MX", "10  MX.Else.TEST.", 60),
        ("www.acme.test", "CNAME", "Else.Test.", 60),
        ("acme.test", "TXT", "plain; text", 60),
        ("acme.test", "MX", "0 .", 60),
    ]
    assert {(each.name, each.type): each.values for each in gathered(told)} == {
        ("acme.test", "TXT"): ("v=spf1 a -all", "plain; text"),
        ("acme.test", "MX"): ("10 mx.else.test", "0 ."),
        ("www.acme.test", "CNAME"): ("else.test",),
    }
