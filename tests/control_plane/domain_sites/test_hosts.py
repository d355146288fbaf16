"""Which of our names was asked for."""

import pytest

from control_plane.domain_sites.hosts import Asked, host_of, take_apart


@pytest.mark.parametrize(
    ("header", "host", "remark"),
    [
        ("mta-sts.acme.test", "mta-sts.acme.test", "as it should be"),
        ("MTA-STS.Acme.Test", "mta-sts.acme.test", "names have no case"),
        ("mta-sts.acme.test:8443", "mta-sts.acme.test", "with a port"),
        ("mta-sts.acme.test.", "mta-sts.acme.test", "with the root's dot"),
        (" acme.test ", "acme.test", "with spaces around"),
        ("localhost", "", "no domain"),
        ("[::1]:80", "", "an address"),
        ("acme\x00.test", "", "a NUL"),
        ("bücher.test", "", "not an A-label"),
        (f"{'a' * 252}.test", "", "longer than a name can be"),
        ("", "", "nothing"),
    ],
)
def test_a_host_header_gives_a_name(header: str, host: str, remark: str) -> None:
    assert host_of(header) == host, remark


@pytest.mark.parametrize(
    ("host", "asked"),
    [
        ("mta-sts.acme.test", Asked("mta-sts", "acme.test")),
        ("autoconfig.acme.test", Asked("autoconfig", "acme.test")),
        ("autodiscover.mail.acme.test", Asked("autodiscover", "mail.acme.test")),
        ("acme.test", Asked("", "acme.test")),
        ("mta-sts.test", Asked("", "mta-sts.test")),
        ("www.acme.test", Asked("", "www.acme.test")),
    ],
)
def test_our_names_are_told_from_others(host: str, asked: Asked) -> None:
    assert take_apart(host) == asked
