"""Lists of `tag=value` between semicolons, as DKIM, DMARC, MTA-STS, TLS-RPT and BIMI write their records."""

import re

_TAG = re.compile(r"([A-Za-z][A-Za-z0-9_]*)\s*=\s*(.*)", re.DOTALL)


class TagSyntaxError(ValueError):
    """The list cannot be read; the message says what is wrong with it."""


def parse_tags(text: str) -> dict[str, str]:
    """Read a list, in its order (RFC 6376 §3.2); raises `TagSyntaxError`."""
    tags: dict[str, str] = {}
    for part in map(str.strip, text.split(";")):
        if not part:
            continue
        found = _TAG.fullmatch(part)
        if found is None:
            raise TagSyntaxError(f"“{part[:60]}” is no tag=value")
        if found[1] in tags:
            raise TagSyntaxError(f"the tag {found[1]} stands there twice")
        tags[found[1]] = found[2]
    return tags


def has_version(text: str, version: str) -> bool:
    """Say whether a TXT record claims to be of this kind: its first tag is `v` with this value."""
    name, _, value = text.partition(";")[0].partition("=")
    return name.strip() == "v" and value.strip() == version
