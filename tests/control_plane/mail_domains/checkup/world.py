"""A domain whose records are all in place, and what is said when some of them are otherwise."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec
import pytest
from _pytest.mark.structures import ParameterSet

from control_plane.mail_domains.checkup import (
    Needs,
    Observer,
    Platform,
    PublicKey,
    SendingAddress,
    judge,
    observe,
    required,
)
from control_plane.mail_domains.checkup.chain import ServedChain
from control_plane.mail_domains.checkup.policy import PolicyAnswer
from control_plane.mail_domains.resolver import Answer, FixedResolver
from control_plane.mail_domains.schemas import DnsRecord, Purpose

Zone: TypeAlias = Mapping[tuple[str, str], Sequence[str] | Answer]
Case: TypeAlias = tuple[str, Zone, str, str]
"""What is special about it, what is published instead, the status, and words of the sentence."""

SILENCE = Answer(problem="no answer in time")
SERVFAIL = Answer(problem="SERVFAIL")
NOTHING = Answer()

RSA_KEY = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA"
ED_KEY = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
PLATFORM = Platform(
    mail_host="mx.fleetpost.test",
    spf_include="spf.fleetpost.test",
    client_host="imap.fleetpost.test",
    site_host="sites.fleetpost.test",
    zone="dns.fleetpost.test",
    reports_domain="reports.fleetpost.test",
    ca_identities=("letsencrypt.org", "sectigo.com"),
    sending=(
        SendingAddress("203.0.113.9", "out1.fleetpost.test"),
        SendingAddress("2001:db8::9", "out1.fleetpost.test"),
    ),
)
NEEDS = Needs(
    name="acme.test",
    id="06abc",
    token="tok",
    platform=PLATFORM,
    keys=(PublicKey("fp1r", "rsa", RSA_KEY), PublicKey("fp1e", "ed25519", ED_KEY)),
    report_token="r1",
)
DELEGATED = msgspec.structs.replace(NEEDS, dkim_mode="cname")

_OURS: Zone = {
    ("spf.fleetpost.test", "TXT"): ["v=spf1 ip4:203.0.113.0/28 ip6:2001:db8::/64 -all"],
    ("fp1r.06abc.dkim.dns.fleetpost.test", "TXT"): [f"v=DKIM1; k=rsa; p={RSA_KEY}"],
    ("fp1e.06abc.dkim.dns.fleetpost.test", "TXT"): [f"v=DKIM1; k=ed25519; p={ED_KEY}"],
    ("acme.test._report._dmarc.reports.fleetpost.test", "TXT"): ["v=DMARC1"],
    ("out1.fleetpost.test", "A"): ["203.0.113.9"],
    ("out1.fleetpost.test", "AAAA"): ["2001:db8::9"],
    ("sites.fleetpost.test", "A"): ["203.0.113.80"],
    ("imap.fleetpost.test", "A"): ["203.0.113.81"],
    ("mx.fleetpost.test", "A"): ["203.0.113.25"],
    ("acme.test", "SOA"): ["ns1.host.test hostmaster.host.test 1 3600 600 86400 60"],
}


def published(needs: Needs, changes: Zone) -> FixedResolver:
    """Publish everything as told, but for the changes."""
    zone: dict[tuple[str, str], list[str]] = {}
    for record in required(needs):
        if record.value:
            zone.setdefault((record.host, record.type), []).append(record.value)
    return FixedResolver({**_OURS, **zone, **changes})


class FixedPolicies:
    """Gives one policy."""

    def __init__(self, answer: PolicyAnswer) -> None:
        self._answer = answer

    async def fetch(self, name: str) -> PolicyAnswer:
        return self._answer


class FixedChains:
    """Shows one certificate."""

    def __init__(self, chain: ServedChain) -> None:
        self._chain = chain

    async def fetch(self, host: str, address: str) -> ServedChain:
        return self._chain


async def judged(
    changes: Zone, needs: Needs = NEEDS, *, policy: PolicyAnswer | None = None, chain: ServedChain | None = None
) -> list[DnsRecord]:
    """Look at the domain and judge it."""
    observer = Observer(
        published(needs, changes),
        policies=None if policy is None else FixedPolicies(policy),
        chains=None if chain is None else FixedChains(chain),
    )
    records = required(needs)
    return judge(records, await observe(observer, needs, records))


async def verdict(
    purpose: Purpose,
    changes: Zone,
    needs: Needs = NEEDS,
    *,
    policy: PolicyAnswer | None = None,
    chain: ServedChain | None = None,
) -> DnsRecord:
    """Judge one record; the first of its purpose."""
    found = await judged(changes, needs, policy=policy, chain=chain)
    return next(record for record in found if record.purpose == purpose)


def table(*cases: Case) -> list[ParameterSet]:
    """Name each case by its remark."""
    return [pytest.param(changes, status, words, id=remark) for remark, changes, status, words in cases]
