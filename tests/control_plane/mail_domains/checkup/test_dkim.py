"""What is said of DKIM keys, published as they are or delegated to our zone."""

import msgspec
import pytest

from control_plane.mail_domains.checkup import PublicKey
from control_plane.mail_domains.resolver import Answer
from tests.control_plane.mail_domains.checkup.world import (
    DELEGATED,
    ED_KEY,
    NEEDS,
    RSA_KEY,
    SERVFAIL,
    Case,
    Zone,
    judged,
    table,
    verdict,
)

HOST = ("fp1r._domainkey.acme.test", "TXT")
ALIAS = ("fp1r._domainkey.acme.test", "CNAME")
TARGET = ("fp1r.06abc.dkim.dns.fleetpost.test", "TXT")
GOOD_KEY = f"v=DKIM1; k=rsa; p={RSA_KEY}"


def key(*texts: str) -> Zone:
    return {HOST: list(texts)}


BY_HAND: list[Case] = [
    ("as told", key(GOOD_KEY), "ok", "Published"),
    ("without spaces", key(GOOD_KEY.replace(" ", "")), "ok", "Published"),
    ("the key in pieces", key(f"v=DKIM1; k=rsa; p={RSA_KEY[:20]} {RSA_KEY[20:]}"), "ok", "Published"),
    ("no version", key(f"k=rsa; p={RSA_KEY}"), "ok", "Published"),
    ("no type, which is rsa then", key(f"v=DKIM1; p={RSA_KEY}"), "ok", "Published"),
    ("strict about the domain", key(f"{GOOD_KEY}; t=s"), "ok", "Published"),
    ("for mail only", key(f"{GOOD_KEY}; s=email"), "ok", "Published"),
    ("a semicolon at the end", key(f"{GOOD_KEY};"), "ok", "Published"),
    ("an unknown tag", key(f"{GOOD_KEY}; x=1"), "ok", "Published"),
    ("behind an alias of the customer's own",
     {HOST: Answer((GOOD_KEY,), aliases=("k.other.test",))}, "ok", "Published"),
    ("none", key(), "missing", "publish it"),
    ("an alias to nowhere", {HOST: Answer(exists=False, aliases=("k.other.test",))}, "missing", "an alias for k.other"),
    ("another key", key(f"v=DKIM1; k=rsa; p=MIIC{RSA_KEY[4:]}"), "wrong", "Another key"),
    ("letters of the key in another case", key(f"v=DKIM1; k=rsa; p={RSA_KEY.lower()}"), "wrong", "Another key"),
    ("cut off", key(GOOD_KEY[:-10]), "wrong", "cut off"),
    ("revoked", key("v=DKIM1; k=rsa; p="), "wrong", "revoked"),
    ("no key", key("v=DKIM1; k=rsa"), "wrong", "not in the record"),
    ("the wrong type", key(f"v=DKIM1; k=ed25519; p={RSA_KEY}"), "wrong", "of type ed25519"),
    ("the version last", key(f"k=rsa; p={RSA_KEY}; v=DKIM1"), "wrong", "begin with v=DKIM1"),
    ("the wrong version", key(f"v=DKIM2; k=rsa; p={RSA_KEY}"), "wrong", "begin with v=DKIM1"),
    ("two keys", key(GOOD_KEY, "v=DKIM1; k=rsa; p=AAAA"), "wrong", "several keys"),
    ("in quotation marks", key(f'"{GOOD_KEY}"'), "wrong", "quotation marks"),
    ("a tag twice", key(f"{GOOD_KEY}; p=AAAA"), "wrong", "twice"),
    ("SHA-1 only", key(f"{GOOD_KEY}; h=sha1"), "wrong", "SHA-256"),
    ("not for mail", key(f"{GOOD_KEY}; s=tlsrpt"), "wrong", "for mail"),
    ("a test", key(f"{GOOD_KEY}; t=y"), "warning", "t=y"),
    ("a test, and strict", key(f"{GOOD_KEY}; t=s:y"), "warning", "t=y"),
    ("some other text", key("hello"), "wrong", "cannot be read"),
    ("markup", key("<script>"), "wrong", "cannot be read"),
    ("an escape that was meant for a file", key(GOOD_KEY.replace(";", "\\;")), "wrong", ""),
    ("SERVFAIL", {HOST: SERVFAIL}, "unknown", "checked again"),
]  # fmt: skip
BY_ALIAS: list[Case] = [
    ("as told", {}, "ok", "Published"),
    ("in capitals", {ALIAS: ["FP1R.06ABC.dkim.dns.fleetpost.test"]}, "ok", "Published"),
    ("by way of another alias",
     {ALIAS: ["k.other.test"], ("k.other.test", "CNAME"): [TARGET[0]]}, "ok", "Published"),
    ("none", {ALIAS: []}, "missing", "publish it as CNAME"),
    ("to another domain's key", {ALIAS: ["fp1r.99xyz.dkim.dns.fleetpost.test"]}, "wrong", "let it lead to"),
    ("to the other place", {ALIAS: ["fp2r.06abc.dkim.dns.fleetpost.test"]}, "wrong", "let it lead to fp1r"),
    ("the key itself instead", {ALIAS: [], HOST: [GOOD_KEY]}, "warning", "publish the alias"),
    ("a former key instead", {ALIAS: [], HOST: ["v=DKIM1; p=AAAA"]}, "wrong", "publish the CNAME"),
    ("our key is not there yet", {TARGET: []}, "warning", "ours to repair"),
    ("our zone still has the former key", {TARGET: ["v=DKIM1; k=rsa; p=AAAA"]}, "warning", "ours to repair"),
    ("in a circle", {ALIAS: ["k.acme.test"], ("k.acme.test", "CNAME"): ["l.acme.test"],
                     ("l.acme.test", "CNAME"): ["k.acme.test"]}, "wrong", "in a circle"),
    ("SERVFAIL", {HOST: SERVFAIL}, "unknown", "checked again"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "status", "words"), table(*BY_HAND))
async def test_a_key_in_dns_is_compared_with_ours(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("dkim", changes)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


@pytest.mark.parametrize(("changes", "status", "words"), table(*BY_ALIAS))
async def test_a_delegated_key_is_followed_to_our_zone(changes: Zone, status: str, words: str) -> None:
    judged = await verdict("dkim", changes, DELEGATED)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


async def test_the_places_for_the_next_keys_are_not_required() -> None:
    found = [record for record in await judged({}, DELEGATED) if record.purpose == "dkim"]
    assert [(record.host.partition(".")[0], record.importance, record.status) for record in found] == [
        ("fp1r", "required", "ok"),
        ("fp1e", "required", "ok"),
        ("fp2r", "recommended", "ok"),
        ("fp2e", "recommended", "ok"),
    ]


async def test_a_key_that_no_longer_signs_must_stay_until_it_is_retired() -> None:
    keys = (PublicKey("fp1e", "ed25519", ED_KEY, "retiring"), PublicKey("fp2e", "ed25519", "AAAA", "retired"))
    found = await judged({}, msgspec.structs.replace(NEEDS, keys=keys))
    assert [record.host for record in found if record.purpose == "dkim"] == ["fp1e._domainkey.acme.test"]
