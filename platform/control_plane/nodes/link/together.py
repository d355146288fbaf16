"""Asks for many what each asks for alone: what comes in while one question is under way goes into the next one.

A single request is not held up, and a thousand at once cost a handful of round trips instead of a thousand.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class Together(Generic[Request, Answer]):
    """Gathers requests; `answer` is given at most `most` of them and gives as many answers, in their order."""

    def __init__(self, answer: Callable[[Sequence[Request]], Awaitable[Sequence[Answer]]], *, most: int) -> None:
        self._answer = answer
        self._most = most
        self._waiting: list[tuple[Request, asyncio.Future[Answer]]] = []
        self._asking: asyncio.Task[None] | None = None

    async def ask(self, request: Request) -> Answer:
        """Give the answer to a request; raises what answering raised."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, future))
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask_all())
        return await future

    async def _ask_all(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._ask([each for each in batch if not each[1].done()])
        finally:
            self._asking = None

    async def _ask(self, batch: list[tuple[Request, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await self._answer([request for request, _ in batch])
        except Exception as error:  # noqa: BLE001 - whoever asked is told
            _settle_all(batch, error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)


def _settle_all(batch: list[tuple[Request, "asyncio.Future[Answer]"]], error: Exception) -> None:
    for _, future in batch:
        if not future.done():
            future.set_exception(error)
