import datetime as dt
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from tenant_agent import wire
from tests.tenant_agent.peers.fleet import NOW, certificate

YEARS = dt.timedelta(days=365)


def odd(
    name: str = "nod-here.fleet.internal",
    *,
    also: tuple[str, ...] = (),
    ca: bool | None = False,
    curve: ec.EllipticCurve | None = None,
    ends: dt.datetime = NOW + YEARS,
    signed_by: ec.EllipticCurvePrivateKey | None = None,
) -> str:
    """Make a certificate as a hostile node could."""
    key = ec.generate_private_key(curve or ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1, NOW - 2 * YEARS, ends)
    names = [x509.DNSName(each) for each in (name, *also)]
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if ca is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    return builder.sign(signed_by or key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def test_a_certificate_is_made_once_and_is_the_owners_secret(tmp_path: Path) -> None:
    made = certificate(tmp_path, "nod_here")
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    assert certificate(tmp_path, "nod_here").pem == made.pem
    assert "PRIVATE" not in made.pem


def test_deleting_it_makes_another(tmp_path: Path) -> None:
    made = certificate(tmp_path, "nod_here")
    made.path.unlink()
    assert certificate(tmp_path, "nod_here").pem != made.pem


@pytest.mark.parametrize("damage", ["", "not a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_damaged_one_is_made_anew(tmp_path: Path, damage: str) -> None:
    made = certificate(tmp_path, "nod_here")
    made.path.write_text(damage)
    assert certificate(tmp_path, "nod_here").pem != made.pem


def test_a_node_that_is_another_now_has_another(tmp_path: Path) -> None:
    made = certificate(tmp_path, "nod_here")
    made.path.rename(tmp_path / "nod_other.pem")
    assert certificate(tmp_path, "nod_other").pem != made.pem


def test_what_a_node_makes_is_fit_to_be_sent(tmp_path: Path) -> None:
    made = certificate(tmp_path, "nod_here")
    assert wire.fit_certificate(made.pem, "nod_here", NOW) == made.pem


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        ("", "one certificate"),
        ("x" * 100_000, "one certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "one certificate"),
        (odd() + odd(), "one certificate"),
        (odd("nod-other.fleet.internal"), "another name"),  # stands for another node
        (odd(also=("nod-other.fleet.internal",)), "another name"),  # for both
        (odd(ca=True), "sign others"),  # could make certificates for any node
        (odd(ca=None), "cannot be read"),
        (odd(curve=ec.SECP384R1()), "P-256"),
        (odd(ends=NOW - YEARS), "expired"),
        (odd(signed_by=ec.generate_private_key(ec.SECP256R1())), "not signed by itself"),
    ],
)
def test_an_odd_certificate_stands_for_no_node(pem: str, why: str) -> None:
    with pytest.raises(wire.UnfitCertificate, match=why):
        wire.fit_certificate(pem, "nod_here", NOW)
