"""The blocklists that are asked: where, about what, what their answers mean, and how one gets off them.

Return codes, test entries and refusals are as each list publishes them; RFC 5782 has the common ground.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

Severity: TypeAlias = Literal["warn", "quarantine"]
Subject: TypeAlias = Literal["ip", "domain"]

REFUSALS = frozenset({"127.255.255.252", "127.255.255.254", "127.255.255.255"})
"""A misspelt zone, a public resolver, too many questions: an answer about who asks, not about what was asked."""


class Meaning(msgspec.Struct, frozen=True):
    """What a return code says."""

    text: str
    severity: Severity


class Blocklist(msgspec.Struct, frozen=True, kw_only=True):
    """A list that is asked over DNS."""

    name: str
    title: str
    zone: str
    what: Subject
    families: tuple[int, ...] = (4,)
    """The IP versions that it knows."""
    meanings: Mapping[str, Meaning] = {}
    """By return code; a code that is not here means listed, and warns."""
    bits: Mapping[int, Meaning] = {}
    """By bit of the last octet, for lists that put several answers into one code."""
    refusals: frozenset[str] = REFUSALS
    listed_entry: str = "127.0.0.2"
    """What is always on it: an address, or a domain."""
    clean_entry: str = "127.0.0.1"
    """What is never on it."""
    own_resolver_only: bool = False
    """It answers public resolvers wrongly or not at all: they are not even tried."""
    delisting_url: str
    steps: tuple[str, ...] = ()
    """What to do to get off it, in order."""


_BAD: Severity = "quarantine"
_NOTE: Severity = "warn"
_STOP = "Find out whose mail brought the address onto the list, and stop it."

LISTS: tuple[Blocklist, ...] = (
    Blocklist(
        name="spamhaus-zen",
        title="Spamhaus ZEN",
        zone="zen.spamhaus.org",
        what="ip",
        families=(4, 6),
        meanings={
            "127.0.0.2": Meaning("SBL: known for spam", _BAD),
            "127.0.0.3": Meaning("CSS: it sends low-reputation mail", _BAD),
            **{f"127.0.0.{code}": Meaning("XBL: it looks like an infected machine", _BAD) for code in (4, 5, 6, 7)},
            "127.0.0.9": Meaning("DROP: its network is hijacked or given over to spam", _BAD),
            "127.0.0.10": Meaning("PBL: its network says that no mail leaves from it", _BAD),
            "127.0.0.11": Meaning("PBL: Spamhaus believes that no mail should leave from it", _BAD),
        },
        own_resolver_only=True,
        delisting_url="https://check.spamhaus.org/",
        steps=(
            _STOP,
            "Enter the address at check.spamhaus.org; it says which part of ZEN it is on.",
            "SBL entries are removed for the owner of the network, CSS, XBL and PBL entries for whoever asks.",
        ),
    ),
    Blocklist(
        name="barracuda",
        title="Barracuda",
        zone="b.barracudacentral.org",
        what="ip",
        meanings={"127.0.0.2": Meaning("poor reputation", _BAD)},
        delisting_url="https://www.barracudacentral.org/rbl/removal-request",
        steps=(
            _STOP,
            "Fill in the removal request; it is answered within about 12 hours.",
            "The first question from a new resolver must be registered at barracudacentral.org.",
        ),
    ),
    Blocklist(
        name="spamcop",
        title="SpamCop",
        zone="bl.spamcop.net",
        what="ip",
        meanings={"127.0.0.2": Meaning("people reported its mail as spam", _BAD)},
        delisting_url="https://www.spamcop.net/bl.shtml",
        steps=(_STOP, "Wait: an entry ends by itself 24 hours after the last report."),
    ),
    Blocklist(
        name="mailspike",
        title="Mailspike",
        zone="bl.mailspike.net",
        what="ip",
        meanings={
            "127.0.0.2": Meaning("it takes part in a spam run", _BAD),
            **{f"127.0.0.{code}": Meaning("poor reputation", _NOTE) for code in (10, 11, 12)},
        },
        delisting_url="https://mailspike.io/ip_verify",
        steps=(_STOP, "Ask for removal at mailspike.io."),
    ),
    Blocklist(
        name="psbl",
        title="PSBL",
        zone="psbl.surriel.com",
        what="ip",
        families=(4, 6),
        meanings={"127.0.0.2": Meaning("it wrote to a spam trap", _NOTE)},
        delisting_url="https://psbl.org/remove",
        steps=(_STOP, "Remove it at psbl.org; that takes effect within hours."),
    ),
    Blocklist(
        name="uceprotect-1",
        title="UCEPROTECT Level 1",
        zone="dnsbl-1.uceprotect.net",
        what="ip",
        meanings={"127.0.0.2": Meaning("it wrote to a spam trap", _NOTE)},
        delisting_url="https://www.uceprotect.net/en/rblcheck.php",
        steps=(_STOP, "Wait: an entry ends by itself after seven days. Do not pay for removal."),
    ),
    Blocklist(
        name="spamhaus-dbl",
        title="Spamhaus DBL",
        zone="dbl.spamhaus.org",
        what="domain",
        meanings={
            "127.0.1.2": Meaning("known for spam", _BAD),
            "127.0.1.4": Meaning("phishing", _BAD),
            "127.0.1.5": Meaning("malware", _BAD),
            "127.0.1.6": Meaning("controls infected machines", _BAD),
            **{
                f"127.0.1.{code}": Meaning("abused by others, as a site that was broken into", _NOTE)
                for code in (102, 103, 104, 105, 106)
            },
        },
        refusals=REFUSALS | {"127.0.1.255"},
        listed_entry="dbltest.com",
        clean_entry="example.com",
        own_resolver_only=True,
        delisting_url="https://check.spamhaus.org/",
        steps=("Find out what is sent in the domain's name, and stop it.", "Ask for removal at check.spamhaus.org."),
    ),
    Blocklist(
        name="surbl",
        title="SURBL",
        zone="multi.surbl.org",
        what="domain",
        bits={
            8: Meaning("phishing", _BAD),
            16: Meaning("malware", _BAD),
            64: Meaning("found in spam", _BAD),
            128: Meaning("its site was broken into", _NOTE),
        },
        refusals=REFUSALS | {"127.0.0.1"},
        listed_entry="test.surbl.org",
        clean_entry="example.com",
        own_resolver_only=True,
        delisting_url="https://surbl.org/surbl-analysis",
        steps=("Find out what is sent in the domain's name, and stop it.", "Ask for removal at surbl.org."),
    ),
    Blocklist(
        name="uribl",
        title="URIBL",
        zone="multi.uribl.com",
        what="domain",
        bits={
            2: Meaning("found in spam", _BAD),
            4: Meaning("found in unwanted bulk mail", _NOTE),
            8: Meaning("new and doubtful", _NOTE),
        },
        refusals=REFUSALS | {"127.0.0.1"},
        listed_entry="test.uribl.com",
        clean_entry="example.com",
        own_resolver_only=True,
        delisting_url="https://admin.uribl.com/",
        steps=("Find out what is sent in the domain's name, and stop it.", "Ask for removal at admin.uribl.com."),
    ),
)

BY_NAME: Mapping[str, Blocklist] = {each.name: each for each in LISTS}
