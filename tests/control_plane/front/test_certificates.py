"""Which certificates can be served, and for whom."""

import msgspec
import pytest
from cryptography.hazmat.primitives import serialization

from control_plane.front.certificates import collect, listing
from tests.control_plane.front.pki import Made, make

GOOD = make("a.test")


def broken(**changes: object) -> Made:
    return msgspec.structs.replace(GOOD, **changes)


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        (broken(chain="nonsense"), "chain"),
        (broken(chain=""), "chain"),
        (broken(chain=GOOD.chain.replace("A", "B", 40)), "chain"),
        (broken(private_key="nonsense"), "private key"),
        (broken(private_key=make("b.test").private_key), "another one's"),
    ],
)
def test_a_broken_certificate_is_left_out_and_harms_no_other(certificate: Made, reason: str) -> None:
    good = make("good.test")
    found = collect([certificate, good])
    assert [bundle.hosts for bundle in found.bundles.values()] == [("good.test",)]
    assert reason in found.left_out[0].reason


def test_no_key_is_ever_in_what_is_logged() -> None:
    key = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IQ==\n-----END PRIVATE KEY-----\n"
    found = collect([broken(private_key=key), GOOD])
    assert "c2VjcmV0" not in repr(found)
    assert GOOD.private_key.splitlines()[1] not in repr(found)


def test_of_two_certificates_for_a_host_the_newer_serves_it() -> None:
    old, new = make("a.test", "b.test"), make("a.test", later=1)
    found = {bundle.hosts: bundle.pem for bundle in collect([old, new]).bundles.values()}
    assert found.keys() == {("a.test",), ("b.test",)}
    assert new.chain.strip() in found["a.test",]


def test_a_renewed_certificate_has_the_file_of_the_former() -> None:
    assert collect([make("a.test")]).bundles.keys() == collect([make("a.test", later=1)]).bundles.keys()


def test_hosts_that_could_be_read_as_something_else_are_not_listed() -> None:
    odd = ["a b.test", "x\n/etc/passwd y.test", "!a.test", "*", "*.*.test", "[alpn h2]", "a..test", "é.test", ""]
    certificate = msgspec.structs.replace(GOOD, names=(*odd, "A.Test", "*.a.test"))
    assert listing(collect([certificate]).bundles.values(), "/c").split()[1:] == ["*.a.test", "a.test"]


def test_what_surrounds_the_certificates_is_not_passed_on() -> None:
    noisy = broken(chain=f"set ssl cert x\n\n{GOOD.chain}\n\nquit\n", private_key=f"quit\n\n{GOOD.private_key}")
    (bundle,) = collect([noisy]).bundles.values()
    assert "quit" not in bundle.pem
    assert "\n\n" not in bundle.pem
    assert serialization.load_pem_private_key(bundle.pem.encode(), None).key_size == 256  # type: ignore[union-attr]
