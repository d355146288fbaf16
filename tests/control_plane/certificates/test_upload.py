"""What may be uploaded, and what is said of the rest."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from control_plane.certificates.upload import Upload, check
from control_plane.core.errors import Invalid
from tests.odd_certificates import SECP112R1, X400_NAME
from tests.own_authority import Key, OwnAuthority, key_pem, new_key, pem

PROVEN = frozenset({"acme.test"})
NAMES = ("mail.acme.test",)
Given = tuple[str, str]


def checked(chain: str, private_key: str) -> Upload:
    """Check with today's date."""
    return check(chain, private_key, PROVEN, datetime.now(UTC))


def whole(authority: OwnAuthority, key: Key | None = None, names: tuple[str, ...] = NAMES) -> Given:
    """Give a certificate with all its issuers, and its key."""
    certificate, own = authority.issue(names, key)
    return pem(certificate, authority.intermediate, authority.root), key_pem(own)


def test_a_whole_chain_is_taken_without_its_root() -> None:
    authority = OwnAuthority()
    chain, key = whole(authority)
    upload = checked(chain, key)
    assert upload.chain.count("BEGIN CERTIFICATE") == 2
    assert upload.facts.names == NAMES
    assert upload.private_key.startswith(b"-----BEGIN PRIVATE KEY-----")


def test_a_root_that_the_system_trusts_may_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority = OwnAuthority()
    certificate, key = authority.issue(NAMES)
    given = pem(certificate, authority.intermediate), key_pem(key)
    with pytest.raises(Invalid) as refused:
        checked(*given)
    assert "is missing" in refused.value.errors[0].message
    (tmp_path / "roots.pem").write_text(pem(authority.root))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    assert checked(*given).chain == given[0]


def test_rsa_of_2048_bits_is_taken() -> None:
    key = rsa.generate_private_key(65537, 2048)
    assert checked(*whole(OwnAuthority(), key)).facts.key_type == "RSA 2048"


def test_wildcards_and_several_names_are_taken() -> None:
    names = ("*.acme.test", "acme.test")
    assert checked(*whole(OwnAuthority(), names=names)).facts.names == names


def leaf(**options: object) -> Callable[[OwnAuthority], Given]:
    """Issue one certificate in a special way."""

    def give(authority: OwnAuthority) -> Given:
        certificate, key = authority.issue(NAMES, **options)  # type: ignore[arg-type]
        return pem(certificate, authority.intermediate, authority.root), key_pem(key)

    return give


def named(*names: str) -> Callable[[OwnAuthority], Given]:
    """Issue one for other names."""
    return lambda authority: whole(authority, names=names)


def with_a_name_of_an_odd_kind(authority: OwnAuthority) -> Given:
    certificate, key = authority.issue((), more=[X400_NAME])
    return pem(certificate, authority.intermediate, authority.root), key_pem(key)


def with_a_key_of_an_odd_curve(authority: OwnAuthority) -> Given:
    return whole(authority)[0], SECP112R1


def shuffled(authority: OwnAuthority) -> Given:
    certificate, key = authority.issue(NAMES)
    return pem(certificate, authority.root, authority.intermediate), key_pem(key)


def alone(authority: OwnAuthority) -> Given:
    certificate, key = authority.issue(NAMES)
    return pem(certificate), key_pem(key)


def with_another_key(authority: OwnAuthority) -> Given:
    return whole(authority)[0], key_pem(new_key())


def with_a_password(authority: OwnAuthority) -> Given:
    certificate, key = authority.issue(NAMES)
    return pem(certificate, authority.intermediate, authority.root), key_pem(key, b"otter")


def with_an_odd_key(authority: OwnAuthority) -> Given:
    return whole(authority)[0], key_pem(ed25519.Ed25519PrivateKey.generate())  # type: ignore[arg-type]


def with_a_short_key(authority: OwnAuthority) -> Given:
    return whole(authority, rsa.generate_private_key(65537, 1024))


def endless(authority: OwnAuthority) -> Given:
    chain, key = whole(authority)
    return chain * 5, key


@pytest.mark.parametrize(
    ("make", "field", "said"),
    [
        (leaf(days=-1, begins_in=-9), "chain", "expired on"),
        (leaf(begins_in=2), "chain", "not valid before"),
        (leaf(for_servers=False), "chain", "not meant for servers"),
        (leaf(hashed=hashes.SHA224()), None, ""),  # odd, and not weak
        (named("mail.else.test"), "chain", "not below a proven domain"),
        (named("mail.acme.test", "mail.else.test"), "chain", "also for mail.else.test"),
        (named("notacme.test"), "chain", "not below a proven domain"),
        (named("*.test"), "chain", "not a host name"),
        (named("ma il.acme.test"), "chain", "not a host name"),
        (named(*(f"n{number}.acme.test" for number in range(101))), "chain", "names 101 hosts"),
        (named(), "chain", "names no host"),
        (shuffled, "chain", "did not issue"),
        (alone, "chain", "is not complete"),
        (with_another_key, "private_key", "does not belong"),
        (with_a_password, "private_key", "protected by a password"),
        (with_an_odd_key, "private_key", "RSA key of 2048"),
        (with_a_key_of_an_odd_curve, "private_key", "not a private key in PEM"),
        (with_a_name_of_an_odd_kind, "chain", "extensions cannot be read"),
        (with_a_short_key, "private_key", "RSA key of 2048"),
        (endless, "chain", "8 at most"),
        (lambda authority: ("", whole(authority)[1]), "chain", "not a certificate in PEM"),
        (lambda authority: ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", ""), "chain", "not a cert"),
        (lambda authority: (whole(authority)[0], "\0"), "private_key", "not a private key in PEM"),
        (lambda authority: (whole(authority)[0], whole(authority)[0]), "private_key", "not a private key in PEM"),
        (lambda authority: ("\ud83d\ude00 ü", ""), "chain", "not a certificate in PEM"),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_sentence(
    make: Callable[[OwnAuthority], Given], field: str | None, said: str
) -> None:
    given = make(OwnAuthority())
    if field is None:
        checked(*given)
        return
    with pytest.raises(Invalid) as refused:
        checked(*given)
    (error,) = refused.value.errors
    assert error.path == field
    assert said in error.message
    assert "PRIVATE KEY-----\nMI" not in str(refused.value.errors)


def test_a_certificate_that_signs_itself_is_refused() -> None:
    authority = OwnAuthority()
    with pytest.raises(Invalid) as refused:
        checked(pem(authority.root), key_pem(authority.root_key))
    assert "signed by itself" in refused.value.errors[0].message
