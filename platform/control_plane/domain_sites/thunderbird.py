"""The set-up of Thunderbird and those that follow it (draft-ietf-mailmaint-autoconfig): pure."""

from xml.etree import ElementTree as ET

from control_plane.domain_sites.servers import Server

_SOCKETS = {"tls": "SSL", "starttls": "STARTTLS"}


def client_config(domain: str, offered: tuple[Server, ...]) -> bytes:
    """Write `config-v1.1.xml`; the program puts the address in, so that nobody here is told it."""
    root = ET.Element("clientConfig", version="1.1")
    provider = ET.SubElement(root, "emailProvider", id=domain)
    for tag, text in (("domain", domain), ("displayName", domain), ("displayShortName", domain)):
        ET.SubElement(provider, tag).text = text
    for server in offered:
        _add(provider, server)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add(provider: ET.Element, server: Server) -> None:
    tag = "outgoingServer" if server.protocol == "smtp" else "incomingServer"
    element = ET.SubElement(provider, tag, type=server.protocol)
    for name, text in (
        ("hostname", server.host),
        ("port", str(server.port)),
        ("socketType", _SOCKETS[server.encryption]),
        ("authentication", "password-cleartext"),  # inside TLS
        ("username", "%EMAILADDRESS%"),
    ):
        ET.SubElement(element, name).text = text
