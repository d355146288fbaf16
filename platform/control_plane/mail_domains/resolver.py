"""DNS as the domain checks see it: a question, and either values or a reason why there is no answer."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Protocol

import dns.exception
import dns.resolver
import msgspec

from control_plane.mail_domains.dns_client import LOOP, Answer, Server, ask

__all__ = ["LOOP", "Answer", "DnsResolver", "FixedResolver", "Resolver"]

_LOOKUP_SECONDS = 2.0
_PORT = 53
_MOST_ALIASES = 10
_AT_ONCE = 256
"""So many questions of a process are under way; each has a socket of its own, so that answers are hard to forge."""


class Resolver(Protocol):
    """Answers questions; `unchecked` asks for data whose DNSSEC signatures are broken, too."""

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer: ...


class FixedResolver:
    """Answers from a table, following the aliases in it; for tests and dry runs."""

    def __init__(
        self,
        answers: Mapping[tuple[str, str], Iterable[str] | Answer],
        *,
        unchecked: Mapping[tuple[str, str], Answer] | None = None,
    ) -> None:
        """Answer from this table; what is `unchecked` is told only to those who do not mind broken signatures."""
        self._answers = {(name.lower(), kind): _as_answer(values) for (name, kind), values in answers.items()}
        self._unchecked = unchecked or {}
        self._names = {name for name, _ in self._answers}

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer:
        """Look into the table."""
        if unchecked and (name, record_type) in self._unchecked:
            return self._unchecked[name, record_type]
        aliases: list[str] = []
        here = name.lower().removesuffix(".")
        while (answer := self._answers.get((here, record_type))) is None:
            alias = self._answers.get((here, "CNAME"))
            if alias is None or not alias.values:
                return Answer(exists=here in self._names, aliases=tuple(aliases))
            here = alias.values[0].lower()
            if here in aliases or len(aliases) == _MOST_ALIASES:
                return Answer(problem=LOOP, aliases=tuple(aliases))
            aliases.append(here)
        return msgspec.structs.replace(answer, aliases=tuple(aliases)) if aliases else answer


def _as_answer(values: Iterable[str] | Answer) -> Answer:
    return values if isinstance(values, Answer) else Answer(tuple(values))


class DnsResolver:
    """Asks real resolvers, each question for a short time; nothing is kept for the next check."""

    def __init__(self, nameservers: Iterable[str] = (), *, lookup_seconds: float = _LOOKUP_SECONDS) -> None:
        """Use these (`address` or `address@port`), else those of the system."""
        self._servers = [_server(text) for text in nameservers] or _servers_of_the_system()
        self._seconds_each = lookup_seconds / max(1, len(self._servers))
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer:
        """Ask one after the other, until one knows."""
        answer = Answer(problem="no resolver is configured")
        for server in self._servers:
            async with self._turns:
                answer = await ask(server, name, record_type, self._seconds_each, unchecked=unchecked)
            if answer.problem is None:
                break
        return answer


def _server(text: str) -> Server:
    address, _, port = text.partition("@")
    return Server(address, int(port or _PORT))


def _servers_of_the_system() -> list[Server]:
    try:
        found = dns.resolver.Resolver().nameservers
    except dns.exception.DNSException:  # there is no /etc/resolv.conf
        return []
    return [_server(text) for text in found if isinstance(text, str)]
