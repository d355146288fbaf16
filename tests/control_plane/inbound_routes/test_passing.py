"""Whether a mail may be passed on, and what is said above it."""

import pytest

from control_plane.inbound_routes import passing
from control_plane.inbound_routes.reading import Checks
from control_plane.inbound_routes.schemas import TargetStatus

HERE = "support+shop@acme.test"


@pytest.mark.parametrize(
    ("headers", "is_circle"),
    [
        ([], False),
        ([("Delivered-To", "Support@ACME.test")], True),
        ([("delivered-to", "<support+x@acme.test>")], True),
        ([("Delivered-To", "other@acme.test"), ("Delivered-To", "nonsense")], False),
        ([("Received", "by x")] * passing.MOST_HOPS, False),
        ([("Received", "by x")] * (passing.MOST_HOPS + 1), True),
    ],
    ids=["new", "it was here", "it was here with a detail", "it was elsewhere", "far", "too far"],
)
def test_mail_that_was_here_before_goes_in_a_circle(headers: list[tuple[str, str]], *, is_circle: bool) -> None:
    assert (passing.circle(HERE, headers) is not None) == is_circle


@pytest.mark.parametrize(("score", "is_spam"), [(None, False), (5.99, False), (6.0, True), (-1.0, False)])
def test_spam_is_not_forwarded(score: float | None, *, is_spam: bool) -> None:
    assert (passing.spam(Checks(score=score)) is not None) == is_spam


@pytest.mark.parametrize(("status", "may"), [("confirmed", True), ("waiting", False), ("paused", False)])
def test_only_who_agreed_gets_mail(status: TargetStatus, *, may: bool) -> None:
    assert (passing.target(status) is None) == may


def test_what_our_checks_found_stands_above() -> None:
    checks = Checks(spf="pass", dkim="pass", dmarc="pass", arc="none")
    assert passing.above(HERE, "bob@else.test", "bob@else.test", checks) == (
        (
            "X-Fleetpost-Passed-On",
            "cv=none; spf=pass smtp.mailfrom=bob@else.test; dkim=pass; dmarc=pass header.from=else.test; arc=none",
        ),
        ("Delivered-To", HERE),
    )


@pytest.mark.parametrize(
    ("arc", "validity"), [("none", "none"), ("pass", "pass"), ("fail", "fail"), ("permerror", "fail")]
)
def test_a_chain_is_worth_what_we_found(arc: str, validity: str) -> None:
    [(_, said), _] = passing.above(HERE, "", "", Checks(arc=arc))
    assert said.startswith(f"cv={validity}; ")


def test_nobody_writes_into_it_by_their_address() -> None:
    [(_, said), _] = passing.above(HERE, "a;dmarc=pass@evil.test", "x@evil.test;dmarc=pass", Checks(dmarc="fail"))
    assert said == "cv=none; spf=none; dkim=none; dmarc=fail; arc=none"


@pytest.mark.parametrize(
    ("sender", "spf", "hears"),
    [
        ("bob@else.test", "pass", "bob@else.test"),
        ("bob@else.test", "softfail", None),
        ("bob@else.test", "none", None),
        ("", "pass", None),
        ('"a b"@else.test', "pass", None),
    ],
)
def test_only_who_provably_wrote_hears_of_it(sender: str, spf: str, hears: str | None) -> None:
    assert passing.who_hears(sender, Checks(spf=spf)) == hears
