"""Look-ups for one domain: each asked once, so many in all, so many at a time."""

import asyncio
from collections.abc import Callable

from control_plane.core.ttl_cache import TtlCache
from control_plane.mail_domains.checkup.observations import Question
from control_plane.mail_domains.resolver import Answer, Resolver

MOST_LOOKUPS = 100
_AT_ONCE = 20
_SPENT = Answer(problem=f"more than {MOST_LOOKUPS} look-ups for one domain")


class Bounded:
    """A resolver for one check, which remembers what it was told."""

    def __init__(self, resolver: Resolver, shared: TtlCache[Question, Answer], is_own: Callable[[str], bool]) -> None:
        """Ask this resolver; what is not the domain's own is shared with the checks of other domains for a while."""
        self._resolver = resolver
        self._shared = shared
        self._is_own = is_own
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._asked: dict[Question, asyncio.Task[Answer]] = {}
        self._left = MOST_LOOKUPS
        self.answers: dict[Question, Answer] = {}

    async def lookup(self, name: str, record_type: str, *, unchecked: bool = False) -> Answer:
        """Ask, unless that was asked already."""
        name = name.lower().removesuffix(".")
        if unchecked:
            return await self._ask(name, record_type, unchecked=True)
        question = (name, record_type)
        task = self._asked.get(question)
        if task is None:
            task = self._asked[question] = asyncio.create_task(self._remembered(question))
        return await task

    async def _remembered(self, question: Question) -> Answer:
        answer = self._shared.get(question)
        if answer is None:
            answer = await self._ask(*question, unchecked=False)
            if answer.problem is None and not self._is_own(question[0]):
                self._shared.put(question, answer)
        self.answers[question] = answer
        return answer

    async def _ask(self, name: str, record_type: str, *, unchecked: bool) -> Answer:
        if self._left <= 0:
            return _SPENT
        self._left -= 1
        async with self._turns:
            return await self._resolver.lookup(name, record_type, unchecked=unchecked)

    def take(self, count: int) -> int:
        """Use up look-ups that are made elsewhere; gives how many of them may be made."""
        taken = max(0, min(count, self._left))
        self._left -= taken
        return taken

    def cancel(self) -> None:
        """Stop what is still being asked."""
        for task in self._asked.values():
            task.cancel()
