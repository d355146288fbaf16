"""The zone's own name servers, each asked for itself, so that it shows how far a change has spread."""

import asyncio
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol

import msgspec

from control_plane.core.http import Network, may_reach
from control_plane.mail_domains.checkup.bounded import Bounded
from control_plane.mail_domains.checkup.observations import Question
from control_plane.mail_domains.checkup.organisation import organisational_domain
from control_plane.mail_domains.dns_client import Answer, Server, ask
from control_plane.mail_domains.schemas import ServerAnswer

_SECONDS = 2.0
_MOST_SERVERS = 4
_AT_ONCE, _AT_ONCE_OF_ALL = 10, 128
_MOST_SHOWN = 20


class NameServer(msgspec.Struct, frozen=True):
    """One of a zone's name servers."""

    name: str
    address: str


class Authorities(Protocol):
    """Asks name servers directly."""

    async def ask(self, server: NameServer, question: Question) -> Answer: ...


class DirectAuthorities:
    """Asks over the network, but only where anybody could ask: the addresses come from strangers' DNS."""

    def __init__(self, allowed: Sequence[Network], *, port: int = 53, seconds: float = _SECONDS) -> None:
        self._allowed = allowed
        self._port = port
        self._seconds = seconds
        self._turns = asyncio.Semaphore(_AT_ONCE_OF_ALL)

    async def ask(self, server: NameServer, question: Question) -> Answer:
        """Ask one server; whatever goes wrong is the answer's problem."""
        if not may_reach(ip_address(server.address), self._allowed):
            return Answer(problem="its address is not on the public internet")
        async with self._turns:
            return await ask(Server(server.address, self._port), *question, self._seconds, recursive=False)


async def name_servers(dns: Bounded, name: str) -> list[NameServer]:
    """Find the servers of the zone that a name is in: those of the name, or of the nearest one above it."""
    top = organisational_domain(name)
    while True:
        found = await dns.lookup(name, "NS")
        if found.values or name == top or "." not in name:
            break
        name = name.partition(".")[2]
    servers = await asyncio.gather(*(_with_address(dns, host) for host in found.values[:_MOST_SERVERS]))
    return [server for server in servers if server is not None]


async def _with_address(dns: Bounded, host: str) -> NameServer | None:
    for kind in ("A", "AAAA"):
        found = await dns.lookup(host, kind)
        if found.values:
            return NameServer(host.lower(), found.values[0])
    return None


async def compare(
    authorities: Authorities, dns: Bounded, servers: Sequence[NameServer], questions: Sequence[Question]
) -> dict[Question, list[ServerAnswer]]:
    """Ask every server every question; what all of them and the resolver agree on is left out."""
    pairs = [(question, server) for question in questions for server in servers]
    pairs, turns = pairs[: dns.take(len(pairs))], asyncio.Semaphore(_AT_ONCE)

    async def answer(question: Question, server: NameServer) -> Answer:
        async with turns:
            return await authorities.ask(server, question)

    answers = await asyncio.gather(*(answer(*pair) for pair in pairs))
    found: dict[Question, list[tuple[NameServer, Answer]]] = {}
    for (question, server), each in zip(pairs, answers, strict=True):
        found.setdefault(question, []).append((server, each))
    return {
        question: [_told(server, each) for server, each in told]
        for question, told in found.items()
        if _differ(dns.answers.get(question), [each for _, each in told])
    }


def _differ(resolved: Answer | None, answers: list[Answer]) -> bool:
    """Say whether somebody asking elsewhere would see something else."""
    if all(each.problem for each in answers):
        return False  # none can be reached from here; the resolver has found a way
    views = {_view(each) for each in answers if not each.aliases}  # where an alias leads is not theirs to say
    if resolved is not None and resolved.problem is None and not resolved.aliases:
        views.add(_view(resolved))
    return len(views) > 1


def _view(answer: Answer) -> tuple[str | None, tuple[str, ...]]:
    """Reduce an answer to what counts; resolvers change the case of names at will."""
    return answer.problem, tuple(sorted(value.lower() for value in answer.values))


def _told(server: NameServer, answer: Answer) -> ServerAnswer:
    return ServerAnswer(
        server=server.name, found=list((answer.values or answer.aliases)[:_MOST_SHOWN]), problem=answer.problem
    )
