"""How long the first page of a search takes among ten million messages of a month.

`python -m benchmarks.search [--quick] [--messages N] [--tenants N]`, on servers of its own. Each kind of search is
asked many times, each time for something else. The last line is one JSON object: the 95th percentile of each in
milliseconds, and that of all together.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from benchmarks import searchable
from benchmarks.populated import settings_for
from benchmarks.searchable import Filled
from control_plane import embedded
from control_plane.core import ids
from control_plane.core.ids import TenantId
from control_plane.core.runtime import Runtime, open_runtime
from control_plane.core.tenancy import acting_for
from control_plane.messages import service
from control_plane.messages.schemas import Filters
from control_plane.piccolo_conf import DB
from control_plane.settings import load

NEEDS_LAB = False
_PAGE = 50
_MESSAGES, _FEW = 10_000_000, 200_000
_ASKED, _ASKED_QUICKLY = 40, 10

_random = random.Random(1)  # the same each time


def _number(messages: int) -> int:
    return _random.randrange(messages) // 10 * 10 + 1


SEARCHES: dict[str, Callable[[int], str]] = {
    "newest": lambda _: "",
    "common_word": lambda _: _random.choice(["order", "rechnung", "password", "report"]),
    "rare_word": lambda _: f"word{_random.randrange(3000)}",
    "two_words": lambda _: f"invoice word{_random.randrange(3000)}",
    "order_number": lambda messages: str(100_000 + _number(messages)),
    "campaign": lambda _: _random.choice(["black friday", '"friday starts"', "black stream:broadcast"]),
    "in_campaign": lambda _: f"black word{_random.randrange(3000)}",
    "unknown_word": lambda _: f"nothing{_random.randrange(10**6)}",
    "recipient": lambda _: f"to:user{_random.randrange(1_000_003)}@gmail.com",
    "recipient_local": lambda _: f"to:user{_random.randrange(1_000_003)}@",
    "recipient_domain": lambda _: f"to:@firm{_random.randrange(500)}.test",
    "anybody": lambda _: f"user{_random.randrange(1_000_003)}@outlook.com",
    "sender": lambda _: f"from:{_random.choice(searchable.SENDERS)}",
    "tag_and_word": lambda _: f"tag:{_random.choice(searchable.TAGS)} word{_random.randrange(3000)}",
    "metadata": lambda messages: f"metadata:order={_number(messages)}",
    "bounced": lambda _: "status:bounced",
    "bounced_and_word": lambda _: f"status:bounced word{_random.randrange(3000)}",
    "reply": lambda _: _random.choice(['reply:"user unknown"', 'reply:"mailbox is full"']),
    "reply_and_domain": lambda _: f'reply:"user unknown" to:@firm{_random.randrange(500)}.test',
    "rare_reply": lambda messages: f"reply:{_number(messages) // 1000 * 1000 + 21}",
}


async def measure(settings: dict[str, str], filled: Filled, asked: int, now: datetime) -> dict[str, list[float]]:
    """Ask; gives each search's milliseconds."""
    async with open_runtime(load(settings), DB) as runtime:
        taken: dict[str, list[float]] = {}
        for name, made in SEARCHES.items():
            queries = [made(filled.messages) for _ in range(asked)]
            taken[name] = [await _asked(runtime, filled.tenant_ids, query, now) for query in queries]
            print(f"{name:18} p50 {statistics.median(taken[name]):7.1f} ms  max {max(taken[name]):7.1f} ms",
                  file=sys.stderr)  # fmt: skip
        taken["message_id"] = [
            await _asked(runtime, filled.tenant_ids, ids.encode("msg", each), now)
            for each in await _some_messages(runtime, filled.tenant_ids[0], asked)
        ]
    return taken


async def _asked(runtime: Runtime, tenant_ids: list[UUID], query: str, now: datetime) -> float:
    with acting_for(TenantId(_random.choice(tenant_ids))):
        began = time.perf_counter()
        await service.listing(runtime.db, Filters(query=query), _PAGE, None, now)
        return (time.perf_counter() - began) * 1000


async def _some_messages(runtime: Runtime, tenant_id: UUID, count: int) -> list[UUID]:
    with acting_for(TenantId(tenant_id)):
        async with runtime.db.tenant_tx() as tx:
            rows = await tx.connection.fetch("select id from messages order by id desc limit $1", count)
    return [row["id"] for row in rows]


def p95(taken: list[float]) -> float:
    """Give the 95th percentile."""
    return round(statistics.quantiles(taken, n=20, method="inclusive")[18], 1)


@contextmanager
def servers() -> Iterator[tuple[str, dict[str, str]]]:
    """Start and migrate them; gives the superuser's address and the settings."""
    home = Path(tempfile.mkdtemp(prefix="fp-bench-", dir="/var/tmp"))
    home.chmod(0o755)
    layout, owner = embedded.Layout(home), embedded.service_user()
    layout.prepare(owner)
    try:
        embedded.start_postgres(layout, owner, durable=False)
        embedded.start_valkey(layout, owner)
        settings = os.environ | settings_for(layout)
        subprocess.run([sys.executable, "-m", "control_plane.cli", "migrate"], env=settings, check=True)
        yield f"postgresql://postgres@/{embedded.DATABASE}?host={layout.run}", settings
    finally:
        embedded.stop(home)
        shutil.rmtree(home)


def main() -> None:
    """Fill and measure, on servers that are gone afterwards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--messages", type=int, default=_MESSAGES)
    parser.add_argument("--tenants", type=int, default=1)
    options = parser.parse_args()
    messages, asked = (_FEW, _ASKED_QUICKLY) if options.quick else (options.messages, _ASKED)
    now = datetime.now(UTC)
    with servers() as (url, settings):
        began = time.monotonic()
        filled = asyncio.run(searchable.fill(url, messages, options.tenants, now))
        print(f"filled in {time.monotonic() - began:.0f} s", file=sys.stderr)
        taken = asyncio.run(measure(settings, filled, asked, now))
    queries = {name: p95(each) for name, each in taken.items()}
    everything = [each for some in taken.values() for each in some]
    print(json.dumps({"messages": messages, "tenants": options.tenants, "queries": queries, "p95_ms": p95(everything)}))


if __name__ == "__main__":
    main()
