"""The whole of check_host() (RFC 7208 §4): whether a domain lets an address send for it, and how that came about."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Literal, Protocol, TypeAlias

import msgspec

from control_plane.mail_domains.checkup.spf.macros import Sender, expand
from control_plane.mail_domains.checkup.spf.terms import Mechanism, Record, SpfSyntaxError, is_spf, parse
from control_plane.mail_domains.resolver import Answer

SpfResult: TypeAlias = Literal["none", "neutral", "pass", "fail", "softfail", "temperror", "permerror"]

MOST_LOOKUPS = 10
"""So many words of a record may need DNS, those of what it includes counted (§4.6.4)."""
MOST_VOIDS = 2
"""So many questions may have no answer (§4.6.4)."""
_MOST_NAMES = 10
"""So many hosts of an MX record or a PTR record are looked at (§4.6.4)."""
_LONGEST_LABEL, _LONGEST_NAME = 63, 253
_RESULT_OF: dict[str, SpfResult] = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


class Lookup(Protocol):
    """Answers questions of type TXT, A, AAAA, MX and PTR."""

    async def lookup(self, name: str, record_type: str) -> Answer: ...


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What came out, and how."""

    result: SpfResult
    reason: str = ""
    """Why it is an error."""
    domain: str = ""
    """Whose record has the error."""
    matched: str = ""
    """The word of the domain's own record that decided."""
    lookups: int = 0
    included: frozenset[str] = frozenset()
    """All domains whose records were read on the way."""


class _Failed(Exception):
    def __init__(self, result: SpfResult, reason: str, domain: str) -> None:
        super().__init__(reason)
        self.result: SpfResult = result
        self.reason = reason
        self.domain = domain


async def check_host(dns: Lookup, address: str, domain: str, mailbox: str, helo: str) -> Evaluation:
    """Evaluate; never raises, and ends after a bounded number of look-ups whatever the records say."""
    host = ip_address(address)
    if isinstance(host, IPv6Address) and host.ipv4_mapped:
        host = host.ipv4_mapped
    local, _, _ = mailbox.rpartition("@")
    sender = Sender(host, mailbox if local else f"postmaster@{mailbox.rpartition('@')[2]}", helo)
    run = _Run(dns, sender)
    try:
        result, matched = await run.check(domain)
    except _Failed as failed:
        return run.evaluation(failed.result, reason=failed.reason, domain=failed.domain)
    return run.evaluation(result, matched=matched)


class _Run:
    """One evaluation: its counters, and how each word is compared."""

    def __init__(self, dns: Lookup, sender: Sender) -> None:
        self._dns = dns
        self._sender = sender
        self._lookups = 0
        self._voids = 0
        self._read: set[str] = set()

    def evaluation(self, result: SpfResult, *, reason: str = "", domain: str = "", matched: str = "") -> Evaluation:
        """Sum up."""
        return Evaluation(
            result=result,
            reason=reason,
            domain=domain,
            matched=matched,
            lookups=self._lookups,
            included=frozenset(self._read),
        )

    async def check(self, domain: str) -> tuple[SpfResult, str]:
        """Evaluate a domain's record; gives the result and the word that decided."""
        domain = domain.removesuffix(".")
        if not _is_name(domain):
            return "none", ""
        record = await self._record(domain)
        if record is None:
            return "none", ""
        self._read.add(domain.lower())
        for mechanism in record.mechanisms:
            if await self._matches(mechanism, domain):
                return _RESULT_OF[mechanism.qualifier], mechanism.text
        if record.redirect is None or any(each.name == "all" for each in record.mechanisms):
            return "neutral", ""
        return await self._redirected(record.redirect, domain)

    async def _record(self, domain: str) -> Record | None:
        """Find a domain's one record (§4.5); raises if there are several, or an error in it."""
        answer = await self._dns.lookup(domain, "TXT")
        if answer.problem is not None:
            raise _Failed("temperror", answer.problem, domain)
        found = [text for text in answer.values if is_spf(text)]
        if not found:
            return None
        if len(found) > 1:
            raise _Failed("permerror", f"{domain} has several SPF records", domain)
        try:
            return parse(found[0])
        except SpfSyntaxError as error:
            raise _Failed("permerror", str(error), domain) from error

    async def _redirected(self, spec: str, domain: str) -> tuple[SpfResult, str]:
        self._count_lookup(domain)
        result, _ = await self.check(await self._expanded(spec, domain))
        if result == "none":
            raise _Failed("permerror", f"redirect={spec} leads to no SPF record", domain)
        return result, f"redirect={spec}"

    async def _matches(self, mechanism: Mechanism, domain: str) -> bool:
        if mechanism.network is not None:
            network = mechanism.network
            return network.version == self._sender.address.version and self._sender.address in network
        if mechanism.name == "all":
            return True
        self._count_lookup(domain)
        target = await self._expanded(mechanism.domain, domain) if mechanism.domain else domain
        match mechanism.name:
            case "include":
                return await self._includes(target, domain)
            case "exists":
                return _is_name(target) and bool(await self._ask(target, "A", domain))
            case "a":
                return _is_name(target) and await self._leads_here(target, mechanism, domain)
            case "mx":
                return _is_name(target) and await self._receives_here(target, mechanism, domain)
            case _:
                return await self._is_named(target)

    def _count_lookup(self, domain: str) -> None:
        self._lookups += 1
        if self._lookups > MOST_LOOKUPS:
            raise _Failed("permerror", f"it takes more than {MOST_LOOKUPS} DNS look-ups", domain)

    async def _expanded(self, spec: str, domain: str) -> str:
        return await expand(spec, self._sender, domain, lambda: self._validated(domain))

    async def _ask(self, name: str, record_type: str, domain: str) -> tuple[str, ...]:
        """Ask for what a mechanism needs; too many empty answers are the record's error (§4.6.4)."""
        answer = await self._dns.lookup(name, record_type)
        if answer.problem is not None:
            raise _Failed("temperror", answer.problem, domain)
        if not answer.values:
            self._voids += 1
            if self._voids > MOST_VOIDS:
                raise _Failed("permerror", f"more than {MOST_VOIDS} of its DNS look-ups find nothing", domain)
        return answer.values

    async def _includes(self, target: str, domain: str) -> bool:
        result, _ = await self.check(target)
        if result == "none":
            raise _Failed("permerror", f"include:{target} leads to no SPF record", domain)
        return result == "pass"

    async def _leads_here(self, name: str, mechanism: Mechanism, domain: str) -> bool:
        """Say whether one of a host's addresses is the sender's, as far as the prefix length goes."""
        version = self._sender.address.version
        bits = mechanism.ipv4_bits if version == 4 else mechanism.ipv6_bits
        found = await self._ask(name, _ADDRESS_TYPE[version], domain)
        return any(self._sender.address in ip_network(f"{text}/{bits}", strict=False) for text in found)

    async def _receives_here(self, name: str, mechanism: Mechanism, domain: str) -> bool:
        found = await self._ask(name, "MX", domain)
        if len(found) > _MOST_NAMES:
            raise _Failed("permerror", f"{name} has more than {_MOST_NAMES} MX records", domain)
        for text in found:
            host = text.partition(" ")[2]
            if _is_name(host) and await self._leads_here(host, mechanism, domain):
                return True
        return False

    async def _is_named(self, target: str) -> bool:
        return any(_is_below(name, target) for name in await self._own_names())

    async def _validated(self, domain: str) -> str:
        """Find what `%{p}` stands for (§7.3): the domain itself, a name below it, any name."""
        names = await self._own_names()
        ranks: tuple[Callable[[str], bool], ...] = (
            lambda name: name.lower() == domain.lower(),
            lambda name: _is_below(name, domain),
            lambda _: True,
        )
        return next((name for fits in ranks for name in names if fits(name)), "unknown")

    async def _own_names(self) -> list[str]:
        """List the sender's host names that lead back to its address (§5.5); what DNS does not say does not count."""
        address = self._sender.address
        answer = await self._dns.lookup(address.reverse_pointer, "PTR")
        return [name for name in answer.values[:_MOST_NAMES] if await self._leads_back(name, address)]

    async def _leads_back(self, name: str, address: IPv4Address | IPv6Address) -> bool:
        answer = await self._dns.lookup(name, _ADDRESS_TYPE[address.version])
        return any(ip_address(text) == address for text in answer.values)


_ADDRESS_TYPE = {4: "A", 6: "AAAA"}


def _is_name(text: str) -> bool:
    """Say whether this can be asked for: at least two labels, none empty or too long (§4.3)."""
    labels = text.removesuffix(".").split(".")
    return len(text) <= _LONGEST_NAME and len(labels) > 1 and all(0 < len(label) <= _LONGEST_LABEL for label in labels)


def _is_below(name: str, domain: str) -> bool:
    name, domain = name.lower().removesuffix("."), domain.lower().removesuffix(".")
    return name == domain or name.endswith(f".{domain}")
