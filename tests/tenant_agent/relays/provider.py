"""A provider's server: STARTTLS or TLS from the start, logins, and a note of who sent what."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "smtp.provider.test"


class Provider:
    """Takes mail from who logs in with a password that it knows."""

    def __init__(self, **passwords: str) -> None:
        self.passwords = passwords
        self.sent: list[tuple[str, str]] = []
        """Login and envelope sender of each mail."""
        self.headers: list[bytes] = []
        self.connections = 0
        self.port = 0

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, auth: object
    ) -> AuthResult:
        """Check a login."""
        assert isinstance(auth, LoginPassword)
        fits = self.passwords.get(auth.login.decode()) == auth.password.decode()
        return AuthResult(success=fits, handled=False, auth_data=auth.login.decode())

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        if not session.authenticated:
            return "530 5.7.0 Authentication required"
        self.sent.append((str(session.auth_data), (envelope.mail_from or "").partition("@")[0]))
        content = envelope.content or b""
        self.headers.append((content if isinstance(content, bytes) else content.encode()).partition(b"\r\n\r\n")[0])
        return "250 2.0.0 Ok: taken"

    def make(self, tls: ssl.SSLContext, *, implicit: bool) -> SMTP:
        """Make the server's side of a connection."""
        self.connections += 1
        return SMTP(
            self,
            hostname=HOST,
            tls_context=None if implicit else tls,
            require_starttls=not implicit,
            auth_required=not implicit,  # it does not see TLS that was there from the start
            auth_require_tls=not implicit,
            authenticator=self.authenticate,
            auth_exclude_mechanism=["LOGIN"],
        )


@asynccontextmanager
async def serving(
    provider: Provider, authority: Path, *, name: str = HOST, implicit: bool = False
) -> AsyncIterator[None]:
    """Serve on a loopback address; writes the certificate that is to be trusted."""
    tls = _tls(authority, name)
    server = await asyncio.get_running_loop().create_server(
        lambda: provider.make(tls, implicit=implicit), "127.0.0.5", provider.port, ssl=tls if implicit else None
    )
    provider.port = server.sockets[0].getsockname()[1]
    try:
        yield
    finally:
        server.close()


def _tls(authority: Path, name: str) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = (
        builder.serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    authority.write_bytes(pem)
    authority.chmod(0o644)
    own = authority.with_suffix(".key")
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    own.write_bytes(private + pem)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(own)
    own.unlink()
    return context
