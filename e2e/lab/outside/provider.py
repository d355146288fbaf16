"""A provider of relays: STARTTLS and a login for each customer, and a note of whose mail came under which login."""

import asyncio
import ssl

import msgspec
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from e2e.lab.outside.mail import headers_of


class Relayed(msgspec.Struct, frozen=True):
    """A mail as the provider took it."""

    login: str
    mail_from: str
    recipients: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]


def password_of(login: str) -> str:
    """Give a customer's password: everybody has a login here."""
    return f"{login}'s secret"


class Provider:
    """Takes what a customer sends; delivers it to nobody."""

    def __init__(self, hostname: str) -> None:
        self.hostname = hostname
        self.works = True
        self.relayed: list[Relayed] = []

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        """Check a login."""
        assert isinstance(given, LoginPassword)
        login = given.login.decode()
        fits = self.works and given.password.decode() == password_of(login)
        return AuthResult(success=fits, handled=False, auth_data=login)

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        assert isinstance(envelope.content, bytes)
        headers = headers_of(envelope.content)
        self.relayed.append(
            Relayed(str(session.auth_data), envelope.mail_from or "", tuple(envelope.rcpt_tos), headers)
        )
        return "250 2.0.0 Ok: relayed"


async def serve(provider: Provider, address: str, port: int, tls: ssl.SSLContext) -> asyncio.AbstractServer:
    """Listen where mail is submitted."""

    def session() -> SMTP:
        return SMTP(
            provider,
            hostname=provider.hostname,
            tls_context=tls,
            require_starttls=True,
            auth_required=True,
            authenticator=provider.authenticate,
        )

    return await asyncio.get_running_loop().create_server(session, address, port)
