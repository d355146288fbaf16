"""The set-up of Apple's Mail: a configuration profile with one account, without its password: pure."""

import plistlib
from uuid import NAMESPACE_URL, uuid5

from control_plane.domain_sites.servers import Server

MEDIA_TYPE = "application/x-apple-aspen-config"


def profile(address: str, domain: str, offered: tuple[Server, ...]) -> bytes:
    """Write a profile; the same one for the same address, so that a second takes the first one's place."""
    incoming = next(server for server in offered if server.protocol == "imap")
    outgoing = next(server for server in offered if server.protocol == "smtp")
    account = _payload("account", address, domain) | {
        "PayloadType": "com.apple.mail.managed",
        "EmailAccountDescription": address,
        "EmailAccountType": "EmailTypeIMAP",
        "EmailAddress": address,
        **_server("Incoming", incoming, address),
        **_server("Outgoing", outgoing, address),
        "OutgoingPasswordSameAsIncomingPassword": True,
    }
    whole = _payload("profile", address, domain) | {"PayloadType": "Configuration", "PayloadContent": [account]}
    return plistlib.dumps(whole)


def _payload(part: str, address: str, domain: str) -> dict[str, object]:
    name = ".".join([*reversed(domain.split(".")), "mail", part])
    return {
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{name}.{address.partition('@')[0]}",
        "PayloadUUID": str(uuid5(NAMESPACE_URL, f"mailto:{address}#{part}")).upper(),
        "PayloadDisplayName": address,
        "PayloadOrganization": domain,
    }


def _server(side: str, server: Server, address: str) -> dict[str, object]:
    return {
        f"{side}MailServerHostName": server.host,
        f"{side}MailServerPortNumber": server.port,
        f"{side}MailServerUseSSL": True,
        f"{side}MailServerUsername": address,
        f"{side}MailServerAuthentication": "EmailAuthPassword",
    }
