"""A domain's records as files that other programs read."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

import msgspec

from control_plane.dns_publishing.exports import terraform, zone_file
from control_plane.dns_publishing.published import Entry, entries
from control_plane.mail_domains.schemas import Domain

Format: TypeAlias = Literal["bind", "cloudflare", "terraform-cloudflare", "terraform-route53"]

_TEXT_DNS = "text/dns; charset=utf-8"  # RFC 4027
_PLAIN = "text/plain; charset=utf-8"


class ExportedFile(msgspec.Struct, frozen=True):
    """A file to take along."""

    name: str
    media_type: str
    text: str


_FORMATS: dict[Format, tuple[Callable[[str, Sequence[Entry]], str], str, str]] = {
    "bind": (zone_file.write, _TEXT_DNS, "{}.zone"),
    "cloudflare": (zone_file.write_for_cloudflare, _TEXT_DNS, "{}.cloudflare.zone"),
    "terraform-cloudflare": (terraform.write_cloudflare, _PLAIN, "{}.cloudflare.tf"),
    "terraform-route53": (terraform.write_route53, _PLAIN, "{}.route53.tf"),
}
FORMATS: tuple[Format, ...] = tuple(_FORMATS)
MEDIA_TYPES = (_TEXT_DNS.partition(";")[0], _PLAIN.partition(";")[0])


def export(domain: Domain, wanted: Format) -> ExportedFile:
    """Write a domain's records in a format."""
    write, media_type, name = _FORMATS[wanted]
    return ExportedFile(name.format(domain.name), media_type, write(domain.name, entries(domain.records)))


def disposition(file: ExportedFile) -> dict[str, str]:
    """Give the header that has a browser save the file; its name is made of a domain's letters."""
    return {"Content-Disposition": f'attachment; filename="{file.name}"'}
