"""What lists' answers mean: a list that does not answer properly calls nothing clean and nothing listed."""

import pytest

from control_plane.mail_domains.resolver import Answer
from control_plane.reputation.lists import BY_NAME, LISTS
from control_plane.reputation.reading import fault, fits, own_entries, question, read
from control_plane.reputation.resolvers import are_public

ZEN, SURBL = BY_NAME["spamhaus-zen"], BY_NAME["surbl"]
NOTHING = Answer(exists=False)


def test_addresses_are_asked_for_backwards() -> None:
    assert question(ZEN, "192.0.2.7") == "7.2.0.192.zen.spamhaus.org"
    nibbles = "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
    assert question(ZEN, "2001:db8::7") == f"{nibbles}.zen.spamhaus.org"
    assert question(SURBL, "Acme.test") == "acme.test.multi.surbl.org"


def test_lists_are_asked_only_about_what_they_know() -> None:
    assert fits(ZEN, "2001:db8::7")
    assert not fits(BY_NAME["spamcop"], "2001:db8::7")
    assert fits(SURBL, "acme.test")


@pytest.mark.parametrize(
    ("name", "values", "state", "severity"),
    [
        ("spamhaus-zen", (), "clean", None),
        ("spamhaus-zen", ("127.0.0.2",), "listed", "quarantine"),
        ("spamhaus-zen", ("127.0.0.3", "127.0.0.4"), "listed", "quarantine"),
        ("spamhaus-zen", ("127.0.0.99",), "listed", "warn"),  # a code that nobody told us of
        ("spamhaus-zen", ("127.255.255.254",), "unknown", None),  # asked through a public resolver
        ("spamhaus-zen", ("127.255.255.255",), "unknown", None),  # asked too often
        ("spamhaus-zen", ("127.255.255.252",), "unknown", None),  # a misspelt zone
        ("spamhaus-zen", ("127.0.0.2", "127.255.255.255"), "unknown", None),
        ("spamhaus-zen", ("203.0.113.80",), "unknown", None),  # a provider that answers what does not exist
        ("spamhaus-zen", ("junk",), "unknown", None),
        ("psbl", ("127.0.0.2",), "listed", "warn"),
        ("surbl", ("127.0.0.72",), "listed", "quarantine"),  # 64 + 8
        ("surbl", ("127.0.0.128",), "listed", "warn"),
        ("surbl", ("127.0.0.1",), "unknown", None),  # our resolver is refused
        ("uribl", ("127.0.0.4",), "listed", "warn"),
        ("spamhaus-dbl", ("127.0.1.255",), "unknown", None),  # we have asked for an address
    ],
)
def test_return_codes(name: str, values: tuple[str, ...], state: str, severity: str | None) -> None:
    found = read(BY_NAME[name], Answer(values))
    assert (found.state, found.severity) == (state, severity)


@pytest.mark.parametrize("problem", ["SERVFAIL", "REFUSED", "no answer in time"])
def test_trouble_with_dns_is_neither_clean_nor_listed(problem: str) -> None:
    found = read(ZEN, Answer(problem=problem))
    assert found.state == "unknown"
    assert problem in found.why


@pytest.mark.parametrize(
    ("listed", "clean", "works"),
    [
        (Answer(("127.0.0.2",)), NOTHING, True),
        (NOTHING, NOTHING, False),  # the zone is gone, and everything would be clean for ever
        (Answer(("127.0.0.2",)), Answer(("127.0.0.2",)), False),  # the list was shut down by listing the world
        (Answer(("203.0.113.80",)), Answer(("203.0.113.80",)), False),  # made up on the way
        (Answer(("127.255.255.254",)), NOTHING, False),
        (Answer(problem="SERVFAIL"), NOTHING, False),
        (Answer(("127.0.0.2",)), Answer(problem="no answer in time"), False),
    ],
)
def test_a_list_that_does_not_know_its_test_entries_is_not_believed(listed: Answer, clean: Answer, works: bool) -> None:
    assert (fault(ZEN, listed, clean) is None) == works


def test_ipv6_has_test_entries_of_its_own() -> None:
    listed, clean = own_entries(ZEN, "2001:db8::7")
    assert question(ZEN, listed).startswith("2.0.0.0.0.0.f.7.f.f.f.f.0.")
    assert question(ZEN, clean).startswith("1.0.0.0.0.0.f.7.f.f.f.f.0.")


def test_every_list_has_a_way_off() -> None:
    assert all(each.delisting_url.startswith("https://") and each.steps for each in LISTS)
    assert all(each.meanings or each.bits for each in LISTS)
    assert len(BY_NAME) == len(LISTS)


def test_public_resolvers_are_known() -> None:
    assert are_public(["10.0.0.1", "8.8.8.8"])
    assert are_public(["1.1.1.1@53"])
    assert not are_public(["10.0.0.1@5353"])
