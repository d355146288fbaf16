"""How soon a message to one person is with Postfix while a broadcast to a million goes out, and when nothing else does.

`python -m benchmarks.beside_broadcast [--quick]` with a lab that is up. Messages to one person each are sent by the API
at a steady rate, first alone and then beside the broadcast of the same tenant, which the node drains as fast as it can.
What is told is the time from the acceptance that the API answered with to the node's report that Postfix has taken it:
both are moments of what happened, not of when it was stored. The last line is one JSON object.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import time
from collections.abc import Sequence

import asyncpg
import httpx

from benchmarks.end_to_end import message, without_webhooks
from control_plane import embedded
from control_plane.core import ids
from e2e.lab.asking import ask
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import BULK_DOMAIN
from e2e.lab.sink import sink
from e2e.lab.tenant import trust

_PER_SECOND = 5
_WAIT_SECONDS = 120.0
_BROADCAST = """
insert into deliveries (tenant_id, id, message_id, kind, recipient, status, pool_id, last_event_at)
select tenant_id, (left(id::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid, message_id, kind,
  $2 || '.' || number || '@' || $3, 'accepted', pool_id, last_event_at
from deliveries, generate_series(1, $4::int) number where message_id = $1"""
_TAKEN_BACK = "delete from deliveries where message_id = $1 and status = 'accepted' and lease_id is null"
_TIMES = """
select extract(epoch from q.at - a.at) * 1000 as ms from events a join events q using (tenant_id, delivery_id)
where a.recipient like $1 || '.%' and a.type = 'message.accepted' and q.type = 'message.queued'"""
_SENT = "select count(*) as number from deliveries where message_id = $1 and status <> 'accepted'"
_LEFT = (
    "select count(*) as number from deliveries where message_id = $1 and status in ('accepted', 'queued', 'deferred')"
)


def steadily(lab: Lab, tag: str, count: int) -> None:
    """Send messages to one person each, whatever the answers take."""
    with lab.api() as api:
        begun = time.monotonic()
        for number in range(count):
            time.sleep(max(begun + number / _PER_SECOND - time.monotonic(), 0))
            api.post("/v1/messages", json=message(tag, number)).raise_for_status()


def times(lab: Lab, count: int) -> list[float]:
    """Send so many, and give how long each took in milliseconds, once all are told of."""
    tag = f"one{secrets.token_hex(4)}"
    steadily(lab, tag, count)
    wait_until(lambda: len(ask(lab, _TIMES, tag)) == count, f"{count} messages are told of", seconds=_WAIT_SECONDS)
    return sorted(float(row["ms"]) for row in ask(lab, _TIMES, tag))


def begin_broadcast(api: httpx.Client, lab: Lab, people: int) -> str:
    """Send to one, and have as many more wait as there would be with a list of that size; gives the message's id."""
    tag = f"all{secrets.token_hex(4)}"
    sent = api.post("/v1/messages", json=message(tag, 0) | {"stream": "broadcast"}).raise_for_status().json()
    change(lab, _BROADCAST, ids.decode("msg", sent["id"]), tag, BULK_DOMAIN, people)
    return str(sent["id"])


def change(lab: Lab, statement: str, *arguments: object) -> None:
    """Change the database as nobody of ours may."""
    url = f"postgresql://postgres@/{embedded.DATABASE}?host={embedded.Layout(lab.home).run}"

    async def act() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute(statement, *arguments)
            await connection.execute("analyze deliveries")
        finally:
            await connection.close()

    asyncio.run(act())


def told(taken: Sequence[float], name: str) -> dict[str, float]:
    """Give median and 95th percentile."""
    return {
        f"{name}_p50_ms": round(statistics.median(taken), 1),
        f"{name}_p95_ms": round(statistics.quantiles(taken, n=20)[18], 1),
    }


def measure(lab: Lab, *, people: int, seconds: int) -> dict[str, float]:
    """Send alone, then beside the broadcast."""
    without_webhooks(lab)
    trust(lab)
    with sink(lab), lab.api() as api:
        times(lab, _PER_SECOND)
        alone = times(lab, _PER_SECOND * seconds)
        broadcast = begin_broadcast(api, lab, people)
        message_id = ids.decode("msg", broadcast)

        def sent() -> int:
            return int(ask(lab, _SENT, message_id)[0]["number"])

        try:
            wait_until(lambda: sent() > people // 1000, "the broadcast goes out", seconds=_WAIT_SECONDS)
            before, begun = sent(), time.monotonic()
            beside = times(lab, _PER_SECOND * seconds)
            rate = (sent() - before) / (time.monotonic() - begun)
        finally:
            change(lab, _TAKEN_BACK, message_id)
        wait_until(
            lambda: not ask(lab, _LEFT, message_id)[0]["number"], "what nodes have is out", seconds=_WAIT_SECONDS
        )
    return {
        "people": people,
        "broadcast_per_s": round(rate, 1),
        **told(alone, "alone"),
        **told(beside, "beside"),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="beside 20,000, for some seconds")
    quick: bool = parser.parse_args().quick
    size = {"people": 20_000, "seconds": 10} if quick else {"people": 1_000_000, "seconds": 60}
    print(json.dumps(measure(Lab.load(), **size)))


if __name__ == "__main__":
    main()
