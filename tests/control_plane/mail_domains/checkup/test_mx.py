"""What is said of MX records: where mail goes first, and where else."""

import msgspec
import pytest

from tests.control_plane.mail_domains.checkup.world import (
    NEEDS,
    SERVFAIL,
    SILENCE,
    Case,
    Zone,
    judged,
    table,
    verdict,
)

HOST = ("acme.test", "MX")

CASES: list[Case] = [
    ("as told", {}, "ok", "Published"),
    ("another number", {HOST: ["0 mx.fleetpost.test"]}, "ok", "Published"),
    ("in capitals", {HOST: ["10 MX.Fleetpost.TEST"]}, "ok", "Published"),
    ("twice, with two numbers", {HOST: ["10 mx.fleetpost.test", "20 mx.fleetpost.test"]}, "ok", "Published"),
    ("another host behind ours", {HOST: ["10 mx.fleetpost.test", "20 b.other.test"]}, "warning", "at once goes to"),
    ("another host beside ours", {HOST: ["10 mx.fleetpost.test", "10 b.other.test"]}, "warning", "same number"),
    ("another host before ours", {HOST: ["10 mx.fleetpost.test", "5 b.other.test"]}, "wrong", "first"),
    ("numbers compared as numbers", {HOST: ["10 mx.fleetpost.test", "9 b.other.test"]}, "wrong", "first"),
    ("before and behind", {HOST: ["10 mx.fleetpost.test", "5 a.other.test", "20 b.other.test"]}, "wrong", "a.other"),
    ("another host only", {HOST: ["10 b.other.test"]}, "wrong", "Mail goes to b.other.test"),
    ("a name that begins like ours", {HOST: ["10 mx.fleetpost.test.evil.test"]}, "wrong", "Mail goes to"),
    ("ours below the domain by mistake", {HOST: ["10 mx.fleetpost.test.acme.test"]}, "wrong", "Mail goes to"),
    ("an alias for ours",
     {HOST: ["10 mail.acme.test"], ("mail.acme.test", "CNAME"): ["mx.fleetpost.test"]}, "warning", "by an alias"),
    ("an alias for another",
     {HOST: ["10 mail.acme.test"], ("mail.acme.test", "CNAME"): ["b.other.test"]}, "wrong", "Mail goes to"),
    ("an address", {HOST: ["10 203.0.113.25"]}, "wrong", "holds an address"),
    ("an IPv6 address", {HOST: ["10 2001:db8::25"]}, "wrong", "holds an address"),
    ("no mail at all", {HOST: ["0 ."]}, "wrong", "null MX"),
    ("no mail at all, and ours", {HOST: ["0 .", "10 mx.fleetpost.test"]}, "wrong", "null MX"),
    ("none", {HOST: []}, "missing", "publish it as MX at acme.test"),
    ("an address, but no MX", {HOST: [], ("acme.test", "A"): ["198.51.100.1"]}, "missing", "publish it"),
    ("no number", {HOST: ["mx.fleetpost.test"]}, "missing", "publish it"),
    ("eighty others", {HOST: [f"{n} h{n}.other.test" for n in range(80)]}, "wrong", "Mail goes to h0"),
    ("bytes that are no name", {HOST: ["10 a\\000b.\\255.test"]}, "wrong", "Mail goes to"),
    ("a very long name", {HOST: [f"10 {'a.' * 120}test"]}, "wrong", "…"),
    ("no answer", {HOST: SILENCE}, "unknown", "checked again"),
    ("SERVFAIL", {HOST: SERVFAIL}, "unknown", "checked again"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "words"), table(*CASES))
async def test_an_exchanger_is_judged_by_what_senders_try_first(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("receiving", changes)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


async def test_bounces_have_to_come_back_to_us() -> None:
    judged = await verdict("return_path", {("bounce.acme.test", "MX"): ["10 b.other.test"]})
    assert (judged.status, judged.importance) == ("wrong", "required")


async def test_mail_must_arrive_here_only_where_there_are_mailboxes() -> None:
    for receives, importance in ((False, "recommended"), (True, "required")):
        found = await judged({HOST: ["10 b.other.test"]}, msgspec.structs.replace(NEEDS, receives=receives))
        assert next(each for each in found if each.purpose == "receiving").importance == importance
