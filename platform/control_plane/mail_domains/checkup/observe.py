"""Look at a domain from outside: all questions at once, bounded in number and time."""

import asyncio
import contextlib
from collections.abc import Awaitable, Iterator, Sequence

import msgspec

from control_plane.core.ttl_cache import TtlCache
from control_plane.mail_domains.checkup.authorities import Authorities, DirectAuthorities, compare, name_servers
from control_plane.mail_domains.checkup.bounded import Bounded
from control_plane.mail_domains.checkup.chain import Chains, ServedChain, StarttlsChains
from control_plane.mail_domains.checkup.judge import doubled_host, judge
from control_plane.mail_domains.checkup.needs import Needs, is_publishable
from control_plane.mail_domains.checkup.observations import Observations, Question
from control_plane.mail_domains.checkup.organisation import organisational_domain
from control_plane.mail_domains.checkup.policy import HttpsPolicies, Policies, PolicyAnswer
from control_plane.mail_domains.checkup.spf.survey import SpfSurvey, survey
from control_plane.mail_domains.checkup.verdicts.dmarc import authorisation_host, inherited_host
from control_plane.mail_domains.checkup.verdicts.mx import MOST_EXCHANGERS, exchangers
from control_plane.mail_domains.checkup.verdicts.zone import climb
from control_plane.mail_domains.resolver import LOOP, Answer, DnsResolver, Resolver
from control_plane.mail_domains.schemas import DnsRecord, ServerAnswer
from control_plane.settings import Settings

_SECONDS = 9.0
_SHARED_SECONDS = 20.0
_MOST_DOUBTFUL = 8
_LONGEST_CIRCLE = 5


def _new_cache() -> TtlCache[Question, Answer]:
    return TtlCache(fresh_seconds=_SHARED_SECONDS)


class Observer(msgspec.Struct, frozen=True):
    """What domains are looked at with; one for a process, so that what many domains refer to is asked once."""

    resolver: Resolver
    authorities: Authorities | None = None
    policies: Policies | None = None
    chains: Chains | None = None
    shared: TtlCache[Question, Answer] = msgspec.field(default_factory=_new_cache)


def observer_of(settings: Settings) -> Observer:
    """Give what looks at the real world."""
    allowed = settings.egress_allow
    return Observer(
        resolver=DnsResolver(settings.nameservers),
        authorities=DirectAuthorities(allowed),
        policies=HttpsPolicies(allowed),
        chains=StarttlsChains(allowed),
    )


async def observe(
    observer: Observer, needs: Needs, records: Sequence[DnsRecord], *, seconds: float = _SECONDS
) -> Observations:
    """Ask all that is to be known; never fails: what could not be found out is a problem in its answer."""
    look = _Look(observer, needs, records)
    try:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await look.at_everything()
    finally:
        look.dns.cancel()
    return look.seen()


class _Look:
    """One look at one domain, and what it has seen so far."""

    def __init__(self, observer: Observer, needs: Needs, records: Sequence[DnsRecord]) -> None:
        organisation = organisational_domain(needs.name)
        self.dns = Bounded(
            observer.resolver, observer.shared, lambda name: name == organisation or name.endswith(f".{organisation}")
        )
        self._observer = observer
        self._needs = needs
        self._records = records
        self._spf: dict[str, SpfSurvey] = {}
        self._servers: dict[Question, list[ServerAnswer]] = {}
        self._policy: PolicyAnswer | None = None
        self._chain: ServedChain | None = None
        self._is_bogus = False

    def seen(self) -> Observations:
        """Give what has been seen."""
        return Observations(
            needs=self._needs,
            answers=self.dns.answers,
            servers=self._servers,
            spf=self._spf,
            policy=self._policy,
            chain=self._chain,
            is_bogus=self._is_bogus,
        )

    async def at_everything(self) -> None:
        """Ask at once all that does not depend on anything, then look closer at what is not as it should be."""
        questions = {question for record in self._records for question in self._questions(record)}
        await asyncio.gather(
            *(self.dns.lookup(*question) for question in questions),
            *(following for record in self._records for following in self._following(record)),
        )
        failed = [question for question in questions if self.dns.answers[question].problem == "SERVFAIL"]
        await asyncio.gather(*(self._at_circle(question) for question in failed[:_MOST_DOUBTFUL]))
        await self._closer()

    def _questions(self, record: DnsRecord) -> Iterator[Question]:
        """List what is asked for a record, whatever comes back."""
        match record.purpose:
            case "dkim":
                yield record.host, "TXT"  # the answer tells of aliases on the way
            case "mail_host" | "mta_sts_host" | "autoconfig" | "autodiscover":
                yield record.host, "A"
            case "caa":
                for name in climb(record.host):
                    yield name, "CAA"
            case "dnssec":
                yield record.host, "DS"
                yield record.host, "SOA"
            case "dmarc":
                yield record.host, "TXT"
                if self._needs.platform.reports_domain:
                    yield authorisation_host(self._needs), "TXT"
            case _:
                yield record.host, record.type

    def _following(self, record: DnsRecord) -> Iterator[Awaitable[None]]:
        """List what depends on a first answer."""
        match record.purpose:
            case "spf" | "return_path_spf":
                yield self._at_spf(record.host)
            case "dmarc":
                yield self._at_inherited_policy(record.host)
            case "receiving" | "return_path":
                yield self._at_exchangers(record.host)
            case "mail_host" | "mta_sts_host" | "autoconfig" | "autodiscover":
                yield self._at_target(record)
            case "ptr":
                yield self._at_name(record)
            case "mta_sts":
                yield self._at_mta_sts(record.host)
            case "tlsa":
                yield self._at_chain(record.host)
            case "dnssec":
                yield self._at_signatures(record.host)
            case _:
                pass

    async def _at_spf(self, host: str) -> None:
        answer = await self.dns.lookup(host, "TXT")
        if answer.values:
            self._spf[host] = await survey(self.dns, host, self._needs.platform.sending)

    async def _at_inherited_policy(self, host: str) -> None:
        inherited = inherited_host(self._needs)
        if inherited is not None and not (await self.dns.lookup(host, "TXT")).values:
            await self.dns.lookup(inherited, "TXT")

    async def _at_exchangers(self, host: str) -> None:
        """Find out whether others' names for exchangers are aliases for ours."""
        found = exchangers((await self.dns.lookup(host, "MX")).values)
        ours = self._needs.platform.mail_host.lower()
        if all(each.host != ours for each in found):
            await asyncio.gather(*(self.dns.lookup(each.host, "A") for each in found[:MOST_EXCHANGERS] if each.host))

    async def _at_target(self, record: DnsRecord) -> None:
        answer = await self.dns.lookup(record.host, "A")
        if answer.values and not answer.aliases:
            await self.dns.lookup(record.value, "A")

    async def _at_name(self, record: DnsRecord) -> None:
        if (await self.dns.lookup(record.host, "PTR")).values:
            await self.dns.lookup(record.value, "A" if record.host.endswith(".in-addr.arpa") else "AAAA")

    async def _at_mta_sts(self, host: str) -> None:
        policies = self._observer.policies
        if policies is not None and (await self.dns.lookup(host, "TXT")).values:
            self._policy = await policies.fetch(self._needs.name)

    async def _at_chain(self, host: str) -> None:
        chains, exchanger = self._observer.chains, self._needs.platform.mail_host
        if chains is None or not (await self.dns.lookup(host, "TLSA")).authenticated:
            return
        addresses = (await self.dns.lookup(exchanger, "A")).values
        if addresses:
            self._chain = await chains.fetch(exchanger, addresses[0])

    async def _at_signatures(self, host: str) -> None:
        """Tell broken signatures from servers that fail: with the former there are answers if one does not mind."""
        if (await self.dns.lookup(host, "SOA")).problem == "SERVFAIL":
            unchecked = await self.dns.lookup(host, "SOA", unchecked=True)
            self._is_bogus = unchecked.problem is None

    async def _at_circle(self, question: Question) -> None:
        """Find out whether a resolver failed because aliases lead in a circle: one by one, it tells them."""
        name = question[0]
        path: list[str] = []
        while len(path) < _LONGEST_CIRCLE and (aliases := (await self.dns.lookup(name, "CNAME")).values):
            name = aliases[0].lower()
            if name in path or name == question[0]:
                self.dns.answers[question] = Answer(problem=LOOP, aliases=(*path, name))
                return
            path.append(name)

    async def _closer(self) -> None:
        """Ask the zone's own servers for the proof and for whatever is not right, and look for it in wrong places."""
        judged = judge(self._records, self.seen())
        flawed = [each for each in judged if is_publishable(each) and each.status in ("missing", "wrong")]
        absent = [each for each in flawed if each.status == "missing"]
        proof = [each for each in judged if each.purpose == "ownership"]
        await asyncio.gather(
            self._at_servers([*proof, *(each for each in flawed if each not in proof)][:_MOST_DOUBTFUL]),
            *(
                self.dns.lookup(doubled_host(each, self._needs), each.type)
                for each in absent[:_MOST_DOUBTFUL]
                if len(absent) < len(self._records) // 2  # who has published nothing yet has mistyped nothing
            ),
        )

    async def _at_servers(self, records: Sequence[DnsRecord]) -> None:
        authorities = self._observer.authorities
        if authorities is None:
            return
        servers = await name_servers(self.dns, self._needs.name)
        questions = list(dict.fromkeys((record.host, record.type) for record in records))
        self._servers = await compare(authorities, self.dns, servers, questions)
