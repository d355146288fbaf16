"""Which names may be claimed."""

import msgspec
import pytest

from control_plane.mail_domains.claimable import claimable
from control_plane.mail_domains.names import NotADomain
from control_plane.settings import Settings, ZoneSettings


@pytest.fixture
def ours(settings: Settings) -> Settings:
    """Settings of a platform with a zone of its own."""
    return msgspec.structs.replace(
        settings, zone=ZoneSettings(name="post.example", server="", key=""), reports_domain="reports.post.example"
    )


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Example.COM.", "example.com"),  # capitals and the last dot say nothing
        ("bücher.example", "xn--bcher-kva.example"),
        ("example。com", "example.com"),  # an ideographic full stop
        ("bounce.com", "bounce.com"),  # a whole name, that only sounds like one of a mail's
        ("mail.acme.com", "mail.acme.com"),  # many send from such a name
        (" acme.co.uk\n", "acme.co.uk"),  # pasted
        ("acme.github.io", "acme.github.io"),
        ("post.example", "post.example"),  # the operator's own; nobody else can prove it
        (".".join(["a" * 54] * 4), ".".join(["a" * 54] * 4)),  # 219 octets
    ],
)
def test_a_name_is_taken(typed: str, stored: str, ours: Settings) -> None:
    assert claimable(typed, ours) == stored


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("*.acme.com", "star"),
        ("com", "top-level"),
        ("co.uk", "register names under co.uk"),
        ("xn--zzzzzz.com", "not a domain name"),  # Punycode of nothing
        ("a_b.com", "not a domain name"),
        ("-a.com", "not a domain name"),
        ("a..com", "not a domain name"),
        ("acme.com\0", "not a domain name"),
        ("192.0.2.1", "exchanged under"),
        ("acme.local", "exchanged under"),
        ("bounce.acme.com", "domain above"),
        ("mta-sts.acme.co.uk", "domain above"),
        (".".join(["a" * 55] * 4), "too long"),  # 223 octets: _acme-challenge.autodiscover. would not fit
        ("a" * 64 + ".com", "not a domain name"),
        ("my.post.example", "platform"),
        ("fp1r.abc.dkim.post.example", "platform"),
        ("reports.post.example", "platform"),
        ("mx.fleetpost.test", "platform"),
    ],
)
def test_a_name_is_refused_with_a_reason(typed: str, why: str, ours: Settings) -> None:
    with pytest.raises(NotADomain, match=why):
        claimable(typed, ours)
