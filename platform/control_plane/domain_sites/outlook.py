"""The set-up of Outlook ([MS-OXDSCLI], "plain old XML"): pure.

Requests come from anybody: they are read by a parser that takes no document types, and so no entities.
"""

from typing import Literal
from xml.etree import ElementTree as ET
from xml.parsers import expat

from control_plane.domain_sites.servers import Server

MOST_OCTETS = 16 * 1024
_ANSWER = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006"
_SETTINGS = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a"
_ADDRESS = "EMailAddress"
_SEPARATOR = "|"
_ERRORS = {"invalid_request": ("600", "Invalid Request"), "no_such_address": ("500", "The address is not hosted here")}

ErrorKind = Literal["invalid_request", "no_such_address"]


class _Unreadable(Exception):
    """The request is no autodiscovery."""


class _AddressReader:
    """Collects the text of the first `EMailAddress`, whatever its namespace."""

    def __init__(self) -> None:
        self.text = ""
        self._is_inside = self._is_found = False

    def begin(self, name: str, _: dict[str, str]) -> None:
        """Enter an element."""
        self._is_inside = not self._is_found and name.rpartition(_SEPARATOR)[2] == _ADDRESS

    def end(self, _: str) -> None:
        """Leave an element."""
        self._is_found = self._is_found or self._is_inside
        self._is_inside = False

    def take(self, text: str) -> None:
        """Take text."""
        if self._is_inside:
            self.text += text


def read_address(body: bytes) -> str | None:
    """Give the address that a request is about; None when it is none."""
    reader = _AddressReader()
    parser = expat.ParserCreate(namespace_separator=_SEPARATOR)
    parser.StartElementHandler = reader.begin
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.take
    parser.StartDoctypeDeclHandler = _refuse
    if len(body) > MOST_OCTETS:
        return None
    try:
        parser.Parse(body, True)  # noqa: FBT003 (expat takes it by position only)
    except (expat.ExpatError, _Unreadable, ValueError, LookupError):
        return None
    return reader.text.strip() or None


def _refuse(*_: object) -> None:
    raise _Unreadable


def settings(address: str, offered: tuple[Server, ...]) -> bytes:
    """Write the answer for an address, whether there is such a mailbox or not."""
    root = ET.Element("Autodiscover", xmlns=_ANSWER)
    response = ET.SubElement(root, "Response", xmlns=_SETTINGS)
    ET.SubElement(ET.SubElement(response, "User"), "DisplayName").text = address
    account = ET.SubElement(response, "Account")
    ET.SubElement(account, "AccountType").text = "email"
    ET.SubElement(account, "Action").text = "settings"
    for server in offered:
        if server.encryption == "tls":  # it takes one of each kind
            _add(account, server, address)
    return _written(root)


def refusal(kind: ErrorKind) -> bytes:
    """Write an answer that says that there is none."""
    code, message = _ERRORS[kind]
    root = ET.Element("Autodiscover", xmlns=_ANSWER)
    error = ET.SubElement(ET.SubElement(root, "Response"), "Error")
    ET.SubElement(error, "ErrorCode").text = code
    ET.SubElement(error, "Message").text = message
    ET.SubElement(error, "DebugData")
    return _written(root)


def _add(account: ET.Element, server: Server, address: str) -> None:
    protocol = ET.SubElement(account, "Protocol")
    lines = [
        ("Type", server.protocol.upper()),
        ("Server", server.host),
        ("Port", str(server.port)),
        ("DomainRequired", "off"),
        ("LoginName", address),
        ("SPA", "off"),
        ("SSL", "on"),
        ("AuthRequired", "on"),
    ]
    if server.protocol == "smtp":
        lines += [("UsePOPAuth", "off"), ("SMTPLast", "off")]
    for name, text in lines:
        ET.SubElement(protocol, name).text = text


def _written(root: ET.Element) -> bytes:
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
