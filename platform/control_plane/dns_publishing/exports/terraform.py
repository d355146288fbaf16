"""Terraform (HCL): one resource for each record or record set, laid out as `terraform fmt` would."""

import json
import re
from collections.abc import Mapping, Sequence

from control_plane.dns_publishing.published import TTL_SECONDS, Entry, quoted, strings_of

_NOT_IN_LABELS = re.compile(r"[^a-z0-9_]+")


def write_cloudflare(name: str, entries: Sequence[Entry]) -> str:
    """Write `cloudflare_dns_record` resources (provider 5)."""
    labels = _labels(name, entries)
    blocks = [_cloudflare_block(label, entry) for label, entry in zip(labels, entries, strict=True)]
    return _file(name, "The ID of the zone at Cloudflare.", blocks)


def write_route53(name: str, entries: Sequence[Entry]) -> str:
    """Write `aws_route53_record` resources; each is a whole record set."""
    sets: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        sets.setdefault((entry.name, entry.type), []).append(entry)
    labels = _labels(name, [members[0] for members in sets.values()])
    blocks = [_route53_block(label, members) for label, members in zip(labels, sets.values(), strict=True)]
    return _file(name, "The ID of the hosted zone at Route 53.", blocks)


def _file(name: str, description: str, blocks: Sequence[str]) -> str:
    variable = f'variable "zone_id" {{\n{_lines({"type": "string", "description": _string(description)})}}}'
    return "\n\n".join([f"# DNS records of {name}", variable, *blocks]) + "\n"


def _cloudflare_block(label: str, entry: Entry) -> str:
    own = {"zone_id": "var.zone_id", "name": _string(entry.name), "type": _string(entry.type), "ttl": str(TTL_SECONDS)}
    apart = ""
    if entry.type == "TXT":
        own["content"] = _string(" ".join(map(quoted, strings_of(entry.text))))
    elif entry.type == "SRV":
        names = ("priority", "weight", "port")
        data = {each: str(number) for each, number in zip(names, entry.numbers, strict=True)}
        apart = f"\n  data = {{\n{_lines(data | {'target': _string(entry.target)}, indent=4)}  }}\n"
    else:
        own["content"] = _string(entry.target)
    if entry.type == "MX":
        own["priority"] = str(entry.numbers[0])
    if entry.type == "CNAME":
        own["proxied"] = "false"
    return f'resource "cloudflare_dns_record" {_string(label)} {{\n{_lines(own)}{apart}}}'


def _route53_block(label: str, entries: Sequence[Entry]) -> str:
    values = ", ".join(_string(_route53_value(entry)) for entry in entries)
    first = entries[0]
    own = {
        "zone_id": "var.zone_id",
        "name": _string(first.name),
        "type": _string(first.type),
        "ttl": str(TTL_SECONDS),
        "records": f"[{values}]",
    }
    return f'resource "aws_route53_record" {_string(label)} {{\n{_lines(own)}}}'


def _route53_value(entry: Entry) -> str:
    """Write a value; the provider puts the outer quotes of TXT itself and splits nothing."""
    if entry.type == "TXT":
        return '""'.join(quoted(part)[1:-1] for part in strings_of(entry.text))
    return " ".join([*map(str, entry.numbers), f"{entry.target.removesuffix('.')}."])


def _lines(attributes: Mapping[str, str], indent: int = 2) -> str:
    width = max(map(len, attributes))
    return "".join(f"{' ' * indent}{name:<{width}} = {value}\n" for name, value in attributes.items())


def _string(text: str) -> str:
    """Write a string of HCL: quoted like JSON, and nothing in it is a template."""
    return json.dumps(text).replace("${", "$${").replace("%{", "%%{")


def _labels(name: str, entries: Sequence[Entry]) -> list[str]:
    """Name the resources by what they are and where, each once."""
    found: list[str] = []
    for entry in entries:
        place = entry.name.removesuffix(name).rstrip(".") or "apex"
        label = "mail_" + _NOT_IN_LABELS.sub("_", f"{place}_{entry.type}".lower()).strip("_")
        taken = sum(other == label or other.startswith(f"{label}__") for other in found)
        found.append(f"{label}__{taken + 1}" if taken else label)
    return found
