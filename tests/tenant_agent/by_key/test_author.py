"""The author's domain, however the header is written."""

import pytest

from tenant_agent.by_key.author import domain_of_author


@pytest.mark.parametrize(
    ("head", "domain"),
    [
        (b"From: ann@acme.test\r\n\r\n", "acme.test"),
        (b"Subject: x\r\nfrom: Ann <ann@ACME.test>\r\n\r\n", "acme.test"),
        (b'From: "Boss <boss@bank.test>" <ann@acme.test>\r\n\r\n', "acme.test"),
        (b"From:\r\n =?utf-8?q?J=C3=BCrgen?=\r\n <ann@acme.test>\r\n\r\n", "acme.test"),
        ("From: <jürgen@bücher.test>\r\n\r\n".encode(), "xn--bcher-kva.test"),
        (b"From: ann@acme.test.\r\n\r\n", "acme.test"),
        (b"Subject: none\r\n\r\n", None),
        (b"From: ann@acme.test\r\nFrom: boss@bank.test\r\n\r\n", None),
        (b"From: ann@acme.test, boss@bank.test\r\n\r\n", None),
        (b"From: ann\r\n\r\n", None),
        (b"From: <>\r\n\r\n", None),
        (b"From: @acme.test\r\n\r\n", None),
        (b"From: " + b"(" * 100_000 + b"\r\n\r\n", None),
    ],
)
def test_one_author_has_one_domain(head: bytes, domain: str | None) -> None:
    assert domain_of_author(head) == domain


@pytest.mark.parametrize("head", [b"From: \xff@\xff\r\n\r\n", b"\xff: \0\r\nFrom: a@\xffacme.test\r\n\r\n"])
def test_what_is_no_text_is_nobodys_domain(head: bytes) -> None:
    assert domain_of_author(head) != "acme.test"
