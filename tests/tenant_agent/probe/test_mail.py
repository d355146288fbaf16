"""The mail of a probe, and the way that it takes."""

from email import message_from_bytes
from email.policy import default

import msgspec
import pytest

from tenant_agent.compose.address import mail_address
from tenant_agent.probe import Departure, departure
from tenant_agent.probe.mail import message
from tests.tenant_agent.samples import node

NODE = node()
BOTH = {"out-10-77-1-11", "out-10-77-1-12", "out-10-77-1-11--google"}


@pytest.mark.parametrize(
    "recipient",
    [
        "bob@else.test",
        "Bob+probe@ELSE.test",
        '"bob otter"@else.test',
        '"a,b;c:d<e>"@else.test',
        '"a\\"b"@else.test',
        "bob@[10.1.2.3]",
        "bob@[IPv6:2001:db8::1]",
        "bob@münchen.test",
        "a" * 64 + "@" + ".".join(["b" * 60] * 3) + ".test",
    ],
)
def test_it_can_be_written_to_whatever_is_an_address(recipient: str) -> None:
    written = message("n1.fleetpost.test", mail_address(recipient), "probe-1", 7, 1_800_000_000_000)
    assert written.isascii()
    head, _, body = written.partition(b"\r\n\r\n")
    assert body.strip()
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    assert names.count(b"To") == 1
    assert set(names) <= {
        *(b"Date", b"From", b"To", b"Subject", b"Message-ID", b"Auto-Submitted"),
        *(b"Content-Type", b"Content-Transfer-Encoding", b"MIME-Version"),
    }


def test_it_says_what_it_is_and_that_nothing_need_be_done() -> None:
    mail = message_from_bytes(message("n1.fleetpost.test", "bob@else.test", "probe-1", 7, 0), policy=default)
    assert mail["Subject"] == "Probe 7 of n1.fleetpost.test"
    assert mail["Message-ID"] == "<probe-1@n1.fleetpost.test>"
    assert mail["Date"] == "Thu, 01 Jan 1970 00:00:00 +0000"
    assert "Nothing need be done" in mail.get_content()


def test_it_leaves_as_mail_of_its_class_does_from_the_first_address_that_may_send() -> None:
    assert departure(NODE, "google", BOTH, lambda _: True) == Departure(NODE.hostname, "out-10-77-1-11--google:")
    assert departure(NODE, "yahoo", BOTH, lambda _: True) == Departure(NODE.hostname, "out-10-77-1-11:")
    assert departure(NODE, "google", BOTH, lambda address: address.endswith(".12")) == Departure(
        NODE.hostname, "out-10-77-1-12:"
    )


def test_without_an_address_that_may_send_and_a_transport_there_is_no_way() -> None:
    quarantined = tuple(msgspec.structs.replace(ip, status="quarantined") for ip in NODE.ips)
    assert departure(msgspec.structs.replace(NODE, ips=quarantined), "google", BOTH, lambda _: True) is None
    assert departure(NODE, "google", set(), lambda _: True) is None
    assert departure(NODE, "google", BOTH, lambda _: False) is None
