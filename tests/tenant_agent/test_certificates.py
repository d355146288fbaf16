"""What may be served, whatever the control plane was made to send."""

import datetime as dt

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from tenant_agent import wire
from tenant_agent.certificates import check, served
from tenant_agent.identifiers import Unfit
from tests.odd_certificates import SECP112R1, X400_NAME
from tests.tenant_agent.certificate_samples import HOUR, NOW, certificate, chain_for, pem_of

GOOD = certificate("mail.acme.test")
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def changed(**changes: object) -> wire.CertificateItem:
    return msgspec.structs.replace(GOOD, **changes)


def test_key_and_chain_come_in_the_order_that_postfix_wants() -> None:
    pem = check(GOOD, NOW).pem
    assert pem.startswith("-----BEGIN PRIVATE KEY-----")
    assert pem.count("-----BEGIN CERTIFICATE-----") == 1


def test_issuers_are_served_with_it() -> None:
    assert check(changed(chain=GOOD.chain + chain_for("issuer.test")), NOW).pem.count("BEGIN CERTIFICATE") == 2


def test_text_around_the_pem_reaches_no_daemon() -> None:
    assert "evil" not in check(changed(chain="evil = yes\n" + GOOD.chain + "evil = yes\n"), NOW).pem


@pytest.mark.parametrize("key", [RSA, ec.generate_private_key(ec.SECP384R1())])
def test_keys_of_the_usual_kinds_are_served(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    assert check(certificate("mail.acme.test", key=key), NOW).names == ("mail.acme.test",)


def test_a_wildcards_certificate_serves_a_name_below_it() -> None:
    assert check(changed(chain=chain_for("*.acme.test")), NOW).names == ("mail.acme.test",)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (changed(names=()), "between 1 and 100"),
        (changed(names=("mail.acme.test",) * 101), "between 1 and 100"),
        (changed(names=("*.acme.test",)), "A-labels"),
        (changed(names=("mail.acme.test }\nssl_key = <x",)), "A-labels"),
        (changed(names=("Mail.acme.test",)), "A-labels"),
        (changed(names=("../../etc/passwd",)), "A-labels"),
        (changed(names=("mail.other.test",)), "not for mail.other.test"),
        (changed(names=("deep.mail.acme.test",), chain=chain_for("*.acme.test")), "not for deep"),
        (changed(chain=chain_for()), "not for mail"),
        (changed(chain=chain_for(alternative=X400_NAME)), "not for mail"),
        (changed(private_key=SECP112R1), "PEM"),
        (changed(chain=""), "PEM"),
        (changed(chain="\0" * 100), "PEM"),
        (changed(chain="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "PEM"),
        (changed(chain="é"), "PEM"),
        (changed(chain=GOOD.chain * 11), "more than 10"),
        (changed(chain=GOOD.chain + " " * 65536), "PEM"),
        (changed(private_key=""), "without a password"),
        (changed(private_key=GOOD.chain), "without a password"),
        (changed(private_key=pem_of(RSA)), "does not belong"),
        (changed(chain=chain_for("mail.acme.test", begins=-2 * HOUR, ends=-HOUR)), "expired"),
        (certificate("mail.acme.test", key=rsa.generate_private_key(public_exponent=65537, key_size=1024)), "2048"),
        (certificate("mail.acme.test", key=ed25519.Ed25519PrivateKey.generate()), "neither RSA"),
        (certificate("mail.acme.test", key=ec.generate_private_key(ec.SECP256K1())), "neither RSA"),
    ],
)
def test_what_cannot_be_served_is_refused_with_the_reason(bad: wire.CertificateItem, why: str) -> None:
    with pytest.raises(Unfit, match=why):
        check(bad, NOW)


def test_of_two_for_a_host_the_later_one_is_served_whichever_comes_first() -> None:
    old = check(certificate("mail.acme.test", "a.acme.test"), NOW)
    new = check(certificate("mail.acme.test", "b.acme.test", begins=-HOUR / 2), NOW)
    both = {"mail.acme.test": new.pem, "a.acme.test": old.pem, "b.acme.test": new.pem}
    assert served([old, new]) == served([new, old]) == both


def test_two_of_the_same_moment_have_one_order() -> None:
    pair = [check(certificate("mail.acme.test"), NOW) for _ in range(2)]
    assert served(pair) == served(pair[::-1])


def test_one_that_is_valid_from_tomorrow_is_already_held() -> None:
    assert check(changed(chain=chain_for("mail.acme.test", begins=dt.timedelta(minutes=5))), NOW)
