"""The lab's own certificate authority; everybody in the lab trusts it beside the machine's."""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
_LIFETIME = dt.timedelta(days=3650)
_SLACK = dt.timedelta(days=1)


class Authority:
    """A directory with `ca.pem`, `bundle.pem` (system's and ours) and one folder per certificate."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.certificate = directory / "ca.pem"
        self.bundle = directory / "bundle.pem"
        self._key = directory / "ca.key"

    def prepare(self) -> None:
        """Make the authority once, and the bundle afresh."""
        self._directory.mkdir(parents=True, exist_ok=True)
        if not self.certificate.exists():
            self._found()
        system = _SYSTEM_CERTIFICATES.read_text() if _SYSTEM_CERTIFICATES.exists() else ""
        self.bundle.write_text(system + self.certificate.read_text())

    def issue(self, *names: str) -> tuple[Path, Path]:
        """Give certificate and key for DNS names or addresses, made once; the first name is the folder's."""
        folder = self._directory / names[0]
        certificate, key = folder / "cert.pem", folder / "key.pem"
        if not certificate.exists():
            folder.mkdir(parents=True, exist_ok=True)
            private = ec.generate_private_key(ec.SECP256R1())
            _write_key(key, private)
            certificate.write_bytes(_pem(self._sign(private.public_key(), names)))
        return certificate, key

    def _found(self) -> None:
        private = ec.generate_private_key(ec.SECP256R1())
        name = _name("Fleetpost lab")
        certificate = (
            _builder(private.public_key())
            .subject_name(name)
            .issuer_name(name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
            .sign(private, hashes.SHA256())
        )
        _write_key(self._key, private)
        self.certificate.write_bytes(_pem(certificate))

    def _sign(self, public: ec.EllipticCurvePublicKey, names: tuple[str, ...]) -> x509.Certificate:
        private = serialization.load_pem_private_key(self._key.read_bytes(), password=None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        issuer = x509.load_pem_x509_certificate(self.certificate.read_bytes())
        usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key())
        return (
            _builder(public)
            .subject_name(_name(names[0]))
            .issuer_name(issuer.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
            .add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False)
            .add_extension(authority_key, critical=False)
            .sign(private, hashes.SHA256())
        )


def _builder(public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().public_key(public).serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - _SLACK).not_valid_after(now + _LIFETIME)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _write_key(path: Path, private: ec.EllipticCurvePrivateKey) -> None:
    path.touch(mode=0o600)
    path.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
