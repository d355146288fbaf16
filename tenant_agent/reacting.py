"""What servers' answers lead to: slower ways, suspended ways, deliveries given up. What lasts survives a restart."""

import asyncio
import sqlite3
from collections.abc import Sequence

import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.journal import Journal
from tenant_agent.maillog.answers import Answer
from tenant_agent.reroute import Rerouter, reason
from tenant_agent.route import Router

log = structlog.get_logger(__name__)

SCHEMA = """
create table if not exists reactions (id integer primary key check (id = 1), in_force blob not null);
"""

_reactions = msgspec.msgpack.Decoder(tuple[wire.Reaction, ...])


class Reacting:
    """Hears answers as the log tells them."""

    def __init__(self, journal: Journal, router: Router, rerouter: Rerouter) -> None:
        self._journal = journal
        self._router = router
        self._rerouter = rerouter
        self._heard: asyncio.Queue[Answer] = asyncio.Queue()

    def hear(self, answers: Sequence[Answer]) -> None:
        """Take answers, to be looked at in a moment."""
        for answer in answers:
            self._heard.put_nowait(answer)

    async def run(self) -> None:
        """React until cancelled."""
        while True:
            answer = await self._heard.get()
            reaction = self._router.hear(answer)
            if reaction is not None:
                await self._react(answer, reaction)

    async def _react(self, answer: Answer, reaction: wire.Reaction) -> None:
        log.warning("shaping.reacts", rule=reaction.rule, action=reaction.action, address=answer.address,
                    provider=answer.provider, reply=answer.reply[:200])  # fmt: skip
        rule = self._router.reactions.rules.named(reaction.rule)
        if rule is not None and rule.action == "bounce":
            if answer.token is not None:  # what people submit may be for others too, and they hear of it from Postfix
                await self._rerouter.condemn(answer.queue_id, reason(rule, answer.reply))
            return
        in_force = self._router.reactions.in_force(answer.at_ms)
        await self._journal.write(lambda db: remember(db, in_force))
        self._rerouter.wake()


def remember(db: sqlite3.Connection, in_force: tuple[wire.Reaction, ...]) -> None:
    """Write down what is in force."""
    db.execute("insert or replace into reactions values (1, ?)", (msgspec.msgpack.encode(in_force),))


def recall(db: sqlite3.Connection) -> tuple[wire.Reaction, ...]:
    """Give what was in force."""
    row = db.execute("select in_force from reactions").fetchone()
    try:
        return _reactions.decode(row[0]) if row else ()
    except msgspec.MsgspecError:
        return ()
