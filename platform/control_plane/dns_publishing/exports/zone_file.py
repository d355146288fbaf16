"""Zone files (RFC 1035 §5): absolute names only, so that the file means the same wherever it is read in."""

from collections.abc import Sequence

from control_plane.dns_publishing.published import TTL_SECONDS, Entry, quoted, strings_of


def write(name: str, entries: Sequence[Entry]) -> str:
    """Write records as name servers read them."""
    return _file(name, [_line(entry) for entry in entries])


def write_for_cloudflare(name: str, entries: Sequence[Entry]) -> str:
    """Write records as Cloudflare imports them: what stands behind its proxy would not serve mail."""
    return _file(name, [_line(entry) + _unproxied(entry) for entry in entries])


def _file(name: str, lines: Sequence[str]) -> str:
    head = [f"; DNS records of {name}", "; They are added to the zone; nothing that is there need be removed."]
    return "\n".join([*head, *lines, ""])


def _line(entry: Entry) -> str:
    return f"{entry.name}.\t{TTL_SECONDS}\tIN\t{entry.type}\t{_data(entry)}"


def _unproxied(entry: Entry) -> str:
    return " ; cf_tags=cf-proxied:false" if entry.type == "CNAME" else ""


def _data(entry: Entry) -> str:
    if entry.type == "TXT":
        return " ".join(map(quoted, strings_of(entry.text)))
    return " ".join([*map(str, entry.numbers), f"{entry.target.removesuffix('.')}."])
