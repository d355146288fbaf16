"""A certificate authority in memory, for certificates that customers upload."""

import datetime as dt
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
Hash = hashes.SHA224 | hashes.SHA256
_DAY = dt.timedelta(days=1)


class OwnAuthority:
    """A root and an intermediate; signs whatever a test wants."""

    def __init__(self) -> None:
        self.root_key, self.key = new_key(), new_key()
        self.root = self._sign(self.root_key.public_key(), "Root", self.root_key, "Root", is_authority=True)
        self.intermediate = self._sign(self.key.public_key(), "Intermediate", self.root_key, "Root", is_authority=True)

    def issue(
        self,
        names: Sequence[str],
        key: Key | None = None,
        *,
        days: int = 90,
        begins_in: int = -1,
        for_servers: bool = True,
        hashed: Hash | None = None,
        more: Sequence[x509.ExtensionType] = (),
    ) -> tuple[x509.Certificate, Key]:
        """Issue a certificate for names."""
        own = key or new_key()
        certificate = self._sign(
            own.public_key(),
            "leaf",
            self.key,
            "Intermediate",
            names=names,
            days=days,
            begins_in=begins_in,
            for_servers=for_servers,
            hashed=hashed,
            more=more,
        )
        return certificate, own

    def body(self, *names: str) -> dict[str, str]:
        """Give what is posted to upload a certificate for names."""
        certificate, key = self.issue(names)
        return {"chain": pem(certificate, self.intermediate, self.root), "private_key": key_pem(key)}

    def _sign(
        self,
        public: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        subject: str,
        private: ec.EllipticCurvePrivateKey,
        issuer: str,
        *,
        is_authority: bool = False,
        names: Sequence[str] = (),
        days: int = 3650,
        begins_in: int = -1,
        for_servers: bool = True,
        hashed: Hash | None = None,
        more: Sequence[x509.ExtensionType] = (),
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(subject))
            .issuer_name(named(issuer))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins_in * _DAY)
            .not_valid_after(now + days * _DAY)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if names:
            alternatives = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
            usage = ExtendedKeyUsageOID.SERVER_AUTH if for_servers else ExtendedKeyUsageOID.EMAIL_PROTECTION
            builder = builder.add_extension(alternatives, critical=False)
            builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        for extension in more:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(private, hashed or hashes.SHA256())


def new_key() -> ec.EllipticCurvePrivateKey:
    """Make a key."""
    return ec.generate_private_key(ec.SECP256R1())


def named(text: str) -> x509.Name:
    """Name somebody."""
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test {text}")])


def pem(*certificates: x509.Certificate) -> str:
    """Write certificates one after the other."""
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates)


def key_pem(key: Key, password: bytes | None = None) -> str:
    """Write a key."""
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, encryption).decode()
