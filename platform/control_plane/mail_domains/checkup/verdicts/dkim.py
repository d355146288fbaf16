"""Say whether receivers find the keys that we sign with (RFC 6376 §3.6.1)."""

from collections.abc import Sequence

from control_plane.mail_domains.checkup.needs import PublicKey, live_keys
from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.tags import TagSyntaxError, parse_tags
from control_plane.mail_domains.checkup.verdict import (
    OURS,
    Verdict,
    missing,
    ok,
    shown,
    warning,
    without_answer,
    wrong,
)
from control_plane.mail_domains.schemas import DnsRecord

_DOMAIN_LABEL = "._domainkey."


def judge_dkim(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge a key's record, or the alias that leads to it."""
    answer = seen.of(record.host, "TXT")
    selector = record.host.partition(_DOMAIN_LABEL)[0]
    key = next((each for each in live_keys(seen.needs) if each.selector == selector), None)
    if record.type == "CNAME" and record.value.lower() in answer.aliases:
        return _delegated(key, answer.values)
    if (none := without_answer(answer)) is not None:
        return none
    if record.type == "CNAME":
        return _not_delegated(record, key, answer.aliases, answer.values)
    if not answer.values:
        return missing(record, _dangling(answer.aliases))
    return missing(record) if key is None else judge_key(answer.values, key)


def _dangling(aliases: tuple[str, ...]) -> str | None:
    return (
        f"This name is an alias for {shown(aliases[-1])}, where there is no key: publish the key instead."
        if aliases
        else None
    )


def _delegated(key: PublicKey | None, values: tuple[str, ...]) -> Verdict:
    """Judge an alias that is right: what stands behind it is our business."""
    if key is None:
        return ok("Published: this place is kept for the next key.", values)
    if not values:
        return warning(f"The alias is right, but the key is not visible behind it yet: {OURS}.")
    verdict = judge_key(values, key)
    if verdict.status != "ok":
        return warning(f"The alias is right, but another key is visible behind it: {OURS}.", values)
    return verdict


def _not_delegated(
    record: DnsRecord, key: PublicKey | None, aliases: tuple[str, ...], values: tuple[str, ...]
) -> Verdict:
    if aliases:
        return wrong(f"The alias leads to {shown(aliases[0])}: let it lead to {record.value}.", aliases)
    if not values:
        return missing(record)
    if key is not None and judge_key(values, key).status == "ok":
        return warning(
            "The key itself is published here, so that it cannot be replaced without you: publish the "
            "alias (CNAME) in its place.",
            values,
        )
    return wrong("A text is published where the alias should be: remove it and publish the CNAME record.", values)


def judge_key(values: Sequence[str], key: PublicKey) -> Verdict:
    """Compare what is published under a selector with our key."""
    found = tuple(values)
    if len(found) != 1:
        return wrong(
            "There are several keys under this name, and receivers may take any of them: leave only ours.", found
        )
    if '"' in found[0]:
        return wrong("The value is published with quotation marks in it: publish it without.", found)
    try:
        tags = parse_tags(found[0])
    except TagSyntaxError as error:
        return wrong(f"The key cannot be read, because {error}: replace it with this value.", found)
    verdict = _flaw(tags, key)
    return Verdict(verdict.status, verdict.explanation, found)


def _flaw(tags: dict[str, str], key: PublicKey) -> Verdict:
    """Find what is wrong with a key record, the worst first."""
    if "p" not in tags:
        return wrong("The key itself (p=) is not in the record: replace it with this value.")
    if "v" in tags and (tags["v"] != "DKIM1" or next(iter(tags)) != "v"):
        return wrong("The record has to begin with v=DKIM1: replace it with this value.")
    published = "".join(tags["p"].split())
    if not published:
        return wrong("The key is marked as revoked (p= is empty): replace it with this value.")
    if tags.get("k", "rsa").lower() != key.algorithm:
        return wrong(
            f"The record says that the key is of type {shown(tags.get('k', 'rsa'), 20)}, but it is "
            f"{key.algorithm}: replace it with this value."
        )
    if published != key.public_key:
        return _other_key(published, key.public_key)
    return _limits(tags)


def _other_key(published: str, ours: str) -> Verdict:
    if ours.startswith(published):
        return wrong("The key is cut off: publish the whole value, if need be in several strings of 255 characters.")
    return wrong("Another key is published: replace it with this value.")


def _limits(tags: dict[str, str]) -> Verdict:
    """Judge what the record says of how our key may be used."""
    if "h" in tags and "sha256" not in _listed(tags["h"]):
        return wrong("The record does not allow SHA-256 signatures (h=), which ours are: take h= out.")
    if "s" in tags and not {"email", "*"} & _listed(tags["s"]):
        return wrong("The record does not allow the key for mail (s=): take s= out.")
    if "y" in _listed(tags.get("t", "")):
        return warning("The key is marked as a test (t=y), so receivers treat mail as unsigned: take t=y out.")
    return ok()


def _listed(value: str) -> set[str]:
    return {part.strip().lower() for part in value.split(":")}
