"""Domain names in their one stored form."""

import pytest

from control_plane.mail_domains.names import NotADomain, above, displayed, normalise


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("Example.COM", "example.com"),
        (" example.com. ", "example.com"),  # as copied from a zone file
        ("bücher.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("a.b.c.example.com", "a.b.c.example.com"),
    ],
)
def test_a_name_has_one_stored_form(text: str, stored: str) -> None:
    assert normalise(text) == stored


@pytest.mark.parametrize(
    "text",
    [
        "",
        "com",
        "localhost",
        "printer.local",
        "10.77.1.10",  # an address
        "exa mple.com",
        "example..com",
        "-a.example.com",
        "a_b.example.com",
        "*.example.com",
        "example.com\n.evil.test",
        "a" * 64 + ".example.com",
        ".".join(["abcdefgh"] * 29) + ".com",
        "ann@example.com",
        "http://example.com",
    ],
)
def test_what_is_not_a_domain_is_refused(text: str) -> None:
    with pytest.raises(NotADomain):
        normalise(text)


def test_the_names_above_leave_out_the_top_level() -> None:
    assert above("a.b.example.com") == ["b.example.com", "example.com"]
    assert above("example.com") == []


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("xn--bcher-kva.example", "bücher.example"),
        ("*.xn--bcher-kva.example", "*.bücher.example"),
        ("_dmarc.xn--bcher-kva.example", "_dmarc.bücher.example"),
        ("xn--zz.xn--bcher-kva.example", "xn--zz.bücher.example"),  # a label that nothing is written as
        ("acme.test", "acme.test"),
    ],
)
def test_a_name_is_shown_as_people_write_it(stored: str, shown: str) -> None:
    assert displayed(stored) == shown
